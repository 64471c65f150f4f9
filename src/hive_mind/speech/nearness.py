"""Telling the one who speaks to us from who speaks behind: a television in the room never falls silent.

Within an utterance, sound that has stayed far below its loudest stretch is background, whatever the VAD says.
Pure arithmetic on frames.
"""

from collections import deque

import numpy as np

from hive_mind.speech.audio import FRAME_MS, Samples

DROP_DB = 16.0
"""So far below the loudest stretch of the utterance, sound is background. A sentence that ends softly stays
above this."""

STRETCH_MS = 320
"""Levels are averaged over this: the gaps between syllables do not count."""


class Nearness:
    """Whether each frame may belong to the present utterance."""

    def __init__(self) -> None:
        self._powers: deque[float] = deque(maxlen=STRETCH_MS // FRAME_MS)
        self._peak = 0.0

    def begin(self) -> None:
        """An utterance may begin with the next frame."""
        self._peak = 0.0

    def near(self, frame: Samples) -> bool:
        """Take the next frame of an utterance; whether it is loud enough to be part of it."""
        self.note(frame)
        now = sum(self._powers) / len(self._powers)
        self._peak = max(self._peak, now)
        return bool(now >= self._peak * 10.0 ** (-DROP_DB / 10.0))

    def note(self, frame: Samples) -> None:
        """Take a frame outside any utterance."""
        self._powers.append(float(np.mean(np.square(frame))) if len(frame) else 0.0)
