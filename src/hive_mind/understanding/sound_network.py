"""A grammar's network by sound: points that share a beginning are walked as one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from hive_mind.language.durations import UNIT_WORDS
from hive_mind.language.numbers import NUMBER_WORDS
from hive_mind.language.pronunciation import sounds_of
from hive_mind.language.sound_index import SoundIndex
from hive_mind.language.words import Word
from hive_mind.understanding.network import Network
from hive_mind.understanding.slots import SLOT_TYPES

_LEXICONS = {
    "duration": {*NUMBER_WORDS, *UNIT_WORDS, "et", "demi", "demie", "quart", "quarts", "d", "moins", "le"},
    "number": {*NUMBER_WORDS, "moins", "virgule"},
    "percent": {*NUMBER_WORDS, "pour"},
}

Forms: TypeAlias = tuple[tuple[tuple[str, ...], int], ...]
"""Ways to write a word, and the point after each."""


@dataclass(frozen=True, slots=True)
class SoundPoint:
    """What may follow at a point.

    Attributes:
        words: next words and the points after them, by the number of their sounds; a word that can be written
            in several ways ("mets", "met") has all of them, with their accents.
        slots: types of values that may stand here, and the point after each.
        final: a sentence may end here.
    """

    words: Mapping[int, Forms]
    slots: tuple[tuple[str, int], ...]
    final: bool


MOST_POINTS = 20_000
"""Points kept, about 60 MB; beyond that, all are forgotten between two walks and worked out anew."""


class SoundNetwork:
    """Reads a `Network` on demand and keeps what it has read; one thread at a time may use it.

    Args:
        network: with all templates in it; templates added later are not seen.
    """

    def __init__(self, network: Network) -> None:
        self.index = SoundIndex()
        self._network = network
        self._numbers: dict[tuple[int, ...], int] = {}
        self._members: list[tuple[int, ...]] = []
        self._points: dict[int, SoundPoint] = {}
        self._forms: dict[Forms, Forms] = {}
        self._lexicons: dict[str, Mapping[int, tuple[str, ...]]] = {}

    def begin(self, starts: Iterable[int]) -> int:
        """The point where a walk begins; points of earlier walks may be forgotten."""
        if len(self._members) > MOST_POINTS:
            self._numbers.clear()
            self._members.clear()
            self._points.clear()
            self._forms.clear()
        return self._entry(starts)

    def _entry(self, starts: Iterable[int]) -> int:
        """The point that stands for all of `starts`."""
        members = tuple(sorted(set(starts)))
        number = self._numbers.get(members)
        if number is None:
            number = self._numbers[members] = len(self._members)
            self._members.append(members)
        return number

    def point(self, number: int) -> SoundPoint:
        """What may follow there."""
        known = self._points.get(number)
        if known is None:
            known = self._points[number] = self._read(self._members[number])
        return known

    def lexicon(self, slot_type: str) -> Mapping[int, tuple[str, ...]]:
        """The words that values of this type are made of, by the number of their sounds.

        Empty for types that take any word, and for those whose words are nearly always heard right (days).
        """
        known = self._lexicons.get(slot_type)
        if known is None:
            groups: dict[int, tuple[str, ...]] = {}
            for word in sorted(_LEXICONS.get(slot_type, ()), key=lambda word: (-len(word), word)):
                number = self.index.add(sounds_of(word))
                groups[number] = (*groups.get(number, ()), word)
            known = self._lexicons[slot_type] = groups
        return known

    def _read(self, members: tuple[int, ...]) -> SoundPoint:
        words: dict[str, set[int]] = {}
        spellings: dict[str, str] = {}
        slots: dict[str, set[int]] = {}
        final = False
        for member in members:
            point = self._network.point(member)
            final = final or point.final
            spellings = {**point.spellings, **spellings}
            for word, targets in point.words.items():
                words.setdefault(word, set()).update(targets)
            for slot, target in point.slots:
                spelled = self._network.spelled(slot.type, target)
                if spelled is None:
                    slots.setdefault(slot.type, set()).add(target)
                else:
                    named = self._network.point(spelled)
                    spellings = {**named.spellings, **spellings}
                    for word, targets in named.words.items():
                        words.setdefault(word, set()).update(targets)
        # Forms that sound the same and lead to the same place ("mets", "met") are walked once.
        forms: dict[int, dict[int, list[str]]] = {}
        for word in words:
            text = spellings.get(word, word)
            by_target = forms.setdefault(self.index.add(sounds_of(text)), {})
            by_target.setdefault(self._entry(words[word]), []).append(text)
        return SoundPoint(
            {number: self._shared(by) for number, by in forms.items()},
            tuple((kind, self._entry(targets)) for kind, targets in sorted(slots.items())),
            final,
        )

    def _shared(self, by_target: Mapping[int, Iterable[str]]) -> Forms:
        """What is equal at many points is kept once: nine of ten are."""
        forms = tuple((tuple(texts), to) for to, texts in by_target.items())
        return self._forms.setdefault(forms, forms)


@lru_cache(maxsize=16384)
def value_state(slot_type: str, keys: tuple[str, ...]) -> tuple[bool, bool]:
    """Whether words may be the beginning of a value, and whether they are one."""
    words = tuple(Word(key, key) for key in keys)
    kind = SLOT_TYPES[slot_type]
    whole = any(read.end == len(words) for read in kind.read(words, 0))
    return whole or kind.begins(words, 0), whole
