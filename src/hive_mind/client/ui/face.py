"""The face of a client as its other parts know it: something that shows a look and may be pressed."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Protocol

import structlog

from hive_mind.client.ui.look import Look
from hive_mind.errors import ScreenError

_log = structlog.get_logger(__name__)


class Press(StrEnum):
    """A button, a key or a finger: push to talk, or a word that it has woken for nothing."""

    DOWN = "down"
    UP = "up"
    NOT_FOR_YOU = "not_for_you"
    """What it takes for a call, or answers, was not meant for it."""


class Face(Protocol):
    """Shows what a client is doing."""

    def show(self, look: Look) -> None:
        """Show this from now on. Never waits; a look that was not yet drawn is replaced."""
        ...

    def presses(self) -> AsyncIterator[Press]:
        """Each press and release, for one reader, until the face ends. The oldest of many unread are lost."""
        ...

    async def close(self) -> None:
        """Take the face away. Idempotent."""
        ...


async def no_presses(none: tuple[Press, ...] = ()) -> AsyncIterator[Press]:
    """Those of a face that cannot be pressed."""
    for press in none:
        yield press


class NoFace:
    """The face of a machine without a screen."""

    def show(self, look: Look) -> None:
        """Nobody sees it."""

    def presses(self) -> AsyncIterator[Press]:
        """None: ends at once."""
        return no_presses()

    async def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """What kind of face, and how.

    Attributes:
        kind: `auto` takes a window where there is a screen and none elsewhere; `window`, `panel` (a small
            LCD, OLED or paper screen) or `none`.
        full_screen: of the window, at its start; F changes it.
        subtitles: the window also writes what is said and answered.
        panel: driver of the small screen: a name of luma's ("ssd1306", "sh1106", "st7789", ...), or of
            Waveshare's with `epd` before it ("epd2in13_V4").
        panel_at: where the panel is: "i2c:1:0x3c" (bus and address) or "spi:0:0" (port and device).
        seed: of blinks and glances: something that differs from one device to the next.
    """

    kind: Literal["auto", "window", "panel", "none"] = "auto"
    full_screen: bool = False
    subtitles: bool = True
    panel: str = "ssd1306"
    panel_at: str = "i2c:1:0x3c"
    seed: int = 0


def has_screen() -> bool:
    """Whether a window can be tried here: a desktop, or a screen that is driven without one (KMS)."""
    if find_spec("pygame") is None:
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    if any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")):
        return True
    with contextlib.suppress(OSError):
        return any(
            status.read_text("ascii").strip() == "connected"
            for status in Path("/sys/class/drm").glob("card*-*/status")
        )
    return False


@asynccontextmanager
async def open_face(settings: FaceSettings) -> AsyncIterator[Face]:
    """The face of this machine while in this context. One that cannot be opened is logged and is `NoFace`."""
    face = await _open(settings)
    try:
        yield face
    finally:
        await face.close()


async def _open(settings: FaceSettings) -> Face:
    # Imported here: neither pygame nor Pillow is on every machine.
    if settings.kind == "window" and find_spec("pygame") is None:
        _log.warning("no window: install hive-mind[screen]")
    elif settings.kind == "window" or (settings.kind == "auto" and has_screen()):
        from hive_mind.client.ui.window_face import WindowFace, window_command

        return WindowFace(window_command(settings.full_screen, settings.subtitles, settings.seed))
    if settings.kind == "panel":
        try:
            from hive_mind.client.ui.display import PanelFace
            from hive_mind.client.ui.panels import open_panel

            panel = await asyncio.to_thread(open_panel, settings.panel, settings.panel_at)
            return PanelFace(panel, settings.seed)
        except (ImportError, ScreenError) as error:
            _log.warning("no small screen", reason=str(error))
    return NoFace()
