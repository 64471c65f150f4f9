"""How loud a block of sound looks."""

import math

import numpy as np

from hive_mind.speech.audio import Samples

_SILENT_DB, _FULL_DB = -50.0, -14.0


def loudness(samples: Samples) -> float:
    """0 for silence to 1 for a loud voice, linear in decibels, of a block of 10 to 50 ms."""
    power = float(np.mean(np.square(samples))) if len(samples) else 0.0
    if power <= 0:
        return 0.0
    level = (10 * math.log10(power) - _SILENT_DB) / (_FULL_DB - _SILENT_DB)
    return min(max(level, 0.0), 1.0)
