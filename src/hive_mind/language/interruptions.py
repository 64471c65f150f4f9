"""Short things that are said over an answer, or right after it, and what they want."""

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Literal, TypeAlias

from hive_mind.language.phrases import PhraseSet
from hive_mind.language.words import keys_of, words_of

Interruption: TypeAlias = Literal["stop", "wait"]
"""stop: be silent. wait: be silent and listen."""


def interruption(text: str, language: str = "fr") -> Interruption | None:
    """What somebody wants who says this over an answer; None when it is not to silence it.

    The whole text must be such a word: "l'arrêt du bus" stops nothing.
    """
    words = words_of(text)
    for kind in ("stop", "wait"):
        if words and len(_phrases(language)[kind].at(words, 0)) == len(words):
            return "stop" if kind == "stop" else "wait"
    return None


def continues(text: str, language: str = "fr") -> bool:
    """Whether a text sounds like going on with the talk: "et en Espagne ?", "pourquoi ?"."""
    return bool(_phrases(language)["continuing"].at(words_of(text), 0))


@lru_cache(maxsize=4)
def _phrases(language: str) -> dict[str, PhraseSet]:
    content = tomllib.loads(
        (files("hive_mind.language") / "data" / language / "interruptions.toml").read_text("utf-8")
    )
    return {name: PhraseSet(map(keys_of, phrases)) for name, phrases in content.items()}
