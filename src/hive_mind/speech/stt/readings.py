"""What is worth keeping of what a recogniser wrote: no loops, no noises, no inventions over silence."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

INVENTIONS = Path(__file__).parent / "data" / "fr" / "inventions.toml"

DOUBTFUL = ((0.6, -1.0), (0.25, -1.5), (0.0, -2.0))
"""(probability of no speech, mean log probability per token): a reading at or over the first and under the
second is dropped. Over noise and music Whisper base writes at 0.29 and more, -1.6 and less (or known
inventions); real commands came at 0.27 and less, -1.4 and more."""

INVENTION_NO_SPEECH = 0.2
"""At or over it, readings that are known inventions are dropped: they come with good scores."""

WORDS_PER_SECOND = 5.0
"""Nobody speaks faster on end: over it, what comes four times in a row is a loop of the decoder."""

_LOOP = re.compile(r"\b(.{1,60}?)(?:[\s,.!?…]+\1\b){3,}", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text and its mean log probability per token."""

    text: str
    log_probability: float


def choose(readings: list[Reading], no_speech: float, seconds: float) -> list[Reading]:
    """The readings to believe, best first; none when nobody spoke.

    Args:
        readings: as decoded, best first.
        no_speech: the recogniser's probability that nobody spoke.
        seconds: length of the audio.
    """
    if not readings or not _believable(readings[0], no_speech):
        return []
    kept: list[Reading] = []
    seen: set[tuple[str, ...]] = set()
    for reading in readings:
        text = reading.text
        if len(_WORD.findall(text)) > WORDS_PER_SECOND * seconds:
            text = _LOOP.sub(r"\1", text)
        words = tuple(_WORD.findall(text.casefold()))
        if words and words not in seen:
            seen.add(words)
            kept.append(Reading(text, reading.log_probability))
    return kept


def _believable(reading: Reading, no_speech: float) -> bool:
    words = _key(reading.text)
    if not words or any(no_speech >= p and reading.log_probability < q for p, q in DOUBTFUL):
        return False
    always, doubtful = _inventions()
    if any(words.startswith(start) for start in always):
        return False
    return not (no_speech >= INVENTION_NO_SPEECH and any(words.startswith(start) for start in doubtful))


@cache
def _inventions() -> tuple[tuple[str, ...], tuple[str, ...]]:
    data = tomllib.loads(INVENTIONS.read_text(encoding="utf-8"))
    return tuple(map(_key, data["always"])), tuple(map(_key, data["when_doubtful"]))


def _key(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
