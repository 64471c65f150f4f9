"""Sets a trained word's thresholds on voices and recordings that were not trained on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hive_mind.language.alikeness import distance
from hive_mind.language.pronunciation import sounds_of
from hive_mind.speech.audio import SAMPLE_RATE
from hive_mind.speech.engines import SpeechToText
from hive_mind.speech.wake_word.card import VERIFY_AT
from hive_mind.wake_training.events import Scored

ALONE_AN_HOUR = 0.5
"""False wakes an hour of speech that the first stage alone may make."""

LOOSE_AN_HOUR = 60.0
"""Wakes an hour of speech that the second stage may be asked about."""

MOST_MISSED = 0.12
"""Part of the calibrating positives, most of them in noise, that the strict threshold may give up."""

ALIKE = 0.2
"""Distance of sounds up to which a transcript counts as a way to write the word."""

MOST_SPELLINGS = 9

Verdicts = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a word's scores count.

    Attributes:
        strict: log odds, for the first stage alone.
        loose: log odds, where each wake is verified.
        lag_ms: from the word's end to the moment its score passes `loose`.
    """

    strict: float
    loose: float
    lag_ms: int


def thresholds(positives: Sequence[Scored], negatives: Sequence[Scored], hours: float) -> Thresholds:
    """Thresholds of both stages.

    Args:
        positives: the word, by other voices.
        negatives: speech and noise without it.
        hours: how long the negatives last.
    """
    word = np.sort([each.best for each in positives])
    others = np.sort([each.best for each in negatives])[::-1]
    strict = _over(others, int(ALONE_AN_HOUR * hours)) + 0.3
    strict = float(np.clip(strict, np.quantile(word, 0.02), np.quantile(word, MOST_MISSED)))
    loose = min(_over(others, int(LOOSE_AN_HOUR * hours)), strict)
    return Thresholds(strict, loose, lag(positives, loose))


def lag(positives: Sequence[Scored], loose: float) -> int:
    """From the word's end to the moment its score passes, in milliseconds; rather more than less."""
    passed = [(each.passes(loose), each.take.end) for each in positives]
    lags = [(at - end) * 1000 / SAMPLE_RATE for at, end in passed if at is not None]
    return round(float(np.quantile(lags, 0.6))) if lags else 0


def verify_at(word: Verdicts, near: Verdicts, other: Verdicts) -> float:
    """The mean log probability that the phrase must reach: few misses first, then few false wakes.

    Args:
        word: what the second stage thinks of the word; None where the first did not wake.
        near: of what sounds like it.
        other: of anything else.
    """
    real = np.array([score for score in word if score is not None])
    if not len(real):
        return VERIFY_AT
    wrong = np.array([score for score in (*near, *other) if score is not None])
    costs: list[tuple[float, float]] = []
    for floor in np.arange(-8.0, -2.0, 0.1):
        missed = float((real < floor).mean())
        false = float((wrong >= floor).mean()) if len(wrong) else 0.0
        costs.append((max(missed, 0.01) + 0.3 * false, float(floor)))
    return round(min(costs)[1], 1)


def spellings(
    phrase: str, given: Sequence[str], heard: Sequence[str], most: int = MOST_SPELLINGS
) -> tuple[str, ...]:
    """Ways in which a recogniser may write the word: what was given, then what it wrote of it most often.

    Args:
        phrase: as it is written.
        given: other spellings and readings.
        heard: transcripts of the word said alone.
        most: how many at most, the phrase not counted.
    """
    known = [_sounds(text) for text in (phrase, *given)]
    counts: dict[str, int] = {}
    for text in heard:
        plain = text.lower().strip(" .!?,…").replace("’", "'")
        if plain and min(distance(_sounds(plain), sounds) for sounds in known) <= ALIKE:
            counts[plain] = counts.get(plain, 0) + 1
    usual = sorted(counts, key=lambda text: (-counts[text], text))
    # What it writes for the word is worth more than what a rule thinks of.
    found = dict.fromkeys([*given[:5], *usual[: most - 5], *given[5:]])
    return tuple(text for text in found if text != phrase)[:most]


def transcripts(stt: SpeechToText, found: Sequence[Scored]) -> list[str]:
    """What a recogniser writes of takes that hold the word alone."""
    texts: list[str] = []
    for each in found:
        begin = max(0, each.take.end - int(1.4 * SAMPLE_RATE))
        sound = each.take.samples[begin : each.take.end + SAMPLE_RATE // 8].astype(np.float32) / np.float32(
            32767.0
        )
        texts.append(stt.transcribe(sound).text)
    return texts


def probability(odds: float) -> float:
    """Of log odds, to four digits and never quite 0 or 1."""
    return min(max(round(1.0 / (1.0 + math.exp(-odds)), 4), 0.0001), 0.9999)


def _over(others: np.ndarray[tuple[int], np.dtype[np.float64]], allowed: int) -> float:
    """The log odds that only so many of the negatives reach; highest first."""
    return float(others[min(allowed, len(others) - 1)]) + 1e-3 if len(others) else 0.0


def _sounds(text: str) -> str:
    return "".join(sounds_of(word) for word in text.replace("'", " ").split())
