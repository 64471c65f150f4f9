"""Sets a trained word's thresholds on voices and recordings that were not trained on."""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE
from hive_mind.speech.engines import SpeechToText
from hive_mind.wake_training.events import Scored, peaks

ALONE_AN_HOUR = 0.5
"""False wakes an hour of speech that the first stage alone may make."""

LOOSE_AN_HOUR = 120.0
"""Wakes an hour of speech that the second stage may be asked about."""

STRETCH_S = 3.0
"""In so long a stretch of speech one wake is counted."""

MOST_MISSED = 0.12
"""Part of the calibrating positives, most of them in noise, that the strict threshold may give up."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a word's scores count.

    Attributes:
        strict: log odds, for the first stage alone.
        loose: log odds, where each wake is verified.
        lag_ms: from the word's end to the moment its score is done with rising.
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
    others = np.sort(peaks(negatives, STRETCH_S))[::-1]
    strict = _over(others, int(ALONE_AN_HOUR * hours)) + 0.3
    strict = float(np.clip(strict, np.quantile(word, 0.02), np.quantile(word, MOST_MISSED)))
    loose = min(_over(others, int(LOOSE_AN_HOUR * hours)), strict)
    return Thresholds(strict, loose, lag(positives, loose))


def lag(positives: Sequence[Scored], loose: float) -> int:
    """From the word's end to the moment its score has risen, in milliseconds; rather more than less."""
    passed = [(each.wakes(loose), each.take.end) for each in positives]
    lags = [(at - end) * 1000 / SAMPLE_RATE for at, end in passed if at is not None]
    return round(float(np.quantile(lags, 0.6))) if lags else 0


def transcripts(stt: SpeechToText, found: Sequence[Scored], threads: int = 1) -> list[str]:
    """What a recogniser writes of takes that hold the word alone."""

    def written(each: Scored) -> str:
        begin = max(0, each.take.end - int(1.4 * SAMPLE_RATE))
        heard = each.take.samples[begin : each.take.end + SAMPLE_RATE // 8]
        return stt.transcribe(heard.astype(np.float32) / np.float32(32767.0)).text

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(written, found))


def probability(odds: float) -> float:
    """Of log odds, to four digits and never quite 0 or 1."""
    return min(max(round(1.0 / (1.0 + math.exp(-odds)), 4), 0.0001), 0.9999)


def _over(others: np.ndarray[tuple[int], np.dtype[np.float64]], allowed: int) -> float:
    """The log odds that only so many of the negatives reach; highest first."""
    return float(others[min(allowed, len(others) - 1)]) + 1e-3 if len(others) else 0.0
