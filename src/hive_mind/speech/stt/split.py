"""Cuts long audio where it is quietest."""

from collections.abc import Iterator

import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE, Samples

SLICE = SAMPLE_RATE // 50
"""Loudness is compared over 20 ms."""

SMOOTH = 15
"""Slices that make one pause: 300 ms."""


def split_at_silences(samples: Samples, longest_seconds: float) -> Iterator[Samples]:
    """Yield pieces of at most `longest_seconds`, cut in the quietest 300 ms of their last half."""
    longest = int(longest_seconds * SAMPLE_RATE)
    begin = 0
    while len(samples) - begin > longest:
        cut = begin + _quietest(samples[begin : begin + longest])
        yield samples[begin:cut]
        begin = cut
    if begin < len(samples):
        yield samples[begin:]


def _quietest(piece: Samples) -> int:
    half = len(piece) // 2
    count = (len(piece) - half) // SLICE
    power = np.square(piece[half : half + count * SLICE]).reshape(count, SLICE).mean(axis=1)
    smooth = np.convolve(power, np.ones(SMOOTH) / SMOOTH, mode="valid")
    return half + (int(np.argmin(smooth)) + SMOOTH // 2) * SLICE
