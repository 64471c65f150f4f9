"""The audio of the present utterance, in memory alone, with what was heard just before it."""

from collections import deque

import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE, Samples

PRE_ROLL_MS = 300
"""Kept from before the speech: VAD notices a soft first consonant late."""

IDLE_MS = 3000
"""Kept while nobody speaks: the pre-roll, and the time it takes to be sure that a wake word was said."""

MAX_MS = 30_000


class UtteranceBuffer:
    """Collects microphone frames; positions are samples since construction, as the `Endpointer` counts them.

    Holds at most `max_ms` and the pre-roll: past that the oldest frames go, so memory is bounded at 2 MB.
    """

    def __init__(self, max_ms: int = MAX_MS, pre_roll_ms: int = PRE_ROLL_MS) -> None:
        self._pre_roll = _count(pre_roll_ms)
        self._limit = _count(max_ms) + _count(IDLE_MS)
        self._idle = max(_count(IDLE_MS), self._pre_roll)
        self._frames: deque[Samples] = deque()
        self._held = 0
        self._end = 0
        self._start: int | None = None

    @property
    def position(self) -> int:
        """Samples pushed since construction."""
        return self._end

    @property
    def recording(self) -> bool:
        """Whether `begin` came since the last `clear`."""
        return self._start is not None

    def push(self, frame: Samples) -> None:
        """Add the next frame; a copy is kept, so the caller may reuse its array."""
        if not len(frame):
            return
        self._frames.append(np.array(frame, dtype=np.float32))
        self._held += len(frame)
        self._end += len(frame)
        keep = self._idle if self._start is None else self._limit
        while self._held - len(self._frames[0]) >= keep:
            self._held -= len(self._frames.popleft())

    def begin(self, speech_start_sample: int, not_before: int = 0) -> None:
        """Speech began there: keep everything from the pre-roll on, or from `not_before` if that is later."""
        self._start = max(0, not_before, speech_start_sample - self._pre_roll)

    def between(self, first: int, last: int) -> Samples:
        """What is kept of these samples, the last one not included."""
        if not self._frames:
            return np.zeros(0, dtype=np.float32)
        offset = self._end - self._held
        return np.concatenate(self._frames)[max(0, first - offset) : max(0, last - offset)]

    def samples(self) -> Samples:
        """The utterance so far: at most the pre-roll of lead, the tail as it is; empty before `begin`."""
        if self._start is None or not self._frames:
            return np.zeros(0, dtype=np.float32)
        skip = max(0, self._start - (self._end - self._held))
        return np.concatenate(self._frames)[skip:]

    def clear(self) -> None:
        """The utterance is over: keep only what may become the next one's pre-roll."""
        self._start = None
        while self._frames and self._held - len(self._frames[0]) >= self._idle:
            self._held -= len(self._frames.popleft())


def _count(ms: int) -> int:
    return ms * SAMPLE_RATE // 1000
