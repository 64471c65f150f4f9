"""Readers of slots: what a `{duration}` or a `{name}` may be in a sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from hive_mind.language.durations import may_begin_duration, read_durations
from hive_mind.language.numbers import read_integer
from hive_mind.language.words import Word, text_of


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
    begins: Callable[[Sequence[Word], int], bool]
    suffix: str = ""


_NEVER_FIRST = frozenset(
    {"de", "d", "a", "au", "aux", "dans", "pour", "en", "sur", "pendant", "et", "avec", "tous", "toutes"}
)
_NEVER_IN = frozenset({
    "minuteur", "minuteurs", "minuterie", "minuteries", "timer", "timers", "chrono", "chronometre", "rebours",
    "pause", "minute", "minutes", "heure", "heures", "seconde", "secondes", "est", "sont", "que", "qui",
    "quoi",
    "et", "puis", "alarme", "reveil", "quart", "quarts", "demi", "demie",
})  # fmt: skip


def _keys(words: Sequence[Word]) -> list[str]:
    return [word.key for word in words]


def _durations(words: Sequence[Word], at: int) -> list[SlotRead]:
    return [
        SlotRead(read.seconds, read.end, extendable=read.extendable)
        for read in read_durations(_keys(words), at)
    ]


def _names(words: Sequence[Word], at: int, most: int) -> list[SlotRead]:
    """Up to `most` words that could name a timer: not a number, not a word that commands are made of."""
    keys = _keys(words)
    reads: list[SlotRead] = []
    if at < len(keys) and (keys[at] in _NEVER_FIRST or read_integer(keys, at) is not None):
        return reads
    for end in range(at + 1, min(len(keys), at + most) + 1):
        if keys[end - 1] in _NEVER_IN or keys[end - 1][0].isdigit():
            break
        if keys[end - 1] not in _NEVER_FIRST:
            reads.append(SlotRead(text_of(tuple(words[at:end])), end, guessed=end - at))
    return reads


def _name_type(most: int) -> SlotType:
    return SlotType(
        lambda words, at: _names(words, at, most),
        lambda _words, _at: False,
    )


def _anything(words: Sequence[Word], at: int) -> list[SlotRead]:
    return [
        SlotRead(text_of(tuple(words[at:end])), end, guessed=end - at)
        for end in range(at + 1, len(words) + 1)
    ]


SLOT_TYPES: Mapping[str, SlotType] = {
    "duration": SlotType(_durations, lambda words, at: may_begin_duration(_keys(words), at), "_s"),
    "name": _name_type(4),
    "label": _name_type(2),
    "anything": SlotType(_anything, lambda _words, _at: False),
}
"""Slot types by the name that templates use."""
