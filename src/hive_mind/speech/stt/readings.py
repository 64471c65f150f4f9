"""What is worth keeping of what a recogniser wrote: no loops, no noises, no inventions over silence."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

INVENTIONS = Path(__file__).parent / "data" / "fr" / "inventions.toml"

NO_SPEECH = 0.6
"""At or above this probability of no speech, a doubtful reading is dropped."""

DOUBTFUL = -1.0
"""Mean log probability per token under which a reading is doubtful."""

HOPELESS = -2.0
"""Mean log probability per token under which a reading is dropped whatever the rest."""

INVENTION_NO_SPEECH = 0.2
"""The same for readings that are known inventions, which come with good scores."""

_LOOP = re.compile(r"\b(.{1,60}?)(?:[\s,.!?…]+\1\b){3,}", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text and its mean log probability per token."""

    text: str
    log_probability: float


def choose(readings: list[Reading], no_speech: float) -> list[Reading]:
    """The readings to believe, best first; none when nobody spoke.

    Args:
        readings: as decoded, best first.
        no_speech: the recogniser's probability that nobody spoke.
    """
    if not readings or not _believable(readings[0], no_speech):
        return []
    kept: list[Reading] = []
    seen: set[tuple[str, ...]] = set()
    for reading in readings:
        text = _LOOP.sub(r"\1", reading.text)
        words = tuple(_WORD.findall(text.casefold()))
        if words and words not in seen:
            seen.add(words)
            kept.append(Reading(text, reading.log_probability))
    return kept


def _believable(reading: Reading, no_speech: float) -> bool:
    words = _key(reading.text)
    if not words or reading.log_probability < HOPELESS:
        return False
    if no_speech >= NO_SPEECH and reading.log_probability < DOUBTFUL:
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
