"""Where to cut a clause so that its first sound comes soon and no gap follows: pure arithmetic on frames."""

from collections.abc import Sequence
from dataclasses import dataclass

FIRST = 22
"""Frames of sound in the first window: 0.55 s, whose decoding takes less than it plays."""

SHORTEST = 14
"""Frames in the shortest window: below, the context costs more than the sound."""

LONGEST = 100
"""Frames in the longest window: a cache is fed and a slow listener served at least every 2.5 s of speech."""

GROWTH = 1.7
"""How much longer a window may be than the one before it."""

CARE = 0.75
"""Share of the sound in hand that the next window's decoding may take."""

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
        cut: where the next window begins: the middle of the overlap, or the clause's end.
    """

    start: int
    stop: int
    begin: int
    end: int
    cut: int


def next_window(at: int, loudness: Sequence[float], length: float, *, first: bool) -> Window:
    """The window that begins at a cut.

    Args:
        at: frame of the cut, or the first frame to be heard.
        loudness: of each frame of the clause, in any unit; cuts fall where it is least.
        length: frames wished for; a rest that is not much longer is taken whole.
        first: whether nothing was heard before.
    """
    count = len(loudness)
    begin = at if first else at - OVERLAP // 2
    start = at if first else max(0, begin - CONTEXT)
    if count - at <= length * 1.5:
        return Window(start, count, begin, count, count)
    target = at + round(length)
    near = range(target - SEARCH, target + SEARCH + 1)
    cut = min(near, key=lambda frame: (loudness[frame], abs(frame - target)))
    end = cut + OVERLAP - OVERLAP // 2
    return Window(start, min(count, end + CONTEXT), begin, end, cut)


def next_length(length: float, in_hand: float, pace: float) -> float:
    """How many frames the next window may have.

    Args:
        length: frames of the window before it.
        in_hand: frames that were decoded but not yet played.
        pace: frames played in the time that one takes to decode; below 1 the voice is faster than time.
    """
    affordable = CARE * in_hand / pace - 2 * CONTEXT - OVERLAP
    return max(SHORTEST, min(affordable, length * GROWTH, LONGEST))
