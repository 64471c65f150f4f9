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


def first_sound(samples: Samples, rate: int) -> int | None:
    """Index of the first 5 ms that hold sound; None when all is silence."""
    loud = _loud(samples, rate)
    return int(loud[0]) * int(rate * _WINDOW_S) if len(loud) else None


def trim(samples: Samples, rate: int, *, lead: bool = True, tail: bool = True) -> Samples:
    """Drop silence at the ends but `LEAD_S` and `TAIL_S` of it; all of it when there is no sound.

    Args:
        samples: mono audio.
        rate: its sample rate in hertz.
        lead: whether to cut at the start.
        tail: whether to cut at the end.
    """
    loud = _loud(samples, rate)
    if not len(loud):
        return samples[:0]
    window = int(rate * _WINDOW_S)
    start = max(0, int(loud[0]) * window - int(LEAD_S * rate)) if lead else 0
    stop = (int(loud[-1]) + 1) * window + int(TAIL_S * rate) if tail else len(samples)
    return samples[start:stop]


def _loud(samples: Samples, rate: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.intp]]":
    """Which windows of 5 ms hold sound."""
    window = int(rate * _WINDOW_S)
    whole = len(samples) // window * window
    energy = np.square(samples[:whole]).reshape(-1, window).mean(axis=1)
    return np.flatnonzero(energy > THRESHOLD**2)
