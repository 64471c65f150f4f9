"""Readers of slots: what a `{duration}`, a `{place}` or a `{name}` may be in a sentence."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pydantic import JsonValue

from hive_mind.errors import UnderstandingError
from hive_mind.language.durations import may_begin_duration, read_durations
from hive_mind.language.moments import may_begin_moment, moments_at
from hive_mind.language.numbers import read_integer, read_number
from hive_mind.language.words import Word, text_of
from hive_mind.understanding.sums import read_sum
from hive_mind.understanding.units import read_quantities, read_unit
from hive_mind.understanding.weekdays import read_weekdays


@dataclass(frozen=True, slots=True)
class SlotRead:
    """A value found in words.

    Attributes:
        value: what goes into the match, under the slot's name and the reader's suffix.
        end: the place after its last word.
        guessed: words that no list or grammar knows; the fewer, the better the match.
        extendable: people often go on after such an end.
    """

    value: JsonValue
    end: int
    guessed: int = 0
    extendable: bool = False


@dataclass(frozen=True, slots=True)
class SlotType:
    """How one type of slot is read.

    Attributes:
        read: all values that start at a place.
        begins: whether the words from a place to the end may be the beginning of a value.
        suffix: added to the slot's name ("duration" gives `duration_s`, in seconds).
    """

    read: Callable[[Sequence[Word], int], list[SlotRead]]
    begins: Callable[[Sequence[Word], int], bool] = lambda _words, _at: False
    suffix: str = ""


_LONGEST_PLACE = 5


def _keys(words: Sequence[Word]) -> list[str]:
    return [word.key for word in words]


def _durations(words: Sequence[Word], at: int) -> list[SlotRead]:
    return [
        SlotRead(read.seconds, read.end, extendable=read.extendable)
        for read in read_durations(_keys(words), at)
    ]


def _moments(words: Sequence[Word], at: int) -> list[SlotRead]:
    """A time expression, in the words in which it was said; `read_moment` understands them later."""
    hours = _lists()["hours"]
    return [
        SlotRead(text_of(tuple(words[at:end])), end, extendable=words[end - 1].key in hours)
        for end in moments_at(_keys(words), at)
    ]


def _names(words: Sequence[Word], at: int, most: int) -> list[SlotRead]:
    """Up to `most` words that could name a timer: not a number, not a word that commands are made of."""
    keys, lists = _keys(words), _lists()
    reads: list[SlotRead] = []
    if at < len(keys) and (keys[at] in lists["never_first"] or read_integer(keys, at) is not None):
        return reads
    for end in range(at + 1, min(len(keys), at + most) + 1):
        if keys[end - 1] in lists["never_in_name"] or keys[end - 1][0].isdigit():
            break
        if keys[end - 1] not in lists["never_first"]:
            reads.append(SlotRead(text_of(tuple(words[at:end])), end, guessed=end - at))
    return reads


def _name_type(most: int) -> SlotType:
    return SlotType(lambda words, at: _names(words, at, most))


def _places(words: Sequence[Word], at: int) -> list[SlotRead]:
    """A town or a country: a few words after a preposition of the template, so one guess for all of them."""
    keys, lists = _keys(words), _lists()
    reads: list[SlotRead] = []
    if at < len(keys) and keys[at] in lists["never_first"]:
        return reads
    for end in range(at + 1, min(len(keys), at + _LONGEST_PLACE) + 1):
        if keys[end - 1] in lists["never_in_place"] or keys[end - 1][0].isdigit():
            break
        if keys[end - 1] not in lists["never_last_in_place"]:
            reads.append(SlotRead(text_of(tuple(words[at:end])), end, guessed=1))
    return reads


def _numbers(words: Sequence[Word], at: int) -> list[SlotRead]:
    keys = _keys(words)
    minus = at < len(keys) and keys[at] == "moins"
    read = read_number(keys, at + minus)
    return [SlotRead(-read[0] if minus else read[0], read[1])] if read else []


def _percents(words: Sequence[Word], at: int) -> list[SlotRead]:
    """A share of a hundred, "pour cent" said or not."""
    keys = _keys(words)
    read = read_number(keys, at)
    if read is None or not 0 <= read[0] <= 1000:
        return []
    value, end = read
    reads = [SlotRead(value, end)]
    for said in (("pour", "cent"), ("pourcent",), ("pourcents",)):
        if tuple(keys[end : end + len(said)]) == said:
            reads.insert(0, SlotRead(value, end + len(said)))
    return reads


def _sums(words: Sequence[Word], at: int) -> list[SlotRead]:
    """A sum, as it was said; `sums.evaluate` works it out."""
    keys = _keys(words)
    try:
        found = read_sum(keys, at)
    except UnderstandingError:
        return [SlotRead(text_of(tuple(words[at:])), len(keys))]
    return [SlotRead(text_of(tuple(words[at : found[1]])), found[1], extendable=True)] if found else []


def _quantities(words: Sequence[Word], at: int) -> list[SlotRead]:
    return [
        SlotRead({"value": read.value, "unit": read.unit}, read.end)
        for read in read_quantities(_keys(words), at)
    ]


def _units(words: Sequence[Word], at: int) -> list[SlotRead]:
    found = read_unit(_keys(words), at)
    return [SlotRead(found[0], found[1])] if found else []


def _weekdays(words: Sequence[Word], at: int) -> list[SlotRead]:
    return [SlotRead(list(days), end) for days, end in read_weekdays(_keys(words), at)]


def _anything(words: Sequence[Word], at: int) -> list[SlotRead]:
    return [
        SlotRead(text_of(tuple(words[at:end])), end, guessed=end - at)
        for end in range(at + 1, len(words) + 1)
    ]


def _begins_number(words: Sequence[Word], at: int) -> bool:
    """Numbers are heard word by word: "vingt" may become "vingt-deux"."""
    read = read_number(_keys(words), at)
    return read is not None and read[1] == len(words) and not words[-1].key[0].isdigit()


@lru_cache(maxsize=4)
def _lists(language: str = "fr") -> dict[str, frozenset[str]]:
    text = (files("hive_mind.understanding") / "data" / language / "slots.toml").read_text("utf-8")
    return {name: frozenset(words) for name, words in tomllib.loads(text).items()}


SLOT_TYPES: Mapping[str, SlotType] = {
    "duration": SlotType(_durations, lambda words, at: may_begin_duration(_keys(words), at), "_s"),
    "moment": SlotType(_moments, lambda words, at: may_begin_moment(_keys(words), at)),
    "number": SlotType(_numbers, _begins_number),
    "percent": SlotType(_percents, _begins_number),
    "quantity": SlotType(_quantities, _begins_number),
    "unit": SlotType(_units),
    "sum": SlotType(_sums),
    "weekdays": SlotType(_weekdays),
    "place": SlotType(_places),
    "name": _name_type(4),
    "label": _name_type(2),
    "anything": SlotType(_anything),
}
"""Slot types by the name that templates use."""
