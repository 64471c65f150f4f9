"""Where to cut a clause so that its first sound comes soon: pure arithmetic on frames."""

from collections.abc import Sequence
from dataclasses import dataclass

FIRST = 22
"""Frames of sound in the first window: 0.55 s, whose decoding takes less than it plays."""

GROWTH = 1.7
"""How much longer each window is than the one before it: what has been said pays for what is decoded next."""

LONGEST = 100
"""Frames in the longest window: a cancel is noticed and a cache fed at least every 2.5 s of speech."""

CONTEXT = 6
"""Frames decoded on each side of a window and thrown away: what the network looks at around a frame."""

OVERLAP = 2
"""Frames over which one window fades into the next."""

SEARCH = 4
"""How far, in frames, a cut may move to fall on the quietest frame."""


@dataclass(frozen=True, slots=True)
class Window:
    """A run of frames.

    Attributes:
        start: first frame that is decoded.
        stop: frame after the last one decoded.
        begin: first frame that is heard (faded in over `OVERLAP` unless it is the clause's first).
        end: frame after the last one heard (faded out over `OVERLAP` unless it is the clause's last).
    """

    start: int
    stop: int
    begin: int
    end: int


def windows(begin: int, end: int, loudness: Sequence[float], first: int = FIRST) -> list[Window]:
    """Cut the frames `begin` to `end` into windows, the first one short.

    Args:
        begin: first frame to be heard.
        end: frame after the last one.
        loudness: of each frame of the clause, in any unit; cuts fall where it is least.
        first: frames in the first window.
    """
    cuts: list[int] = []
    at, length = begin, float(first)
    while end - at > length * 1.5:
        target = at + round(length)
        near = range(target - SEARCH, target + SEARCH + 1)
        cut = min(near, key=lambda frame: (loudness[frame], abs(frame - target)))
        cuts.append(cut)
        at, length = cut, min(length * GROWTH, LONGEST)
    found: list[Window] = []
    for place in range(len(cuts) + 1):
        heard = cuts[place - 1] - OVERLAP // 2 if place else begin
        until = cuts[place] + OVERLAP - OVERLAP // 2 if place < len(cuts) else end
        start = max(0, heard - CONTEXT) if place else begin
        stop = min(len(loudness), until + CONTEXT) if place < len(cuts) else end
        found.append(Window(start, stop, heard, until))
    return found
