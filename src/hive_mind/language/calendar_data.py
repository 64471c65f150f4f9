"""The words of time: weekdays, months, feasts, seasons and parts of the day, from `calendar.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Generic, TypeVar

from hive_mind.language.phrases import Phrase
from hive_mind.language.words import keys_of

T = TypeVar("T")


class PhraseTable(Generic[T]):
    """Meanings of short phrases, found by the keys at a place."""

    def __init__(self, meanings: Mapping[str, T]) -> None:
        self._by_first: dict[str, list[tuple[Phrase, T]]] = {}
        for text, meaning in meanings.items():
            phrase = keys_of(text)
            self._by_first.setdefault(phrase[0], []).append((phrase, meaning))
        for found in self._by_first.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def at(self, keys: Sequence[str], place: int) -> list[tuple[T, int]]:
        """Every phrase that starts at a place, the longest first: its meaning and the place after it."""
        if place >= len(keys):
            return []
        return [
            (meaning, place + len(phrase))
            for phrase, meaning in self._by_first.get(keys[place], ())
            if len(phrase) == 1 or tuple(keys[place : place + len(phrase)]) == phrase
        ]

    def first(self, keys: Sequence[str], place: int) -> tuple[T, int] | None:
        """The longest phrase that starts at a place."""
        return next(iter(self.at(keys, place)), None)

    @property
    def words(self) -> frozenset[str]:
        """All words of all phrases."""
        return frozenset(key for found in self._by_first.values() for phrase, _ in found for key in phrase)


@dataclass(frozen=True, slots=True)
class Feast:
    """When a feast falls: a fixed day, a number of days from Easter, or the nth weekday of a month."""

    month: int = 0
    day: int = 0
    weekday: int = 0
    nth: int = 0
    easter: int | None = None


@dataclass(frozen=True, slots=True)
class CalendarWords:
    """All tables of `calendar.toml`; the numbers in them mean what its comments say."""

    weekdays: PhraseTable[int]
    weekdays_short: PhraseTable[int]
    months: PhraseTable[int]
    months_short: PhraseTable[int]
    days: PhraseTable[int]
    beside: PhraseTable[int]
    now: PhraseTable[int]
    units: PhraseTable[str]
    steps: PhraseTable[int]
    next: PhraseTable[int]
    holidays: PhraseTable[Feast]
    seasons: PhraseTable[tuple[int, ...]]
    parts: PhraseTable[tuple[int, ...]]
    leads: Mapping[str, PhraseTable[bool]]
    clock_tails: PhraseTable[int]
    common: frozenset[str]
    glue: frozenset[str]

    @property
    def words(self) -> frozenset[str]:
        """All words of all tables."""
        tables = [table for name in self.__slots__ if isinstance(table := getattr(self, name), PhraseTable)]
        tables += self.leads.values()
        return frozenset(key for table in tables for key in table.words) | self.common | self.glue


@lru_cache(maxsize=4)
def calendar_words(language: str = "fr") -> CalendarWords:
    """Read the tables of a language."""
    text = (files("hive_mind.language") / "data" / language / "calendar.toml").read_text("utf-8")
    raw: dict[str, Any] = tomllib.loads(text)
    leads = {kind: PhraseTable(dict.fromkeys(words, True)) for kind, words in raw["leads"].items()}
    return CalendarWords(
        weekdays=PhraseTable(raw["weekdays"]),
        weekdays_short=PhraseTable(raw["weekdays_short"]),
        months=PhraseTable(raw["months"]),
        months_short=PhraseTable(raw["months_short"]),
        days=PhraseTable(raw["days"]),
        beside=PhraseTable(raw["beside"]),
        now=PhraseTable(raw["now"]),
        units=PhraseTable(raw["units"]),
        steps=PhraseTable({**raw["next"], **raw["last"], **raw["this"]}),
        next=PhraseTable(raw["next"]),
        holidays=PhraseTable({name: Feast(**rule) for name, rule in raw["holidays"].items()}),
        seasons=PhraseTable({name: tuple(ends) for name, ends in raw["seasons"].items()}),
        parts=PhraseTable({name: tuple(hours) for name, hours in raw["parts"].items()}),
        leads=leads,
        clock_tails=PhraseTable(raw["clock_tails"]),
        common=frozenset(key for word in raw["glue"]["leads"] for key in keys_of(word)),
        glue=frozenset(key for word in raw["glue"]["others"] for key in keys_of(word)),
    )
