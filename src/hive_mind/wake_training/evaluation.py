"""How good a trained word is, on voices, sentences and noise that were neither trained nor calibrated on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hive_mind.wake_training.events import Scored

Verdicts = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many.

    Attributes:
        count: how many.
        of: of how many.
    """

    count: int
    of: int

    @property
    def percent(self) -> float:
        """As a percentage; 0 of none."""
        return 100.0 * self.count / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Point:
    """One setting of the threshold.

    Attributes:
        false_an_hour: false wakes an hour of speech and noise.
        missed: percentage of the word that is missed, over all rooms.
    """

    false_an_hour: float
    missed: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is known of a word.

    Attributes:
        missed: misses by room ("clean", "noise", "far"), with the second stage where there is one.
        missed_alone: the same with the first stage alone, at its strict threshold.
        near: near misses that wake.
        near_alone: likewise, the first stage alone.
        false_wakes: in the test's speech and noise.
        false_alone: likewise, the first stage alone.
        asked: wakes of the first stage there that the second was asked about.
        hours: how long that speech and noise is.
        curve: the first stage alone at many thresholds.
        verified_curve: both stages, at many floors of the second.
        fired: near misses that woke, as they are written.
    """

    missed: dict[str, Rate]
    missed_alone: dict[str, Rate]
    near: Rate
    near_alone: Rate
    false_wakes: int
    false_alone: int
    asked: int
    hours: float
    curve: tuple[Point, ...]
    verified_curve: tuple[Point, ...]
    fired: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For the card."""
        return asdict(self)


def curve(words: Sequence[Scored], others: Sequence[Scored], hours: float) -> tuple[Point, ...]:
    """Misses against false wakes of the first stage alone."""
    word = np.array([each.best for each in words])
    other = np.array([each.best for each in others])
    return tuple(
        Point(round(float((other >= at).sum()) / hours, 3), round(100.0 * float((word < at).mean()), 2))
        for at in np.arange(-6.0, 9.01, 0.25)
    )


def verified_curve(word: Verdicts, other: Verdicts, hours: float, highest: float) -> tuple[Point, ...]:
    """The same of both stages together, at many floors of the second, up to the highest that is known."""
    return tuple(
        Point(
            round(_reaching(other, floor) / hours, 3),
            round(100.0 * (1.0 - _reaching(word, floor) / max(1, len(word))), 2),
        )
        for floor in np.arange(-9.0, min(highest, -1.0) + 0.01, 0.25)
    )


def missed(verdicts: Mapping[str, Verdicts], floor: float) -> dict[str, Rate]:
    """Misses by room, both stages."""
    return {name: Rate(len(of) - _reaching(of, floor), len(of)) for name, of in verdicts.items()}


def missed_alone(words: Mapping[str, Sequence[Scored]], threshold: float) -> dict[str, Rate]:
    """Misses by room, the first stage alone."""
    return {name: Rate(sum(each.best < threshold for each in of), len(of)) for name, of in words.items()}


def waking(verdicts: Verdicts, floor: float) -> Rate:
    """Takes that wake, both stages."""
    return Rate(_reaching(verdicts, floor), len(verdicts))


def waking_alone(found: Sequence[Scored], threshold: float) -> Rate:
    """Takes that wake, the first stage alone."""
    return Rate(sum(each.best >= threshold for each in found), len(found))


def _reaching(verdicts: Verdicts, floor: float) -> int:
    return sum(score is not None and score >= floor for score in verdicts)
