"""Time as an argument: what the client's shells ask for the time and wait with."""

import asyncio
import os
import time
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LOCALTIME = Path("/etc/localtime")


def machine_zone(localtime: Path = _LOCALTIME) -> tzinfo | None:
    """The machine's time zone with its rules; None when it is not told in a way that we know.

    Args:
        localtime: file of rules, or a link to one, as Unix has it; the variable TZ goes first.
    """
    name = os.environ.get("TZ", "").removeprefix(":")
    try:
        if name:
            return ZoneInfo(name)
        with localtime.open("rb") as rules:
            return ZoneInfo.from_file(rules)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return None


class Clock(Protocol):
    """Seconds that only go forward, the time of day, and a way to wait."""

    def now(self) -> float:
        """Seconds since an arbitrary moment; never goes back."""
        ...

    def today(self) -> datetime:
        """The time of day here, with its zone."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; at once when `seconds` is not positive."""
        ...


class SystemClock:
    """The machine's clock.

    Args:
        zone: of the household; the machine's by default.
    """

    def __init__(self, zone: tzinfo | None = None) -> None:
        self._zone = zone or machine_zone()

    def now(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    def today(self) -> datetime:
        """Local time with the zone of the machine, which knows its own changes to summer time."""
        return datetime.now(UTC).astimezone(self._zone)

    async def sleep(self, seconds: float) -> None:
        """Wait on the event loop."""
        await asyncio.sleep(max(0.0, seconds))
