"""Levels of blocks, and the upper edge of a level that moves."""

import numpy as np

from hive_mind.speech.audio import Samples

_RISE_DB, _FALL_DB, _OUTLIER_DB = 0.8, 0.15, 0.03
"""Steps of the belief, a block: it follows the upper edge, and a voice hardly moves it."""

_FLOOR = 1e-12


class Edge:
    """What is believed of a level: about what five blocks of six stay below.

    Args:
        db: to begin with.
        quick: how many times faster it moves at first.
        quick_blocks: for so many blocks.
    """

    def __init__(self, db: float, *, quick: float = 1.0, quick_blocks: int = 0) -> None:
        self.db = db
        self._quick = quick
        self._left = quick_blocks

    def learn(self, db: float, margin_db: float) -> None:
        """One block more had this level; from `margin_db` above the edge on, it was somebody else."""
        above_db = db - self.db
        step = -_FALL_DB if above_db <= 0 else _RISE_DB if above_db <= margin_db else _OUTLIER_DB
        self.db += step * (self._quick if self._left > 0 else 1.0)
        self._left -= 1


def power(samples: Samples) -> float:
    """Mean square, never 0."""
    return float(np.dot(samples, samples)) / len(samples) + _FLOOR


def level_db(samples: Samples) -> float:
    """Level in dBFS, at least -120."""
    return 10.0 * float(np.log10(power(samples)))
