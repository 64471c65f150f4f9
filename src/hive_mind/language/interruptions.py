"""Short things that are said over an answer, or right after it, and what they want."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

from hive_mind.language.alikeness import distance, weight
from hive_mind.language.phrases import PhraseSet
from hive_mind.language.pronunciation import sounds_of
from hive_mind.language.words import Word, keys_of, words_of

Interruption: TypeAlias = Literal["stop", "wait"]
"""stop: be silent. wait: be silent and listen."""


_ALIKE = 0.13
"""Distance of sounds up to which a reading is taken for one of the words: "T'étoie" for "tais-toi"."""

_LONG_ENOUGH = 3.0
"""Weight of sounds from which a word may be told by its sound alone; "chut" may not."""


def interruption(readings: Iterable[str], language: str = "fr") -> Interruption | None:
    """What somebody wants who says this over an answer; None when it is not to silence it.

    A whole reading must be such a word, or sound like one: "l'arrêt du bus" stops nothing.

    Args:
        readings: what the recogniser may have heard, the likeliest first.
        language: ISO 639-1 code.
    """
    for words in map(words_of, readings):
        for kind, phrases in _interruptions(language).items():
            if words and len(phrases.at(words, 0)) == len(words):
                return kind
        heard = _sounds(words)
        for kind, known in _sounding(language):
            if heard and distance(heard, known) <= _ALIKE:
                return kind
    return None


def silencing(readings: Sequence[str], said: str, language: str = "fr") -> Interruption | None:
    """The same of what was heard over an answer, unless it is that answer itself, come back.

    Args:
        readings: what the recogniser may have heard, the likeliest first.
        said: the answer, as far as it is known.
        language: ISO 639-1 code.
    """
    return None if is_echo(readings[0], said) else interruption(readings, language)


def is_echo(heard: str, said: str) -> bool:
    """Whether what was heard over an answer stands in that answer."""
    return f" {' '.join(keys_of(heard))} " in f" {' '.join(keys_of(said))} "


def by_ear(language: str = "fr") -> Mapping[str, float]:
    """Words that silence, which a recogniser that writes them wrongly may still tell by their sound.

    Returns:
        each word, and what having heard it must add to its likelihood (the gain of `decision.Weighed`).
        Set on 56 times "Chut !" and "Stop !" in 17 synthetic voices, against 90 other short words and 85
        pieces of talk, television and music.
    """
    found: Mapping[str, float] = _content(language)["by_ear"]
    return found


def continues(text: str, language: str = "fr") -> bool:
    """Whether a text sounds like going on with the talk: "et en Espagne ?", "pourquoi ?"."""
    return bool(_phrases(language)["continuing"].at(words_of(text), 0))


def _sounds(words: Iterable[Word]) -> str:
    return "".join(sounds_of(word.surface) for word in words)


def _interruptions(language: str) -> dict[Interruption, PhraseSet]:
    phrases = _phrases(language)
    return {"stop": phrases["stop"], "wait": phrases["wait"]}


@lru_cache(maxsize=4)
def _sounding(language: str) -> tuple[tuple[Interruption, str], ...]:
    """The words that are long enough, by their sounds."""
    content = _content(language)
    kinds: tuple[Interruption, ...] = ("stop", "wait")
    found = ((kind, _sounds(words_of(phrase))) for kind in kinds for phrase in content[kind])
    return tuple((kind, sounds) for kind, sounds in found if weight(sounds) >= _LONG_ENOUGH)


@lru_cache(maxsize=4)
def _phrases(language: str) -> dict[str, PhraseSet]:
    lists = (item for item in _content(language).items() if isinstance(item[1], list))
    return {name: PhraseSet(map(keys_of, phrases)) for name, phrases in lists}


@lru_cache(maxsize=4)
def _content(language: str) -> dict[str, Any]:
    path = files("hive_mind.language") / "data" / language / "interruptions.toml"
    return tomllib.loads(path.read_text("utf-8"))
