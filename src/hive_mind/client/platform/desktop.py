"""A PC or a Mac: the system looks after screen and power, we only ask."""

import platform

import psutil

from hive_mind.client.platform.base import AudioPlatform, find_platform
from hive_mind.client.ui.face import FaceSettings


class DesktopPower:
    """The `Power` of a PC."""

    def battery(self) -> float | None:
        """Charge of a laptop's battery, from 0 to 1."""
        try:
            found = psutil.sensors_battery()
        except (AttributeError, OSError):  # not every system has the call, nor every kernel the files
            return None
        return None if found is None else min(1.0, max(0.0, found.percent / 100))

    def troubles(self) -> tuple[str, ...]:
        """None: the system tells its user by itself."""
        return ()

    def light(self, *, on: bool) -> None:
        """Nothing: the screen belongs to the desktop."""
        del on


class DesktopPlatform:
    """A `Platform` with a desktop, or a server without one."""

    @property
    def name(self) -> str:
        """Such as "Linux x86_64"."""
        return f"{platform.system()} {platform.machine()}"

    def init_audio(self) -> AudioPlatform:
        """What the installed audio library finds."""
        return find_platform()

    def init_display(self, wanted: FaceSettings) -> FaceSettings:
        """As the settings want it."""
        return wanted

    def power_management(self) -> DesktopPower:
        """The system's."""
        return DesktopPower()
