"""Where a trained head wakes in takes, and what the second stage says of it."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.engines import ScoresPhrases
from hive_mind.speech.wake_word.cascade import EARLY_ODDS, LATER_SAMPLES
from hive_mind.speech.wake_word.embedding import Floats
from hive_mind.speech.wake_word.mel import STEP_SAMPLES
from hive_mind.speech.wake_word.rise import WATCHED, risen
from hive_mind.speech.wake_word.verifier import LEAD_SAMPLES, TAIL_SAMPLES, Phrase
from hive_mind.wake_training.examples import all_windows
from hive_mind.wake_training.fit import scores
from hive_mind.wake_training.network import LENGTH, Network
from hive_mind.wake_training.studio import Take, end_of

Look: TypeAlias = Sequence[float] | None
"""Scores of some spellings, each with what the detector's trust adds; None for a take without a wake."""

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
        first = self.first(threshold)
        return None if first is None else end_of(first + self.rise(first) + LENGTH - 1)

    def first(self, threshold: float) -> int | None:
        """Place of the first score that reaches a threshold."""
        reached = np.flatnonzero(self.odds >= threshold)
        return int(reached[0]) if len(reached) else None

    def rise(self, first: int) -> int:
        """How many scores later it has risen."""
        return risen(self.odds[first:].tolist())

    def highest(self, first: int, heard: int) -> float:
        """The highest of the scores that a detector has kept of a wake, so many samples after it."""
        return float(self.odds[first : first + min(WATCHED, 1 + heard // STEP_SAMPLES)].max())


def scored(network: Network, takes: Sequence[Take]) -> list[Scored]:
    """All takes with their scores."""
    windows = all_windows(takes)
    found = scores(network, windows)
    starts = np.searchsorted(windows.clips, np.arange(len(takes) + 1))
    return [Scored(take, found[a:b]) for take, a, b in zip(takes, starts[:-1], starts[1:], strict=True)]


def looked_at(each: Scored, threshold: float, lag_ms: int) -> list[tuple[Samples, float]]:
    """What the second stage would be given, as `Candidates` has it: sounds with the detector's log odds.

    None where the first stage does not wake.
    """
    first = each.first(threshold)
    if first is None:
        return []
    lag = lag_ms * SAMPLE_RATE // 1000
    later = each.rise(first) * STEP_SAMPLES
    woke = end_of(first + LENGTH - 1)
    end = woke + later - lag
    settled = max(later + STEP_SAMPLES, end + TAIL_SAMPLES - woke)
    looks = [(end, settled), (end + LATER_SAMPLES, settled + LATER_SAMPLES)]
    soon = range(0, settled, STEP_SAMPLES)
    early = next((heard for heard in soon if each.highest(first, heard) >= EARLY_ODDS), None)
    if early is not None:
        looks.insert(0, (min(woke - lag, woke + early - TAIL_SAMPLES), early))
    return [(_sound(each.take, end), each.highest(first, heard)) for end, heard in looks]


def _sound(take: Take, end: int) -> Samples:
    start = max(0, end - LEAD_SAMPLES)
    made: Samples = take.samples[start : end + TAIL_SAMPLES].astype(np.float32) / np.float32(32767.0)
    return made


def second_looks(
    stt: ScoresPhrases,
    phrase: Phrase,
    found: Sequence[Scored],
    threshold: float,
    lag_ms: int,
    progress: Callable[[], None] = lambda: None,
    *,
    enough: float = math.inf,
    threads: int = 1,
) -> list[Look]:
    """What the second stage thinks of each take: the best score of each spelling, or None (see `Look`).

    Args:
        stt: the second stage.
        phrase: its spellings and its trust; floor and handicaps count for `enough` alone.
        found: the takes.
        threshold: from which on the first stage wakes.
        lag_ms: of the card.
        progress: told of each take.
        enough: how well the phrase must fit that a take is not looked at again.
        threads: takes that are looked at at a time.
    """

    def looked(each: Scored) -> Look:
        best: Look = None
        for sound, odds in looked_at(each, threshold, lag_ms):
            bonus = phrase.bonus(odds)
            scores = [score + bonus for score in stt.phrase_scores(sound, phrase.spellings)]
            best = tuple(scores if best is None else map(max, best, scores))
            if phrase.fit(best) >= enough:
                break
        progress()
        return best

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(looked, found))


def best_of(looks: Sequence[Look], phrase: Phrase) -> list[float | None]:
    """How well the phrase fits each take, as the second stage has it."""
    return [None if look is None else phrase.fit(look) for look in looks]
