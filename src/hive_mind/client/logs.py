"""The client's log: one line each on stderr, so that stdout belongs to the answer. No words of the user."""

import logging
import sys

import structlog


def set_up_logs(level: str = "warning") -> None:
    """Send our log, and the libraries', to stderr.

    Args:
        level: `debug`, `info`, `warning` or `error`.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger().setLevel(number)
    for name in ("websockets", "asyncio", "httpx", "httpcore"):  # their DEBUG writes out what people say
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer(colors=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
