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
from hive_mind.speech.wake_word.trigger import BRIEF, REARM, from_log_odds, log_odds
from hive_mind.speech.wake_word.verifier import LEAD_SAMPLES, TAIL_SAMPLES, Phrase
from hive_mind.wake_training.examples import all_windows
from hive_mind.wake_training.fit import scores
from hive_mind.wake_training.network import LENGTH, Network
from hive_mind.wake_training.studio import Take, end_of

Fits: TypeAlias = Sequence[float]
"""Scores of some spellings at a wake, each with what the detector's trust adds."""

Look: TypeAlias = Fits | None
"""The same of a take; None without a wake in it."""

DEAF = -(-BRIEF // STEP_SAMPLES)
"""Scores after a wake of a loose detector in which none follows."""

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
        """Samples heard when the first score past a threshold is done with rising, as `Candidates` has it."""
        places = self.woken(threshold)
        return end_of(places[0] + self.rise(places[0]) + LENGTH - 1) if places else None

    def woken(self, threshold: float) -> list[int]:
        """Places of the scores on which a loose detector with this threshold wakes, as `Trigger` has it."""
        calm = log_odds(REARM * from_log_odds(threshold))
        places: list[int] = []
        armed = True
        for place, odds in enumerate(self.odds.tolist()):
            if odds < calm:
                armed = True
            elif odds >= threshold and armed and (not places or place >= places[-1] + DEAF):
                places.append(place)
                armed = False
        return places

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


def peaks(found: Sequence[Scored], seconds: float) -> list[float]:
    """The highest score in each stretch of so many seconds."""
    size = round(seconds * SAMPLE_RATE / STEP_SAMPLES)
    stretches = (each.odds[at : at + size] for each in found for at in range(0, max(1, len(each.odds)), size))
    return [float(stretch.max(initial=NEVER)) for stretch in stretches]


def looked_at(each: Scored, first: int, lag_ms: int) -> list[tuple[Samples, float]]:
    """What the second stage would be given, as `Candidates` has it: sounds with the detector's log odds.

    Args:
        each: a take.
        first: place of the score on which the first stage wakes.
        lag_ms: of the card.
    """
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
) -> list[list[Fits]]:
    """What the second stage thinks of each wake in each take: the best score of each spelling.

    Args:
        stt: the second stage.
        phrase: its spellings and its trust; floor and handicaps count for `enough` alone.
        found: the takes.
        threshold: from which on the first stage wakes.
        lag_ms: of the card.
        progress: told of each take.
        enough: how well the phrase must fit that a wake is not looked at again.
        threads: takes that are looked at at a time.
    """

    def looked(each: Scored, first: int) -> Fits:
        best: Fits = (NEVER,) * len(phrase.spellings)
        for sound, odds in looked_at(each, first, lag_ms):
            bonus = phrase.bonus(odds)
            scores = [score + bonus for score in stt.phrase_scores(sound, phrase.spellings)]
            best = tuple(map(max, best, scores))
            if phrase.fit(best) >= enough:
                break
        return best

    def heard(each: Scored) -> list[Fits]:
        looks = [looked(each, first) for first in each.woken(threshold)]
        progress()
        return looks

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(heard, found))


def together(looks: Sequence[Sequence[Fits]]) -> list[Look]:
    """The best of the wakes of each take; None without one."""
    return [tuple(map(max, *wakes)) if len(wakes) > 1 else wakes[0] if wakes else None for wakes in looks]


def best_of(looks: Sequence[Look], phrase: Phrase) -> list[float | None]:
    """How well the phrase fits each take, as the second stage has it."""
    return [None if look is None else phrase.fit(look) for look in looks]
