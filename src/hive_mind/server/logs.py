"""Structured logs on stdout. What people say never appears above DEBUG."""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import Processor

_NAME = "hive_mind"
"""Of the one logger; without it, structlog walks up the stack for a name each time."""

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def set_up_logs(level: str, fmt: str) -> None:
    """Route structlog and the libraries' own loggers to stdout, one event a line.

    Args:
        level: `debug`, `info`, `warning` or `error`.
        fmt: `json`, or `text` (or `console`) for people.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if fmt == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stdout)
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
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(LEVELS[level])
    # Their INFO tells of every request; DEBUG of websockets and httpcore would write frames out.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "httpx", "httpcore", "websockets", "asyncio"):
        logging.getLogger(name).setLevel(max(LEVELS[level], logging.WARNING))


def get_logger(part: str) -> Any:
    """A logger that says which part speaks."""
    return structlog.get_logger(_NAME, part=part)
