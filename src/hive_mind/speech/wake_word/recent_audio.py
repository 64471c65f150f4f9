"""The last few seconds of a stream, by position."""

import numpy as np

from hive_mind.speech.audio import Samples


class RecentAudio:
    """Keeps the newest samples; before the first one there was silence.

    Args:
        samples: how many are kept.
    """

    def __init__(self, samples: int) -> None:
        self._keep = samples
        self._buffer = np.zeros(2 * samples, dtype=np.float32)
        self._filled = samples
        self._end = 0

    @property
    def end(self) -> int:
        """Position after the newest sample: how many came since the last `clear`."""
        return self._end

    def push(self, frame: Samples) -> None:
        """Add the next samples, at most as many as are kept."""
        if self._filled + len(frame) > len(self._buffer):
            self._buffer[: self._keep] = self._buffer[self._filled - self._keep : self._filled]
            self._filled = self._keep
        self._buffer[self._filled : self._filled + len(frame)] = frame
        self._filled += len(frame)
        self._end += len(frame)

    def between(self, start: int, end: int) -> Samples:
        """The samples between two positions that are kept; a view, which the next `push` may change.

        Raises:
            IndexError: they are not kept any more, or not there yet.
        """
        offset = self._filled - self._end
        if not self._end - self._keep <= start <= end <= self._end:
            raise IndexError(f"{start}:{end} of the last {self._keep} before {self._end}")
        return self._buffer[offset + start : offset + end]

    def clear(self) -> None:
        """Forget the past; positions count from 0 again."""
        self._buffer.fill(0.0)
        self._filled = self._keep
        self._end = 0
