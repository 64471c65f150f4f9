"""The face on a small screen."""

import asyncio
import math
from collections.abc import AsyncIterator

import structlog

from hive_mind.client.ui.expressions import design
from hive_mind.client.ui.eyes import begin, change, frame, still
from hive_mind.client.ui.face import Press, no_presses
from hive_mind.client.ui.look import Look
from hive_mind.client.ui.motion import Motion
from hive_mind.client.ui.panels import Panel
from hive_mind.client.ui.picture import picture

FRAME_S = 1 / 15
"""A small screen on a slow bus takes no more, and a small computer is spared."""
WHOLE_EVERY = 20
"""Each so many pictures a paper screen is refreshed as a whole."""

_log = structlog.get_logger(__name__)


class PanelFace:
    """Draws on a panel from a thread. Make it in a running event loop.

    Args:
        panel: opened; closed with the face.
        seed: of the blinks and glances.
    """

    def __init__(self, panel: Panel, seed: int = 0) -> None:
        self._panel = panel
        self._look = Look()
        self._seed = seed
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._keep(), name="panel")

    def show(self, look: Look) -> None:
        """Show this from now on."""
        self._look = look
        self._changed.set()

    def presses(self) -> AsyncIterator[Press]:
        """None: a panel has no button."""
        return no_presses()

    async def close(self) -> None:
        """Switch the panel off."""
        self._task.cancel()
        await asyncio.wait({self._task})

    async def _keep(self) -> None:
        try:
            await (self._paper() if self._panel.paper else self._move())
        except OSError as error:
            _log.warning("the small screen does not answer: going on without eyes", reason=str(error))
            return
        finally:
            # Here, and not in `close`: a thread that still draws is waited for by nobody else.
            await asyncio.to_thread(self._switch_off)

    async def _paper(self) -> None:
        """Draw when what is seen would differ, and only then."""
        shown, pictures = None, 0
        while True:
            look = self._look
            if (seen := (look.mood, look.night)) != shown:
                image = picture(
                    still(Look(mood=look.mood, night=look.night)), self._panel.size, self._panel.mode
                )
                await asyncio.to_thread(self._panel.show, image, pictures % WHOLE_EVERY == 0)
                shown, pictures = seen, pictures + 1
                continue
            self._changed.clear()
            await self._changed.wait()

    async def _move(self) -> None:
        clock = asyncio.get_running_loop().time
        panel, motion = self._panel, Motion(min(self._panel.size[0] / 2, self._panel.size[1]))
        eyes, light = begin(self._look, clock(), self._seed), math.nan
        while True:
            now = clock()
            if self._changed.is_set():
                self._changed.clear()
                eyes = change(eyes, self._look, now)
            wanted = self._look.brightness * (design().night_light if self._look.night else 1.0)
            if panel.mode == "1" and wanted != light:  # otherwise the colours are dimmed already
                light = wanted
                await asyncio.to_thread(panel.light, light)
            shapes = frame(eyes, now)
            if motion.step(shapes, 0.0, now):
                await asyncio.to_thread(panel.show, picture(shapes, panel.size, panel.mode), False)
            await asyncio.sleep(max(FRAME_S, motion.pause))

    def _switch_off(self) -> None:
        try:
            self._panel.close()
        except OSError as error:
            _log.warning("small screen not switched off", reason=str(error))
