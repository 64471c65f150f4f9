"""The machine that a client runs on: its sound, its screen, its power. New hardware is one more file here."""

from typing import Protocol

from hive_mind.client.platform.base import AudioPlatform
from hive_mind.client.ui.face import FaceSettings


class Power(Protocol):
    """What a machine knows and does about its power. Cheap calls, a minute apart."""

    def battery(self) -> float | None:
        """Charge left, from 0 to 1; None without a battery."""
        ...

    def troubles(self) -> tuple[str, ...]:
        """What is wrong now, as codes: UNDER_VOLTAGE, TOO_HOT. Each has its French sentence."""
        ...

    def light(self, *, on: bool) -> None:
        """Light the screen, or put it out; nothing where that cannot be done."""
        ...


class Platform(Protocol):
    """One kind of machine."""

    @property
    def name(self) -> str:
        """As its maker calls it, for people."""
        ...

    def init_audio(self) -> AudioPlatform:
        """Microphones and speakers."""
        ...

    def init_display(self, wanted: FaceSettings) -> FaceSettings:
        """The face that fits this machine's screen, out of what the settings want."""
        ...

    def power_management(self) -> Power:
        """The power of this machine."""
        ...


def this_machine() -> Platform:
    """The platform that this is: the first that recognises itself, a desktop otherwise."""
    from hive_mind.client.platform.desktop import DesktopPlatform
    from hive_mind.client.platform.raspberry import find_raspberry

    return find_raspberry() or DesktopPlatform()
