"""Time as an argument: what the client's shells ask for the time and wait with."""

import asyncio
import time
from datetime import datetime
from typing import Protocol


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
    """The machine's clock."""

    def now(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    def today(self) -> datetime:
        """Local time with the zone of the machine."""
        return datetime.now().astimezone()

    async def sleep(self, seconds: float) -> None:
        """Wait on the event loop."""
        await asyncio.sleep(max(0.0, seconds))
