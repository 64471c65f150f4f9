"""A bounded ring of samples between a device's thread and the client."""

import threading

import numpy as np

from hive_mind.speech.audio import Samples


class SampleRing:
    """First in, first out; when it is full the oldest samples go, and are counted.

    Thread-safe.

    Args:
        capacity: samples it holds.
        channels: values a sample has; with more than one, everything has the shape (n, channels).
    """

    def __init__(self, capacity: int, channels: int = 1) -> None:
        self._buffer = np.zeros(capacity if channels == 1 else (capacity, channels), np.float32)
        self._first = 0
        self._count = 0
        self._lock = threading.Lock()
        self.dropped = 0
        """Samples lost so far because nobody took them in time."""

    @property
    def waiting(self) -> int:
        """Samples that can be taken now."""
        return self._count

    @property
    def room(self) -> int:
        """Samples that can be put now without losing any."""
        return len(self._buffer) - self._count

    def put(self, samples: Samples) -> None:
        """Add samples, dropping the oldest ones that no longer fit."""
        with self._lock:
            capacity = len(self._buffer)
            if len(samples) > capacity:
                self.dropped += len(samples) - capacity
                samples = samples[-capacity:]
            if (excess := self._count + len(samples) - capacity) > 0:
                self._first = (self._first + excess) % capacity
                self._count -= excess
                self.dropped += excess
            at = (self._first + self._count + np.arange(len(samples))) % capacity
            self._buffer[at] = samples
            self._count += len(samples)

    def take(self, count: int) -> Samples | None:
        """Exactly `count` samples, or None when there are fewer."""
        with self._lock:
            return self._pop(count) if self._count >= count else None

    def take_up_to(self, count: int) -> Samples:
        """As many samples as there are, at most `count`."""
        with self._lock:
            return self._pop(min(count, self._count))

    def peek(self, count: int) -> Samples:
        """As many of the oldest samples as there are, at most `count`; they stay."""
        with self._lock:
            return self._buffer[(self._first + np.arange(min(count, self._count))) % len(self._buffer)]

    def clear(self) -> int:
        """Throw everything away; returns how many samples that was. They are not counted as dropped."""
        with self._lock:
            count, self._count = self._count, 0
            return count

    def _pop(self, count: int) -> Samples:
        at = (self._first + np.arange(count)) % len(self._buffer)
        self._first = (self._first + count) % len(self._buffer)
        self._count -= count
        return self._buffer[at]
