"""Recordings of the person's own voice: kept only if they agree with each other and with the phrase."""

from collections.abc import Sequence

import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.engines import ScoresPhrases, SpeechToText
from hive_mind.speech.tts.trim import trim

TAKES = 5
TAKE_S = 2.5
ENOUGH = 3
"""Takes that must agree: of fewer nobody knows which are right."""

SHORTEST_S, LONGEST_S = 0.3, 2.0
ALIKE = 1.6
"""How many times longer than the usual take one may be, or shorter."""

WORSE = 2.5
"""How far below the usual take's the phrase's mean log probability may be."""


def agreeing(
    takes: Sequence[Samples], spellings: Sequence[str], stt: SpeechToText | None
) -> tuple[Samples, ...]:
    """The takes that are about as long as most, and that the recogniser finds about as likely.

    Args:
        takes: mono at `SAMPLE_RATE`, with silence around the word.
        spellings: ways to write the phrase.
        stt: compares them with the phrase, if it can.
    """
    words = [trim(take, SAMPLE_RATE) for take in takes]
    words = [word for word in words if SHORTEST_S <= len(word) / SAMPLE_RATE <= LONGEST_S]
    if not words:
        return ()
    usual = float(np.median([len(word) for word in words]))
    words = [word for word in words if usual / ALIKE <= len(word) <= usual * ALIKE]
    if stt is None or not isinstance(stt, ScoresPhrases):
        return tuple(words)
    scores = [max(stt.phrase_scores(word, spellings)) for word in words]
    floor = float(np.median(scores)) - WORSE
    return tuple(word for word, score in zip(words, scores, strict=True) if score >= floor)
