"""Values that a list names: rooms, colours, the devices of a house; each may be said in several ways."""

from collections.abc import Mapping, Sequence

from hive_mind.language.words import Word, keys_of
from hive_mind.understanding.slots import SlotRead, SlotType


class ListedValues:
    """One list.

    Args:
        values: each with other ways of saying it; it is said by its own name too. Of values that are said
            alike, the last one is meant.

    Attributes:
        phrases: all that may be said, as written, none twice.
    """

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self._meant: dict[tuple[str, ...], str] = {}
        self._begun: set[tuple[str, ...]] = set()
        spelled: dict[tuple[str, ...], str] = {}
        for value, others in values.items():
            for phrase in (value, *others):
                keys = keys_of(phrase)
                if keys:
                    self._meant[keys] = value
                    spelled.setdefault(keys, phrase)
                    self._begun.update(keys[:end] for end in range(1, len(keys)))
        self.phrases = tuple(spelled.values())
        self._longest = max(map(len, spelled), default=0)

    def slot_type(self) -> SlotType:
        """Reads one of the values."""
        return SlotType(self._read, self._begins)

    def _read(self, words: Sequence[Word], at: int) -> list[SlotRead]:
        keys = tuple(word.key for word in words[at : at + self._longest])
        ends = range(len(keys), 0, -1)
        return [SlotRead(self._meant[keys[:end]], at + end) for end in ends if keys[:end] in self._meant]

    def _begins(self, words: Sequence[Word], at: int) -> bool:
        return tuple(word.key for word in words[at:]) in self._begun
