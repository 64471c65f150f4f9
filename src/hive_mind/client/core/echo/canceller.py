"""The canceller: subtract the echo that is predicted, and shut while nothing but its remains is left."""

import numpy as np

from hive_mind.client.core.echo.base import Cleaned
from hive_mind.client.core.echo.kalman import KalmanFilter
from hive_mind.speech.audio import Samples

_LEARNING_BLOCKS = 30
"""Sound of our own, in blocks, before the filter knows a room; until then everything is taken for ours."""

_DECAY_DB = 3.0
"""How fast the remains fade when the prediction has ended, a block."""

_MARGIN_DB = 6.0
"""What is louder than the remains should be by so much is somebody else."""

_RISE_DB, _FALL_DB, _OUTLIER_DB = 0.8, 0.15, 0.03
"""Steps of what we believe of the remains, a block; they follow the upper edge, and a voice hardly
moves them."""

_LOST = 1.2
_LOST_MEMORY = 0.93
"""Where taking the prediction away adds energy, over some blocks, the way from speaker to microphone is
another one (the device was moved, a buffer ran dry). A voice over the echo cannot do that."""

_OPEN_BLOCKS = 8
"""How long it stays open: a pause between two syllables does not close it."""

_INAUDIBLE_DB = -62.0
_FLOOR = 1e-12


class AdaptiveCanceller:
    """Adaptive filter and gate, in numpy alone.

    5 ms of processor for a second of sound, none while nothing is played.
    What a loudspeaker distorts is not in the prediction, and the ear of a voice activity detector is fine
    enough to hear it 25 dB down. So the level of these remains, relative to the prediction, is learnt too; a
    block that they explain is given out as silence. A voice over ours passes as it is, minus the prediction.
    """

    def __init__(self) -> None:
        self._filter = KalmanFilter()
        self._restart()

    def reset(self) -> None:
        """Forget the room."""
        self._filter.reset()
        self._restart()

    def _restart(self) -> None:
        self._known = 0
        self._leak_db = 0.0
        self._remains_db = -120.0
        self._open = 0
        self._heard = self._left = 0.0

    def cancel(self, heard: Samples, played: Samples) -> Cleaned:
        """Clean one block; see `EchoCanceller`."""
        echo = self._filter.predict(heard, played)
        if self._filter.idle:
            return Cleaned(heard, 0.0)
        if self._known < _LEARNING_BLOCKS:
            self._known += 1
            return Cleaned(np.zeros_like(heard), 1.0)
        left = heard - echo
        if self._lost(heard, left):
            self.reset()
            return Cleaned(np.zeros_like(heard), 1.0)
        self._remains_db = max(_level_db(echo), self._remains_db - _DECAY_DB)
        expected_db = self._remains_db + self._leak_db
        if expected_db < _INAUDIBLE_DB:
            self._open = 0
            return Cleaned(left, _share(heard, left))
        above_db = _level_db(left) - expected_db
        self._learn(above_db)
        self._open = _OPEN_BLOCKS if above_db > _MARGIN_DB else self._open - 1
        if self._open <= 0:
            return Cleaned(np.zeros_like(heard), 1.0)
        return Cleaned(left, _share(heard, left))

    def _lost(self, heard: Samples, left: Samples) -> bool:
        self._heard += (1 - _LOST_MEMORY) * (_power(heard) - self._heard)
        self._left += (1 - _LOST_MEMORY) * (_power(left) - self._left)
        return self._left > _LOST * self._heard

    def _learn(self, above_db: float) -> None:
        if above_db > _MARGIN_DB:
            self._leak_db += _OUTLIER_DB
        else:
            self._leak_db += _RISE_DB if above_db > 0 else -_FALL_DB


def _share(heard: Samples, left: Samples) -> float:
    return max(0.0, 1.0 - _power(left) / _power(heard))


def _power(samples: Samples) -> float:
    return float(np.dot(samples, samples)) / len(samples) + _FLOOR


def _level_db(samples: Samples) -> float:
    return 10.0 * float(np.log10(_power(samples)))
