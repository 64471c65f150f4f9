"""Between the devices and a canceller: what was played and what was heard, side by side, block by block."""

import threading

import numpy as np
import soxr

from hive_mind.client.core.echo.base import BLOCK, EchoCanceller
from hive_mind.client.platform.ring import SampleRing
from hive_mind.speech.audio import SAMPLE_RATE, Samples

_KEPT_S = 1.0
_SLACK = SAMPLE_RATE * 5 // 1000
_SPARE = SAMPLE_RATE * 40 // 1000
_TOO_LATE = SAMPLE_RATE * 150 // 1000
_PATIENCE = SAMPLE_RATE * 150 // 1000
"""Samples heard that wait for a speaker whose thread is late; then it has stopped."""

_WINDOW = SAMPLE_RATE
"""Samples heard in which it is looked how much always waits."""

_SILENT = 1e-4


class EchoGuard:
    """Cleans a microphone of what a speaker plays.

    Both devices have clocks of their own and bring samples in lumps, late when the machine is busy. What was
    played waits for what is heard meanwhile, and the other way round, so that the way from one to the other
    (buffers, air) stays the same but for the drift of the two clocks; what always waits on either side is
    taken away. A block is never heard before what it echoes was taken from the queue.

    `played` belongs to the speaker's thread, `clean` to the microphone's.

    Args:
        canceller: does the work.
        rate: of what is played, in hertz.
    """

    def __init__(self, canceller: EchoCanceller, rate: int) -> None:
        self._canceller = canceller
        self._stream = (
            soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32", quality="MQ")
            if rate != SAMPLE_RATE
            else None
        )
        self._queue = SampleRing(int(_KEPT_S * SAMPLE_RATE))
        self._rest = np.zeros(0, np.float32)
        self._reset_lock = threading.Lock()
        self._restart()

    @property
    def shifts(self) -> int:
        """How often played and heard were put side by side anew; a canceller learns a little each time."""
        return self._shifts

    @property
    def response(self) -> Samples | None:
        """Of the room; see `EchoCanceller`."""
        return self._canceller.response

    def played(self, samples: Samples) -> None:
        """The speaker took these samples, silence included."""
        if self._stream is not None:
            samples = self._stream.resample_chunk(samples)
        if len(samples):
            self._queue.put(samples)
            self._running = True

    def clean(self, heard: Samples) -> Samples:
        """The microphone delivered these samples.

        Returns:
            Whole blocks as they become complete, shape (n, 2): the cleaned samples, and how much of each
            one's block was our own voice, in [0, 1].
        """
        with self._reset_lock:
            heard = np.concatenate([self._rest, heard])
            played = self._beside(heard)
            count = len(played)
            self._rest = heard[count:]
            cleaned = np.empty((count, 2), np.float32)
            for at in range(0, count, BLOCK):
                block = self._canceller.cancel(heard[at : at + BLOCK], played[at : at + BLOCK])
                cleaned[at : at + BLOCK, 0] = block.samples
                cleaned[at : at + BLOCK, 1] = block.own
            return cleaned

    def restart(self) -> None:
        """A device was changed: the delays are others now."""
        with self._reset_lock:
            self._canceller.reset()
            self._restart()

    def _restart(self) -> None:
        self._queue.clear()
        self._running = False
        self._shifts = 0
        self._look_anew()

    def _look_anew(self) -> None:
        self._ahead = -self._queue.room, self._queue.room
        self._seen = 0

    def _beside(self, heard: Samples) -> Samples:
        """What was played beside it, in whole blocks; less than was heard while the speaker is late."""
        whole = len(heard) // BLOCK * BLOCK
        if not self._running:
            return np.zeros(whole, np.float32)
        ahead = self._queue.waiting - len(heard)
        self._ahead = max(ahead, self._ahead[0]), min(ahead, self._ahead[1])
        if -ahead > _PATIENCE:
            self._running = False
            return self._filled(whole, self._queue.waiting)
        count = min(whole, self._queue.waiting // BLOCK * BLOCK)
        self._seen += count
        if self._seen >= _WINDOW:
            most, least = self._ahead
            self._look_anew()
            if most < -_SPARE:  # it is always late: the clocks have parted
                count = min(whole, count - most // BLOCK * BLOCK)
                return self._filled(count, max(0, count + most + _SLACK))
            self._drop(least)
        return self._queue.take_up_to(count)

    def _filled(self, count: int, played: int) -> Samples:
        """So many samples of which only the last were played."""
        self._shifts += 1
        filled = np.zeros(count, np.float32)
        taken = self._queue.take_up_to(min(played, count))
        filled[count - len(taken) :] = taken
        return filled

    def _drop(self, least: int) -> None:
        """Shorten the queue by what has been waiting in it needlessly."""
        if least <= _SPARE:
            return
        excess = least - _SLACK
        if least >= _TOO_LATE or float(np.max(np.abs(self._queue.peek(excess)))) <= _SILENT:
            self._queue.take_up_to(excess)
            self._shifts += 1
