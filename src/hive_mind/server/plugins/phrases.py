"""A plugin's French: sentences and pieces of sentences with blanks, as data."""

import re
import tomllib
from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

from hive_mind.language.words import fold, keys_of


class Phrases:
    """The sentences of `replies/<language>.toml` in a plugin's folder.

    Args:
        texts: sentence or piece by key.
    """

    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts

    @classmethod
    def of_folder(cls, folder: Path | Traversable, language: str = "fr") -> "Phrases":
        """Read those of a plugin's folder.

        Raises:
            OSError: there is no such file.
        """
        text = (folder / "replies" / f"{language}.toml").read_text("utf-8")
        return cls({key: str(value) for key, value in tomllib.loads(text).items()})

    def say(self, key: str, **blanks: object) -> str:
        """The sentence `key` with its blanks filled.

        Raises:
            KeyError: there is no such sentence, or a blank is missing: a fault of the plugin.
        """
        return self._texts[key].format(**blanks)

    def has(self, key: str) -> bool:
        """Whether there is a sentence of that name."""
        return key in self._texts

    def keys(self) -> frozenset[str]:
        """The names of all sentences."""
        return frozenset(self._texts)

    def listed(self, items: Sequence[str]) -> str:
        """Items as they are said: "a, b et c", with the two pieces `list_between` and `list_last`."""
        if len(items) < 2:
            return "".join(items)
        return self._texts["list_between"].join(items[:-1]) + self._texts["list_last"] + items[-1]

    def count(self, key: str, number: int, **blanks: object) -> str:
        """`key_one` for one (and for nothing), `key_many` for more, with `{count}` filled."""
        return self.say(f"{key}_one" if number < 2 else f"{key}_many", count=number, **blanks)


def capitalised(text: str) -> str:
    """With a capital at the beginning of a sentence, the rest as it is."""
    return text[:1].upper() + text[1:]


def as_said(phrase: str, text: str) -> str:
    """The part of `text` that a slot's words came from, with the commas that words lose; else the phrase."""
    keys = keys_of(phrase)
    pieces = [(m.start(), m.end(), fold(m.group())) for m in re.finditer(r"[^\W_]+", text)]
    found = [key for _, _, key in pieces]
    for at in range(len(found) - len(keys), -1, -1):
        if keys and tuple(found[at : at + len(keys)]) == keys:
            return text[pieces[at][0] : pieces[at + len(keys) - 1][1]]
    return phrase
