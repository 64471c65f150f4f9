"""What time it is where the household lives."""

import time
from datetime import datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from hive_mind.server.config import ServerConfig


def household_time(config: ServerConfig) -> datetime:
    """The time of the household, with its zone."""
    zone = ZoneInfo(config.timezone) if config.timezone else _here(int(time.time() // 60))
    return datetime.now(zone)


@lru_cache(maxsize=1)
def _here(_minute: int) -> tzinfo | None:
    """This machine's offset from UTC, which changes between two minutes."""
    return datetime.now().astimezone().tzinfo
