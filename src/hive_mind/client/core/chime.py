"""The bell of a timer, made of sines: no recording, no licence."""

import numpy as np

from hive_mind.speech.audio import Samples

_NOTES_HZ = (880.0, 1108.73, 1318.51)
_NOTE_S = 0.18
_RING_S = 0.5


def chime(rate: int) -> Samples:
    """Three rising bell notes, about 0.9 s, at `rate` samples per second, peak 0.5."""
    total = np.zeros(int((_NOTE_S * (len(_NOTES_HZ) - 1) + _RING_S) * rate), np.float32)
    t = np.arange(int(_RING_S * rate)) / rate
    attack = np.minimum(1.0, t / 0.005)
    for index, pitch in enumerate(_NOTES_HZ):
        partials = np.sin(2 * np.pi * pitch * t) + 0.3 * np.sin(2 * np.pi * 2.76 * pitch * t)
        note = (partials * attack * np.exp(-t / 0.12)).astype(np.float32)
        start = int(index * _NOTE_S * rate)
        total[start : start + len(note)] += note
    peak = float(np.max(np.abs(total)))
    return np.asarray(0.5 * total / peak, np.float32)
