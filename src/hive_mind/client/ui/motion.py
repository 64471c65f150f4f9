"""How often to draw: often while things move, seldom while they rest, never more than can be spared."""

from collections.abc import Sequence

from hive_mind.client.ui.shapes import Shape

FAST_S = 1 / 60
SLOW_S = 1 / 20
_FAST_PX_S = 30.0
_STILL_PX = 0.25
_STILL_COLOUR = 2
_SHARE_OF_CORE = 0.13


class Motion:
    """Compares each frame with what was drawn last.

    Args:
        scale: pixels in one unit of the stage.
    """

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._drawn: tuple[Sequence[Shape], float] | None = None
        self._at = 0.0
        self._cost = 0.0
        self.pause = FAST_S
        """Seconds until the next frame is worth computing."""

    def step(self, shapes: Sequence[Shape], lift: float, now: float) -> bool:
        """Whether this frame is to be drawn; what is not drawn is compared again with the next one."""
        moved, tinted = self._difference(shapes, lift)
        elapsed = max(now - self._at, FAST_S)
        fast = moved / elapsed > _FAST_PX_S or tinted / elapsed > 2 * _FAST_PX_S
        self.pause = max(FAST_S if fast else SLOW_S, self._cost / _SHARE_OF_CORE)
        if moved < _STILL_PX and tinted < _STILL_COLOUR:
            return False
        self._drawn, self._at = (shapes, lift), now
        return True

    def cost(self, seconds: float) -> None:
        """So much processor time the last frame has taken; frames are spaced out accordingly."""
        self._cost += (0.1 if self._cost else 1.0) * (seconds - self._cost)

    def _difference(self, shapes: Sequence[Shape], lift: float) -> tuple[float, float]:
        """The farthest movement in pixels, and the greatest change of a colour in steps of 255."""
        if self._drawn is None or len(self._drawn[0]) != len(shapes):
            return float("inf"), 0.0
        moved, tinted = abs(lift - self._drawn[1]), 0
        for old, new in zip(self._drawn[0], shapes, strict=True):
            a, b = old.eye, new.eye
            lids = b.h * max(abs(p - q) for p, q in zip(a[6:12], b[6:12], strict=True))
            turned = b.w * abs(a.tilt - b.tilt) / 115
            moved = max(moved, lids, turned, *(abs(p - q) for p, q in zip(a[:5], b[:5], strict=True)))
            tinted = max(tinted, *(abs(p - q) for p, q in zip(old.colour, new.colour, strict=True)))
        return moved * self._scale, tinted
