"""Utterances that are only understood beside an order: its slots refilled, itself taken back or agreed to."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pydantic import JsonValue

from hive_mind.language.moments import read_moment
from hive_mind.language.numbers import read_number
from hive_mind.language.phrases import PhraseSet
from hive_mind.language.words import Word, keys_of, text_of, words_of
from hive_mind.understanding import places
from hive_mind.understanding.grammar import Grammar, Match

UNDO = "undo"
"""What `undo` says in the sentence file of an intent that has no opposite: the order (`Match.replaces`) is to
be taken back, and nothing else done."""

LISTED = "listed"
"""What `talk.toml` calls all types whose values a list names."""

_CONFIDENCE = 0.95
_CLOCK = frozenset({"second", "minute", "hour"})
_UNITS_S = (86400, 3600, 60, 1)
_FREE = frozenset({"anything", "name", "label", "place"})
_PREPOSED = frozenset({"anything", "name", "label"})


class Leaning:
    """Reads utterances beside an order.

    Args:
        grammar: the sentences that are known.
        now: aware; moments are read from it.
    """

    def __init__(self, grammar: Grammar, now: datetime, language: str = "fr") -> None:
        self._grammar = grammar
        self._types = grammar.slot_types
        self._now = now
        self._words = _tables(language)

    def on(self, order: Match, text: str) -> Match | None:
        """The order that an utterance makes of the one before it; None when it does not lean on it."""
        if self.takes_back(text):
            return self._undone(order)
        for words in self._readings(text):
            if (corrected := self._correction(order, words)) is not None:
                return corrected
            for rest in self._without("follow", words):
                followed = self._refilled(order, rest)
                if followed is not None:
                    return followed
            alone = self._refilled(order, words, only=self._words["alone"])
            if alone is not None:
                return alone
        return None

    def takes_issue(self, order: Match, text: str) -> Match | None:
        """As `on`, but only what takes the order back or corrects it."""
        if self.takes_back(text):
            return self._undone(order)
        found = (self._correction(order, words) for words in self._readings(text))
        return next((match for match in found if match is not None), None)

    def fill(self, order: Match, slot: str, text: str, *, freely: bool = False) -> Match | None:
        """The order with its missing slot filled by an answer; None when the answer is no such value.

        Args:
            order: without the slot.
            slot: without suffix.
            text: the answer.
            freely: any words will do for a slot that takes any.
        """
        kind = self._grammar.slots_of(order.intent).get(slot, "anything")
        if kind in _FREE and not freely:
            return None
        for words in self._readings(text):
            for rest in (*self._without_before(kind, words), words):
                value = self._value(kind, rest)
                if value is None and kind == "duration":
                    value = _bare_duration(rest, 60.0)
                if value is not None:
                    name = slot + self._types[kind].suffix
                    return replace(order, slots={**order.slots, name: value}, rung="context")
        return None

    def takes_back(self, text: str) -> bool:
        """Whether an utterance is "annule-le"."""
        return self._is("undo", text)

    def agrees(self, text: str) -> bool:
        """Whether it is a yes."""
        return self._is("yes", text)

    def refuses(self, text: str) -> bool:
        """Whether it is a no."""
        return self._is("no", text) or self._is("never_mind", text)

    def gives_up(self, text: str) -> bool:
        """Whether it gives a question up."""
        return self._is("never_mind", text)

    def _undone(self, order: Match) -> Match | None:
        intent = self._grammar.undo_of(order.intent)
        if intent is None:
            return None
        if intent == UNDO:
            return Match(UNDO, {}, _CONFIDENCE, "context", replaces=order)
        known = self._grammar.slots_of(intent)
        names = {name + self._types[kind].suffix for name, kind in known.items()}
        slots = {name: value for name, value in order.slots.items() if name in names}
        return Match(intent, slots, _CONFIDENCE, "context")

    def _correction(self, order: Match, words: tuple[Word, ...]) -> Match | None:
        """What "non, j'ai dit quinze" makes of the order."""
        leads = (words,) if self._words["not"].at(words, 0) else self._without("correct", words)
        found = (self._corrected(order, rest) for rest in leads)
        return next((match for match in found if match is not None), None)

    def _corrected(self, order: Match, words: tuple[Word, ...]) -> Match | None:
        """What comes after "non, j'ai dit": the whole order again, or a value for one of its slots."""
        if not words:
            return None
        again = self._grammar.match(text_of(words))
        if again is not None and again.intent == order.intent:
            return replace(again, replaces=order)
        whole = () if self._words["not"].at(words, 0) else (words,)
        for rest in (*whole, *self._after_the_old(words)):
            found = self._refilled(order, rest, corrects=True)
            if found is not None:
                return replace(found, replaces=order)
        return None

    def _after_the_old(self, words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
        """What comes after the old value ("pas dix mais quinze"), or before it ("quinze, pas dix")."""
        for at in range(1, len(words)):
            if self._words["not"].at(words, at):
                yield words[:at]
            if lead := self._words["instead"].at(words, at):
                yield words[at + len(lead) :]
        if self._words["not"].at(words, 0):
            yield from (words[at:] for at in range(2, min(len(words), 7)))

    def _refilled(
        self,
        order: Match,
        words: tuple[Word, ...],
        *,
        corrects: bool = False,
        only: frozenset[str] | None = None,
    ) -> Match | None:
        """The order with one slot filled anew by all of these words."""
        if not words:
            return None
        for intent, name, kind in self._fillable(order):
            if only is not None and kind not in only:
                continue
            if kind in _PREPOSED and name + self._types[kind].suffix not in order.slots:
                continue
            key = name + self._types[kind].suffix
            old = order.slots.get(key)
            for rest in (words, *self._without_before(kind, words)):
                value = self._value(kind, rest)
                if value is None and kind == "duration" and corrects and isinstance(old, int | float):
                    value = _bare_duration(rest, float(old))
                if kind == "moment" and corrects and isinstance(old, str):
                    value = self._merged(old, value) if value else self._same_hour_word(old, rest)
                if value is not None and value != old:
                    return Match(intent, {**order.slots, key: value}, _CONFIDENCE, "context")
        return None

    def _fillable(self, order: Match) -> Iterator[tuple[str, str, str]]:
        """Intent, slot and type that words may fill.

        Those of the order, what is filled already first and what takes any words last; then those of a
        sibling that can say the same and more ("quel temps fait-il ?", "et demain ?").
        """
        own = self._grammar.slots_of(order.intent)
        filled = [n for n, kind in own.items() if n + self._types[kind].suffix in order.slots]
        for name in sorted(dict.fromkeys((*filled, *own)), key=lambda name: own[name] in _PREPOSED):
            yield order.intent, name, own[name]
        family = order.intent.split("_")[0] + "_"
        for sibling in self._grammar.siblings(order.intent):
            theirs = self._grammar.slots_of(sibling)
            if sibling.startswith(family) and set(filled) <= set(theirs):
                for name, kind in theirs.items():
                    if kind not in own.values():
                        yield sibling, name, kind

    def _merged(self, old: str, new: JsonValue) -> JsonValue:
        """What "non, neuf heures" makes of "demain à huit heures", and "non, mardi" too."""
        if not isinstance(new, str) or (fresh := read_moment(new, self._now)) is None:
            return new
        words = words_of(old)
        for at in range(1, len(words)):
            head, tail = text_of(words[:at]), text_of(words[at:])
            first, second = read_moment(head, self._now), read_moment(tail, self._now)
            if first is None or second is None or first.grain != "day" or second.grain not in _CLOCK:
                continue
            joined = f"{new} {tail}" if fresh.grain == "day" else f"{head} {new}"
            if read_moment(joined, self._now) is not None:
                return joined
        return new

    def _same_hour_word(self, old: str, words: tuple[Word, ...]) -> str | None:
        """What "non, huit" makes of "demain à sept heures"."""
        number = read_number([word.key for word in words])
        if number is None or number[1] != len(words):
            return None
        before = words_of(old)
        keys = [word.key for word in before]
        for at, key in enumerate(keys):
            start = next(
                (s for s in range(at) if (r := read_number(keys, s)) is not None and r[1] == at), None
            )
            if key in self._words["hours"] and start is not None:
                return text_of((*before[:start], *words, *before[at:]))
        return None

    def _readings(self, text: str) -> tuple[tuple[Word, ...], ...]:
        """The words of a text without what means nothing, ever fewer."""
        return self._grammar.exact_readings(text)

    def _without(self, table: str, words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
        """The words after a lead of this table, if there is one."""
        lead = self._words[table].at(words, 0)
        if lead and len(lead) < len(words):
            yield words[len(lead) :]

    def _without_before(self, kind: str, words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
        """The words after what may stand before a value of this type."""
        phrases = self._words["before"].get(LISTED if "@" in kind else kind)
        lead = phrases.at(words, 0) if phrases is not None else ()
        if lead and len(lead) < len(words):
            yield words[len(lead) :]

    def _value(self, kind: str, words: Sequence[Word]) -> JsonValue:
        """The value of this type that all these words are; None when they are none."""
        if kind not in self._types or not words:
            return None
        value = next(
            (read.value for read in self._types[kind].read(words, 0) if read.end == len(words)), None
        )
        return places.taken_for(value) if kind == "place" and isinstance(value, str) else value

    def _is(self, table: str, text: str) -> bool:
        """Whether a text is one of a table's phrases, no more and no less."""
        phrases: PhraseSet = self._words[table]
        return any(
            0 < len(words) == len(phrases.at(words, 0)) for words in (words_of(text), *self._readings(text))
        )


def _bare_duration(words: Sequence[Word], like: float) -> float | None:
    """A number without its unit, in the largest unit that the old duration was whole in."""
    number = read_number([word.key for word in words])
    if number is None or number[1] != len(words):
        return None
    unit = next((unit for unit in _UNITS_S if like >= unit and like % unit == 0), 1)
    return float(number[0]) * unit


@lru_cache(maxsize=4)
def _tables(language: str) -> Mapping[str, Any]:
    content = tomllib.loads(
        (files("hive_mind.understanding") / "data" / language / "talk.toml").read_text("utf-8")
    )
    tables: dict[str, Any] = {
        name: PhraseSet(map(keys_of, phrases))
        for name, phrases in content.items()
        if isinstance(phrases, list)
    }
    tables["before"] = {kind: PhraseSet(map(keys_of, said)) for kind, said in content["before"].items()}
    tables["alone"] = frozenset(content["alone"]["types"])
    tables["hours"] = frozenset(content["hours"]["words"])
    return tables
