"""What a house has corrected: what was heard, and what had been said. Pure."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from hive_mind.language.alikeness import cost
from hive_mind.language.phrases import PhraseSet
from hive_mind.language.pronunciation import sounds_of
from hive_mind.language.words import keys_of, text_of, words_of

MOST = 200
"""Corrections kept; the one least lately used goes first."""

LONGEST = 200
"""Characters of a text that is remembered; nobody corrects a speech."""

SAME = 0.25
"""Two utterances whose sounds cost no more to change into each other sound the same: no consonant differs."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One mishearing.

    Attributes:
        heard: what the recogniser wrote.
        said: what had been said.
        times: how often it was corrected so.
    """

    heard: str
    said: str
    times: int = 1


def remember(known: Sequence[Correction], heard: str, said: str) -> tuple[Correction, ...]:
    """With one more correction, the newest first; a heard text has one meaning, the newest."""
    heard, said = heard.strip(), said.strip()
    if not keys_of(heard) or not keys_of(said) or keys_of(heard) == keys_of(said):
        return tuple(known)
    if len(heard) > LONGEST or len(said) > LONGEST:
        return tuple(known)
    times = next((c.times for c in known if _same(c, heard) and keys_of(c.said) == keys_of(said)), 0)
    others = [c for c in known if not _same(c, heard)]
    return (Correction(heard, said, times + 1), *others)[:MOST]


def said_again(text: str) -> str:
    """What follows "non, j'ai dit" and the like at the head of an utterance; empty without such a head."""
    words = words_of(text)
    head = _heads().at(words, 0)
    return text_of(words[len(head) :]) if head else ""


def forget(known: Sequence[Correction], numbers: Sequence[int]) -> tuple[Correction, ...]:
    """Without those of these numbers, counted from 1 as they are listed."""
    return tuple(c for number, c in enumerate(known, 1) if number not in numbers)


def recall(known: Sequence[Correction], transcript: str) -> Correction | None:
    """The correction whose heard text sounds like this transcript; None without one."""
    here = _sounds(transcript)
    if not here:
        return None
    apart, at = min(((cost(_sounds(c.heard), here), at) for at, c in enumerate(known)), default=(SAME + 1, 0))
    return known[at] if apart <= SAME else None


@cache
def _heads() -> PhraseSet:
    """What says that one was misheard, in talk.toml; those of one word ("si") say too little."""
    text = (files("hive_mind.understanding") / "data" / "fr" / "talk.toml").read_text("utf-8")
    phrases = map(keys_of, tomllib.loads(text)["correct"])
    return PhraseSet(phrase for phrase in phrases if len(phrase) > 1)


def _same(correction: Correction, heard: str) -> bool:
    return keys_of(correction.heard) == keys_of(heard)


def _sounds(text: str) -> str:
    return "".join(sounds_of(word.surface) for word in words_of(text))
