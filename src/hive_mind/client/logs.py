"""The client's log: one line each on stderr, so that stdout belongs to the answer. No words of the user.

As JSON its fields are those of the server's log, so that one `turn_id` finds a turn on both sides.
"""

import logging
import sys

import structlog
from structlog.typing import Processor


def set_up_logs(level: str = "warning", fmt: str = "text") -> None:
    """Send our log, and the libraries', to stderr.

    Args:
        level: `debug`, `info`, `warning` or `error`.
        fmt: `json` or `text`.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=fmt == "json"),
    ]
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if fmt == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                last,
            ],
        )
    )
    logging.getLogger().handlers = [handler]
    logging.getLogger().setLevel(number)
    for name in ("websockets", "asyncio", "httpx", "httpcore"):  # their DEBUG writes out what people say
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
