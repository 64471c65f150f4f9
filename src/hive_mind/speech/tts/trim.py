"""Cut the silence that voices put around what they say."""

import numpy as np

from hive_mind.speech.audio import Samples

LEAD_S = 0.02
"""Silence left before the first sound, in seconds: enough for a soft consonant."""

TAIL_S = 0.08
"""Silence left after the last sound, in seconds; a caller adds its own pauses."""

THRESHOLD = 0.004
"""Root mean square below which 5 ms of a voice are silence (about -48 dB of full scale)."""

_WINDOW_S = 0.005


class Trimmer:
    """Trims audio that comes in pieces.

    Silence is held back until the next sound shows that it is a pause and not the end.

    Args:
        rate: sample rate in hertz.
    """

    def __init__(self, rate: int) -> None:
        self._window = int(rate * _WINDOW_S)
        self._lead = int(rate * LEAD_S)
        self._tail = int(rate * TAIL_S)
        self._held = np.zeros(0, dtype=np.float32)
        self._begun = False

    def add(self, piece: Samples) -> Samples:
        """Take the next piece; give what may be heard now, maybe nothing."""
        audio: Samples = np.concatenate([self._held, piece])
        whole = len(audio) // self._window * self._window
        energy = np.square(audio[:whole]).reshape(-1, self._window).mean(axis=1)
        loud = np.flatnonzero(energy > THRESHOLD**2)
        if not len(loud):
            self._held = audio if self._begun else audio[-self._lead - self._window :]
            return audio[:0]
        start = 0 if self._begun else max(0, int(loud[0]) * self._window - self._lead)
        stop = min(len(audio), (int(loud[-1]) + 1) * self._window + self._tail)
        self._begun = True
        self._held = audio[stop:]
        return audio[start:stop]

    def finish(self) -> Samples:
        """Say that no piece follows; give what is left, maybe nothing."""
        self._held = self._held[:0]
        return self._held


def trim(samples: Samples, rate: int) -> Samples:
    """Drop the silence at both ends but `LEAD_S` and `TAIL_S` of it; all of it when there is no sound."""
    return Trimmer(rate).add(samples)
