"""Several orders in one utterance: "mets un minuteur de dix minutes et donne-moi la météo"."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import TypeAlias

from hive_mind.language.phrases import PhraseSet
from hive_mind.language.words import Word, keys_of, text_of, words_of
from hive_mind.understanding.grammar import Grammar, Match

MOST_ORDERS = 4
"""Orders looked for in one utterance."""

_MOST_WORDS = 60
_SURE = 0.9
"""An order that is split off must be this sure: a guessed word may as well be the other half of a name."""

_STOP = re.compile(r"(?<!\d)[,;.!?]|[,;.!?](?!\d)")

_Read: TypeAlias = Callable[[str, Match | None], Match | None]
"""Understands a part, given the order before it."""


def split_orders(
    grammar: Grammar, text: str, *, expecting: str | None = None, read: _Read | None = None
) -> list[Match | str]:
    """The orders of an utterance, in the order in which they were said.

    Args:
        grammar: the sentences that are known.
        text: what was said.
        expecting: see `Grammar.match`; for the first order.
        read: understands a part after the first, given the order before it ("… et un autre de dix minutes");
            the grammar alone by default.

    Returns:
        Matches, and last perhaps the text of what no sentence matches; that text alone when nothing matches.
    """
    whole = grammar.match(text, expecting=expecting)
    if whole is not None and whole.confidence >= _SURE:
        return [whole]

    def first(part: str, before: Match | None) -> Match | None:
        found = grammar.match(part, expecting=expecting) if before is None else None
        return found or (read(part, before) if read else grammar.match(part))

    if whole is None:
        return _Splitter(text, first).parts() or [text]
    parts = _Splitter(text, first, whole.intent).parts()
    sure = all(isinstance(part, Match) and part.confidence >= _SURE for part in parts[1:])
    return parts if len(parts) > 1 and sure else [whole]


@dataclass(frozen=True, slots=True)
class _Border:
    """Where one order may end and the next begin, in words."""

    end: int
    start: int


class _Splitter:
    """Tries the borders of a text from left to right.

    Args:
        text: of one or more orders.
        read: understands a part.
        swallowing: intent of the whole text, whose free value may have taken in another order ("rappelle-moi
            de sortir le chien et arrête le minuteur").
    """

    def __init__(self, text: str, read: _Read, swallowing: str | None = None) -> None:
        self._swallowing = swallowing
        self._text = text
        self._read = read
        self._words = words_of(text)
        self._borders = _borders(text) if 2 < len(self._words) <= _MOST_WORDS else []
        self._starts = _starts()

    def parts(self) -> list[Match | str]:
        """The orders; empty when the text cannot be cut so that its first part is an order.

        What is only named ("un minuteur et …") is no order when something unknown follows it.
        """
        parts = self._after(0, None, 1)
        known = not parts or not isinstance(parts[-1], str) or self._words[0].key in self._starts
        return parts if known else []

    def _after(self, at: int, before: Match | None, count: int) -> list[Match | str]:
        """The orders from a place on: all of them understood if there is a way, else as many as possible."""
        best: list[Match | str] = []
        for border in self._borders if count < MOST_ORDERS else ():
            if border.end <= at:
                continue
            part = text_of(self._words[at : border.end])
            order = self._read(part, before)
            if order is None or not self._may_end(order, border, count):
                continue
            order = replace(order, text=part)
            rest = self._rest(border.start, order, count)
            if rest and not isinstance(rest[-1], str):
                return [order, *rest]
            if rest and len(rest) + 1 >= len(best):
                best = [order, *rest]
        return best

    def _may_end(self, order: Match, border: _Border, count: int) -> bool:
        """Whether an order may be cut off at a border: it is sure, or a verb or a question follows."""
        begins = border.start < len(self._words) and self._words[border.start].key in self._starts
        if self._swallowing is not None and count == 1:
            return begins and order.intent == self._swallowing
        return begins or order.confidence >= _SURE

    def _rest(self, at: int, before: Match, count: int) -> list[Match | str]:
        if at >= len(self._words):
            return []
        part = text_of(self._words[at:])
        last = self._read(part, before)
        last = replace(last, text=part) if last is not None else None
        if last is not None and last.confidence >= _SURE:
            return [last]
        parts = self._after(at, before, count + 1)
        if parts and not (last is not None and isinstance(parts[-1], str)):
            return parts
        if last is not None:
            return [last]
        return [_tail(self._text, len(self._words) - at)] if self._words[at].key in self._starts else []


def _borders(text: str) -> list[_Border]:
    """The words that join two orders, and the punctuation between them."""
    joins = _joins()
    words = words_of(text)
    borders: dict[int, _Border] = {}
    at = 0
    for piece in _STOP.split(text)[:-1]:
        at += len(words_of(piece))
        start = at + len(joins.at(words, at))
        borders[at] = _Border(at, start)
    for place in range(1, len(words)):
        if join := joins.at(words, place):
            borders.setdefault(place, _Border(place, place + len(join)))
    return [borders[place] for place in sorted(borders) if place > 0]


def _tail(text: str, count: int) -> str:
    """The last words of a text, as they were written."""
    tokens = text.split()
    for first in range(len(tokens)):
        tail = " ".join(tokens[first:])
        if len(words_of(tail)) <= count:
            return tail
    return text


def _starts(language: str = "fr") -> frozenset[str]:
    return _tables(language)[1]


def _joins(language: str = "fr") -> PhraseSet:
    return _tables(language)[0]


@lru_cache(maxsize=4)
def _tables(language: str) -> tuple[PhraseSet, frozenset[str]]:
    content = tomllib.loads(
        (files("hive_mind.understanding") / "data" / language / "orders.toml").read_text("utf-8")
    )
    starts: list[tuple[Word, ...]] = [words_of(word) for word in content["starts"]]
    return PhraseSet(map(keys_of, content["joins"])), frozenset(words[0].key for words in starts)
