"""Where a trained head wakes in takes, and what the second stage says of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.engines import ScoresPhrases
from hive_mind.speech.wake_word.cascade import LATER_SAMPLES
from hive_mind.speech.wake_word.embedding import Floats
from hive_mind.speech.wake_word.rise import risen
from hive_mind.speech.wake_word.verifier import LEAD_SAMPLES, TAIL_SAMPLES, Phrase
from hive_mind.wake_training.examples import all_windows
from hive_mind.wake_training.fit import scores
from hive_mind.wake_training.network import LENGTH, Network
from hive_mind.wake_training.studio import Take, end_of

Look: TypeAlias = Sequence[float] | None
"""Scores of some spellings; None for a take that the first stage does not wake at."""

NEVER = -99.0
"""Log odds of a take that is too short for a score."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A take with what the head thinks of each of its windows.

    Attributes:
        take: what was heard.
        odds: log odds of the windows, the first one ending at embedding `LENGTH` - 1.
    """

    take: Take
    odds: Floats

    @property
    def best(self) -> float:
        """The highest."""
        return float(self.odds.max(initial=NEVER))

    def wakes(self, threshold: float) -> int | None:
        """Samples heard when the score is done with rising past a threshold, as `Candidates` has it."""
        reached = np.flatnonzero(self.odds >= threshold)
        if not len(reached):
            return None
        first = int(reached[0])
        return end_of(first + risen(self.odds[first:].tolist()) + LENGTH - 1)


def scored(network: Network, takes: Sequence[Take]) -> list[Scored]:
    """All takes with their scores."""
    windows = all_windows(takes)
    found = scores(network, windows)
    starts = np.searchsorted(windows.clips, np.arange(len(takes) + 1))
    return [Scored(take, found[a:b]) for take, a, b in zip(takes, starts[:-1], starts[1:], strict=True)]


def looked_at(each: Scored, threshold: float, lag_ms: int) -> list[Samples]:
    """The two sounds that the second stage would be given; none where the first does not wake."""
    passed = each.wakes(threshold)
    if passed is None:
        return []
    end = passed - lag_ms * SAMPLE_RATE // 1000
    return [_sound(each.take, end), _sound(each.take, end + LATER_SAMPLES)]


def _sound(take: Take, end: int) -> Samples:
    start = max(0, end - LEAD_SAMPLES)
    made: Samples = take.samples[start : end + TAIL_SAMPLES].astype(np.float32) / np.float32(32767.0)
    return made


def second_looks(
    stt: ScoresPhrases,
    spellings: Sequence[str],
    found: Sequence[Scored],
    threshold: float,
    lag_ms: int,
    progress: Callable[[], None] = lambda: None,
) -> list[Look]:
    """What the second stage thinks of each take: the better score of each spelling, or None (see `Look`)."""
    looks: list[Look] = []
    for each in found:
        found_in = [stt.phrase_scores(sound, spellings) for sound in looked_at(each, threshold, lag_ms)]
        looks.append(tuple(map(max, *found_in)) if found_in else None)
        progress()
    return looks


def best_of(looks: Sequence[Look], phrase: Phrase) -> list[float | None]:
    """How well the phrase fits each take, as the second stage has it."""
    return [None if look is None else phrase.fit(look) for look in looks]
