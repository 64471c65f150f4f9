"""A Raspberry Pi: often without a desktop, on a weak supply, with a screen of its own."""

import os
from dataclasses import replace
from pathlib import Path

import structlog

from hive_mind.client.platform.base import AudioPlatform, find_platform
from hive_mind.client.ui.face import FaceSettings

_MODEL = Path("/proc/device-tree/model")
_THROTTLED = "devices/platform/soc/soc:firmware/get_throttled"
# Bits of get_throttled: https://www.raspberrypi.com/documentation/computers/os.html#get_throttled
_NOW = {0x1: "UNDER_VOLTAGE", 0x8: "TOO_HOT"}

_log = structlog.get_logger(__name__)


class RaspberryPower:
    """The `Power` of a Pi, as its kernel tells it.

    Args:
        system: where sysfs is.
    """

    def __init__(self, system: Path = Path("/sys")) -> None:
        self._system = system

    def battery(self) -> float | None:
        """Charge of a battery hat that the kernel knows, from 0 to 1."""
        for capacity in sorted(self._system.glob("class/power_supply/*/capacity")):
            text = _read(capacity)
            if text.isdecimal():
                return min(1.0, int(text) / 100)
        return None

    def troubles(self) -> tuple[str, ...]:
        """UNDER_VOLTAGE with a supply that is too weak, TOO_HOT when the processor is slowed down for it."""
        try:
            bits = int(_read(self._system / _THROTTLED) or "0", 16)
        except ValueError:
            return ()
        return tuple(code for bit, code in _NOW.items() if bits & bit)

    def light(self, *, on: bool) -> None:
        """Switch the backlight of the official screen, and of others that the kernel knows."""
        for power in self._system.glob("class/backlight/*/bl_power"):
            try:
                power.write_text("0" if on else "4", "ascii")
            except OSError as error:
                _log.info("the backlight cannot be switched", cause=error.strerror)


class RaspberryPlatform:
    """A `Platform` for the Raspberry Pi.

    Args:
        name: its model.
        desktop: whether somebody has started a desktop on it.
        system: where sysfs is.
    """

    def __init__(self, name: str, *, desktop: bool, system: Path = Path("/sys")) -> None:
        self._name = name
        self._desktop = desktop
        self._system = system

    @property
    def name(self) -> str:
        """Such as "Raspberry Pi Zero 2 W Rev 1.0"."""
        return self._name

    def init_audio(self) -> AudioPlatform:
        """What the installed audio library finds."""
        return find_platform()

    def init_display(self, wanted: FaceSettings) -> FaceSettings:
        """Without a desktop the eyes have the whole screen."""
        return wanted if self._desktop else replace(wanted, full_screen=True)

    def power_management(self) -> RaspberryPower:
        """The kernel's."""
        return RaspberryPower(self._system)


def find_raspberry(model: Path = _MODEL) -> RaspberryPlatform | None:
    """The Pi that this machine is; None when it is none.

    Args:
        model: where the kernel tells the board's name.
    """
    name = _read(model).rstrip("\0")
    if not name.startswith("Raspberry Pi"):
        return None
    return RaspberryPlatform(name, desktop=any(os.environ.get(v) for v in ("DISPLAY", "WAYLAND_DISPLAY")))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
