"""The bell of a timer and the small sounds of the ear, made of sines: no recording, no licence."""

import numpy as np

from hive_mind.speech.audio import Samples

_NOTES_HZ = (880.0, 1108.73, 1318.51)
_NOTE_S = 0.18
_RING_S = 0.5

OPENED_HZ = (659.26, 987.77)
"""Its name alone was said: it listens."""

CLOSED_HZ = (659.26, 493.88)
"""Nobody has spoken: it no longer listens."""


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


def cue(notes: tuple[float, ...], rate: int) -> Samples:
    """A few soft notes of 90 ms, at `rate` samples per second, peak 0.2."""
    t = np.arange(int(0.09 * rate)) / rate
    shape = np.sin(np.pi * t / 0.09) ** 2
    return np.concatenate([0.2 * shape * np.sin(2 * np.pi * pitch * t) for pitch in notes]).astype(np.float32)
