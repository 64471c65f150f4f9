"""How long the machine has been on, sleep included: tells a clock that was set from a machine that slept."""

import time
from pathlib import Path
from typing import Protocol

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Uptime(Protocol):
    """The time since the machine was started."""

    @property
    def boot_id(self) -> str:
        """Names this start of the machine."""
        ...

    def seconds(self) -> float:
        """Since then, sleep included."""
        ...


class SystemUptime:
    """Linux's: CLOCK_BOOTTIME (clock_gettime(2)) and the random name of this start (random(4)).

    Args:
        boot_id: of this start.
    """

    def __init__(self, boot_id: str) -> None:
        self.boot_id = boot_id

    def seconds(self) -> float:
        """Since the start, sleep included."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)


def system_uptime() -> Uptime | None:
    """This machine's; None where no clock counts sleep: there every jump is taken for sleep."""
    try:
        name = _BOOT_ID.read_text("ascii").strip()
        time.clock_gettime(time.CLOCK_BOOTTIME)
    except (OSError, AttributeError, UnicodeDecodeError):
        return None
    return SystemUptime(name)
