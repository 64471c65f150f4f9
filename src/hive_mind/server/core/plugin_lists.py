"""What a plugin adds at run time to the lists of its sentences: names that only the house knows."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from hive_mind.language.words import words_of
from hive_mind.understanding.slots import SLOT_TYPES

Lists: TypeAlias = Mapping[str, Mapping[str, tuple[str, ...]]]
"""By list, then by value: other ways of saying it."""

OnLists: TypeAlias = Callable[[], None]
"""Told that lists have changed."""

LIVE = "~live.yaml"
"""The sentence file that holds them; the last one of its folder."""

ASLEEP = {LIVE: '{"last": true}'}
"""The same of a plugin that lacks a setting: it only says so where nobody else understands."""

MOST_VALUES = 500
MOST_WAYS = 16
LONGEST = 60
"""Characters of a value, and of a way of saying it."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def checked(name: str, values: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The values of one list, in the words that a recogniser may hear.

    Raises:
        ValueError: as `Services.know`.
    """
    if not _NAME.fullmatch(name) or name in SLOT_TYPES:
        raise ValueError(f"{name!r} cannot be the name of a list")
    if len(values) > MOST_VALUES or any(len(ways) > MOST_WAYS for ways in values.values()):
        raise ValueError(f"list {name!r}: at most {MOST_VALUES} values, {MOST_WAYS} ways of saying each")
    if any(len(text) > LONGEST for value, ways in values.items() for text in (value, *ways)):
        raise ValueError(f"list {name!r}: at most {LONGEST} characters each")
    return {value: tuple(plain for way in ways if (plain := _plain(way))) for value, ways in values.items()}


def as_file(lists: Lists) -> str:
    """A sentence file with these lists; JSON is YAML too."""
    return json.dumps({"lists": lists}, ensure_ascii=False)


def _plain(text: str) -> str:
    return " ".join(word.surface for word in words_of(text))
