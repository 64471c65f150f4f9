"""The canceller: subtract the echo that is predicted, and shut while nothing but its remains is left."""

from collections import deque

import numpy as np

from hive_mind.client.core.echo.base import Cleaned
from hive_mind.client.core.echo.kalman import PARTITIONS, KalmanFilter
from hive_mind.client.core.echo.levels import Edge, level_db, power
from hive_mind.client.core.echo.recall import recalled
from hive_mind.speech.audio import Samples

_LEARNING_BLOCKS = 30
_LEARNT = 0.25
_PATIENCE_BLOCKS = 200
"""The filter knows a room when, after so many blocks of our own sound, it takes all but this share of the
energy away; if it never comes to that, it begins anew. Until then what comes back is known by its level
alone: only who is clearly louder than all of it gets through."""

_LOOKS = (8, 11, 15, 20, 26)
"""Blocks of our own sound after which it is looked whether the room is the one that is remembered."""

_COUPLING_DB = 6.0
"""A speaker that is heard so much louder than it is played: what is believed of a room before it is known."""

_MOST_LEAK_DB = 3.0
_QUICK_BLOCKS = 90
_QUICK = 5.0
"""What we believe of a room that has just been learnt moves so many times faster, for so many blocks."""

_DECAY_DB = 3.0
"""How fast the remains fade when the prediction has ended, a block."""

_MARGIN_DB = 6.0
"""What is louder than the remains should be by so much is somebody else."""

_LOST = 1.2
_LOST_MEMORY = 0.93
"""Where taking the prediction away adds energy, over some blocks, the way from speaker to microphone is
another one (the device was moved, a buffer ran dry). A voice over the echo cannot do that."""

_DOUBTED_MEMORY = 0.3
"""Where taking the prediction away has not helped over the last few blocks, it is not believed: what is left
may be ours, and counts only if it is louder than all that comes back of us."""

_OPEN_BLOCKS = 8
"""How long it stays open: a pause between two syllables does not close it."""

_INAUDIBLE_DB = -62.0


class AdaptiveCanceller:
    """Adaptive filter and gate, in numpy alone.

    5 ms of processor for a second of sound, none while nothing is played.
    What a loudspeaker distorts is not in the prediction, and the ear of a voice activity detector is fine
    enough to hear it 25 dB down. So the level of these remains, relative to the prediction, is learnt too; a
    block that they explain is given out as silence. A voice over ours passes as it is, minus the prediction.

    Args:
        remembered: what the room made of one sample (`response`) when it was last learnt.
    """

    def __init__(self, remembered: Samples | None = None) -> None:
        self._filter = KalmanFilter()
        self._remembered = remembered
        self._learnt = False
        self._former: Samples | None = None
        self._restart()

    @property
    def response(self) -> Samples | None:
        """What the room makes of one sample that is played, or last made; None before it is learnt."""
        return self._filter.response if self._learnt else self._former

    def reset(self) -> None:
        """Forget the room, but for the one that was remembered at the start."""
        self._former, self._learnt = self.response, False
        self._filter.reset()
        self._restart()

    def _restart(self) -> None:
        self._coupling = Edge(_COUPLING_DB, quick=_QUICK, quick_blocks=_LEARNING_BLOCKS)
        self._played_db: deque[float] = deque(maxlen=PARTITIONS)
        self._begun: list[tuple[Samples, Samples]] = []
        self._learn_anew()

    def _learn_anew(self) -> None:
        """The way of the sound is another one; how loud it comes back is most likely the same."""
        self._former = self.response
        self._filter.forget()
        self._blocks = 0
        self._learnt = False
        self._leak = Edge(_MOST_LEAK_DB, quick=_QUICK, quick_blocks=_QUICK_BLOCKS)
        self._remains_db = -120.0
        self._open = 0
        self._heard = self._left = self._helped = 0.0

    def cancel(self, heard: Samples, played: Samples) -> Cleaned:
        """Clean one block; see `EchoCanceller`."""
        echo = self._filter.predict(heard, played)
        if self._filter.idle:
            self._begun.clear()
            return Cleaned(heard, 0.0)
        self._played_db.append(level_db(played))
        self._remains_db = max(level_db(echo), self._remains_db - _DECAY_DB)
        left = heard - echo
        remaining = self._remaining(heard, left)
        if not self._learnt:
            cleaned = self._by_level(heard, left, remaining)
            self._recall(heard, played)
            return cleaned
        if remaining > _LOST:
            self._learn_anew()
            return Cleaned(np.zeros_like(heard), 1.0)
        self._coupling.learn(self._remains_db - max(self._played_db), _MARGIN_DB)
        expected_db = self._remains_db + self._leak.db
        if expected_db < _INAUDIBLE_DB:
            self._open = 0
            return Cleaned(left, _share(heard, left))
        above_db = level_db(left) - expected_db
        self._helped += (1 - _DOUBTED_MEMORY) * (power(heard) - power(left) - self._helped)
        if self._helped <= 0:
            self._open = 0
            above_db = min(above_db, level_db(heard) - self._loudest_db)
        else:
            self._leak.learn(level_db(left) - self._remains_db, _MARGIN_DB)
        return self._gated(heard, left, above_db)

    def _by_level(self, heard: Samples, left: Samples, remaining: float) -> Cleaned:
        """While the filter learns: nothing that comes back of us is louder than this."""
        self._blocks += 1
        self._learnt = self._blocks >= _LEARNING_BLOCKS and remaining < _LEARNT
        if self._blocks >= _PATIENCE_BLOCKS and not self._learnt:
            self._learn_anew()
            return Cleaned(np.zeros_like(heard), 1.0)
        heard_db = level_db(heard)
        above_db = heard_db - self._loudest_db
        self._coupling.learn(heard_db - max(self._played_db), _MARGIN_DB)
        return self._gated(heard, left if power(left) < power(heard) else heard, above_db)

    def _recall(self, heard: Samples, played: Samples) -> None:
        """Is it the room that is remembered?"""
        if self._remembered is None or len(self._begun) >= _LOOKS[-1]:
            return
        self._begun.append((heard, played))
        if len(self._begun) not in _LOOKS:
            return
        found = recalled(self._remembered, *map(np.concatenate, zip(*self._begun, strict=True)))
        if found is not None:
            self._filter.know(found.response)
            self._leak = Edge(min(found.leak_db, _MOST_LEAK_DB), quick=_QUICK, quick_blocks=_QUICK_BLOCKS)
            loudness = power(found.response) * len(found.response)
            self._coupling.db = min(self._coupling.db, 10.0 * float(np.log10(loudness)) + _MARGIN_DB)
            self._learnt = True
            self._heard = self._left = 0.0

    @property
    def _loudest_db(self) -> float:
        """All that may come back of us now."""
        return max(self._played_db) + self._coupling.db

    def _gated(self, heard: Samples, left: Samples, above_db: float) -> Cleaned:
        self._open = _OPEN_BLOCKS if above_db > _MARGIN_DB else self._open - 1
        if self._open <= 0:
            return Cleaned(np.zeros_like(heard), 1.0)
        return Cleaned(left, _share(heard, left))

    def _remaining(self, heard: Samples, left: Samples) -> float:
        """Share of the energy that the last blocks kept when the prediction was taken away."""
        self._heard += (1 - _LOST_MEMORY) * (power(heard) - self._heard)
        self._left += (1 - _LOST_MEMORY) * (power(left) - self._left)
        return self._left / self._heard


def _share(heard: Samples, left: Samples) -> float:
    return max(0.0, 1.0 - power(left) / power(heard))
