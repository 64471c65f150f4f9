"""What time it is where the household lives."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hive_mind.server.config import ServerConfig


def household_time(config: ServerConfig) -> datetime:
    """The time of the household, with its zone."""
    return datetime.now(ZoneInfo(config.timezone)) if config.timezone else datetime.now().astimezone()
