"""Words that a recogniser should expect because sentences are made of them. Pure."""

import tomllib
from functools import cache
from importlib.resources import files

from hive_mind.language.words import keys_of
from hive_mind.understanding.grammar import Grammar


def expected_words(grammar: Grammar) -> tuple[str, ...]:
    """Those of the list that the sentences of this grammar use, in its order."""
    return tuple(text for text in _listed() if grammar.knows(keys_of(text)))


@cache
def _listed() -> tuple[str, ...]:
    text = (files("hive_mind.understanding") / "data" / "fr" / "expected.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["words"])
