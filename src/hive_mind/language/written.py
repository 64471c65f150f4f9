"""Sentences known word by word, as somebody would write them down: capitals, hyphens, numbers."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from hive_mind.language.numbers import cardinal, read_integer
from hive_mind.language.words import keys_of


def written_forms(text: str) -> tuple[str, ...]:
    """The ways to write a sentence: with its numbers in letters, and if it has any over 1, in digits.

    Args:
        text: words with their accents, separated by spaces ("mets moi un minuteur de dix minutes").
    """
    spelled, figures = _numbers(text.split())
    return tuple(dict.fromkeys(_joined(form) for form in (spelled, figures)))


def _numbers(words: list[str]) -> tuple[str, str]:
    """The text with its numbers well spelled, and in digits; "un" and "une" stay words."""
    spelled: list[str] = []
    figures: list[str] = []
    at = 0
    keys = ["".join(keys_of(word)) for word in words]
    while at < len(words):
        read = read_integer(keys, at)
        if read is None or read[0] < 2 or keys[at][:1].isdigit():
            spelled.append(words[at])
            figures.append(words[at])
            at += 1
            continue
        number, end = read
        known = keys_of(cardinal(number)) == tuple(keys[at:end])
        spelled.append(cardinal(number) if known else " ".join(words[at:end]))
        figures.append(str(number))
        at = end
    return " ".join(spelled), " ".join(figures)


def _joined(text: str) -> str:
    for pattern, replacement in _rules():
        text = pattern.sub(replacement, text)
    return text[:1].upper() + text[1:]


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    data = tomllib.loads((files("hive_mind.language") / "data" / "fr" / "written.toml").read_text("utf-8"))
    return tuple((re.compile(pattern), replacement) for pattern, replacement in data["rules"])
