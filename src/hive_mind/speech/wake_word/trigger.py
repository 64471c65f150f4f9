"""From scores that come every 80 ms to wakes: each utterance of a word once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hive_mind.speech.audio import SAMPLE_RATE
from hive_mind.speech.engines import Wake

REFRACTORY = 3 * SAMPLE_RATE // 2
"""Samples after a wake in which none follows: a score may dip and rise again while the word is in sight."""

BRIEF = 3 * SAMPLE_RATE // 5
"""The same where each wake is verified: what is turned down must not make it deaf to what comes next."""

REARM = 0.5
"""Part of its threshold under which a word's score must have fallen before it may wake again."""

SPAN = 3.0
"""How far a sensitivity of 0 or 1 moves the threshold, in log odds."""


@dataclass(frozen=True, slots=True)
class TriggerWord:
    """How scores of one word are read.

    Attributes:
        name: of the word.
        threshold: score in (0, 1) from which on it was heard.
        lag: samples from the word's end to the end of the audio with which its score passes the threshold.
    """

    name: str
    threshold: float
    lag: int


class Trigger:
    """Turns scores of several words into wakes. Pure.

    Args:
        words: in the order of their scores.
        refractory: samples after a wake in which none follows.
    """

    def __init__(self, words: Sequence[TriggerWord], refractory: int = REFRACTORY) -> None:
        self._words = tuple(words)
        self._refractory = refractory
        self._armed = [True] * len(self._words)
        self._deaf_until = 0

    def hear(self, end: int, scores: Sequence[float]) -> Wake | None:
        """The wake that these scores are, if they are one; the surest where they are several.

        Args:
            end: position after the last sample that was scored.
            scores: of each word, in [0, 1].
        """
        heard: list[tuple[float, TriggerWord]] = []
        for place, (word, score) in enumerate(zip(self._words, scores, strict=True)):
            if score < REARM * word.threshold:
                self._armed[place] = True
            elif score >= word.threshold and self._armed[place] and end >= self._deaf_until:
                heard.append((score, word))
        if not heard:
            return None
        score, word = max(heard, key=lambda pair: log_odds(pair[0]) - log_odds(pair[1].threshold))
        self._armed = [False] * len(self._words)
        self._deaf_until = end + self._refractory
        return Wake(word.name, score, max(0, end - word.lag))

    def learn(self, words: Sequence[TriggerWord]) -> None:
        """Read the scores of the same words otherwise from now on."""
        self._words = tuple(words)

    def forget(self) -> None:
        """What was scored before does not go on any more: a pause lies between."""
        self._armed = [True] * len(self._words)

    def reset(self) -> None:
        """Positions count from 0 again."""
        self.forget()
        self._deaf_until = 0


def threshold_at(threshold: float, sensitivity: float) -> float:
    """The threshold of a sensitivity; 0.5 leaves it as it is, more wakes more easily.

    Args:
        threshold: the word's own, in (0, 1).
        sensitivity: in [0, 1].
    """
    return from_log_odds(log_odds(threshold) + 2.0 * SPAN * (0.5 - sensitivity))


def from_log_odds(odds: float) -> float:
    """The probability of log odds."""
    return 1.0 / (1.0 + math.exp(-odds))


def log_odds(p: float) -> float:
    """Of a probability; finite for 0 and 1 too."""
    p = min(max(p, 1e-6), 1.0 - 1e-6)
    return math.log(p / (1.0 - p))
