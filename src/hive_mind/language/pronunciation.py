"""How French words sound, sound by sound: enough to tell whether two of them are alike to the ear.

The rules are data (`data/fr/pronunciation.toml`, where the signs are explained). They take words with their
accents and words without: an "e" that may be any of three sounds has a sign of its own.
"""

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from hive_mind.language.words import fold

LATENT = {"T": "td", "C": "sz", "M": "n", "Q": "k"}
"""Final consonants that are heard before some words alone, and the sounds that they then are."""


@lru_cache(maxsize=16384)
def sounds_of(word: str) -> str:
    """The sounds of one word, one sign each ("diminute" gives "diminyt@"); empty for digits and symbols.

    Args:
        word: without spaces or apostrophes; case does not matter.
    """
    rules, signs, exceptions = _tables()
    lower = word.lower()
    known = exceptions.get(fold(lower)) if not lower.endswith(("é", "és", "ée")) else None
    if known is not None:
        return known
    sounds: list[str] = []
    at = 0
    while at < len(lower):
        found = rules.match(lower, at)
        if found is None or found.lastindex is None or found.end() == at:
            at += 1
            continue
        sounds.append(signs[found.lastindex - 1])
        at = found.end()
    return "".join(sounds)


@cache
def _tables() -> tuple[re.Pattern[str], tuple[str, ...], dict[str, str]]:
    text = (files("hive_mind.language") / "data" / "fr" / "pronunciation.toml").read_text("utf-8")
    data = tomllib.loads(text)
    patterns = [letters.replace("V", "aeiouy") for letters, _ in data["rules"]]
    joined = re.compile("|".join(f"({pattern})" for pattern in patterns))
    return joined, tuple(sounds for _, sounds in data["rules"]), data["words"]
