"""A transcript's words that matter: no wake phrase, no "euh", no "s'il te plaît", known slips mended."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from hive_mind.language.words import Word, keys_of, words_of

_Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Normaliser:
    """Makes the readings of a transcript that are worth matching.

    Attributes:
        anywhere: phrases without meaning, wherever they stand.
        head: phrases dropped at the beginning.
        tail: phrases dropped at the end.
        calls: words that call somebody ("hey"), the name after them unknown.
        slips: what recognisers write for what was said, phrase by phrase.
    """

    anywhere: frozenset[_Phrase]
    head: frozenset[_Phrase]
    tail: frozenset[_Phrase]
    calls: frozenset[str]
    slips: Mapping[_Phrase, _Phrase]

    @classmethod
    def load(cls, robot_names: Sequence[str] = (), language: str = "fr") -> "Normaliser":
        """Read `fillers.toml` and `slips.toml`; `robot_names` may head an order."""
        fillers, slips = _tables(language)
        return cls(
            frozenset(fillers["anywhere"]),
            frozenset(fillers["head"]) | {keys_of(name) for name in robot_names if keys_of(name)},
            frozenset(fillers["tail"]),
            frozenset(phrase[0] for phrase in fillers["calls"]),
            slips,
        )

    def readings(self, text: str) -> Iterator[tuple[str, tuple[Word, ...]]]:
        """The words without what means nothing, then the same with known slips mended, if there are any.

        Yields:
            "exact" or "spelling", and the words.
        """
        seen: set[tuple[Word, ...]] = set()
        plain = words_of(text)
        for rung, words in (("exact", plain), ("spelling", self._mend(plain))):
            for reading in (self.strip(words), self.strip(self._called(words))):
                if reading and reading not in seen:
                    seen.add(reading)
                    yield rung, reading

    def strip(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """The words without fillers."""
        kept = list(words)
        at = 0
        while at < len(kept):
            length = _longest(self.anywhere, kept, at)
            del kept[at : at + length]
            at += not length
        while length := _longest(self.head, kept, 0):
            del kept[:length]
        while length := _longest_at_end(self.tail, kept):
            del kept[-length:]
        return tuple(kept)

    def _called(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """Without "hey X" at the head, whatever X is."""
        return words[2:] if len(words) > 2 and words[0].key in self.calls else words

    def _mend(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        mended: list[Word] = []
        at = 0
        while at < len(words):
            length = _longest(self.slips, words, at)
            if length:
                phrase = tuple(word.key for word in words[at : at + length])
                mended.extend(Word(key, key) for key in self.slips[phrase])
                at += length
            else:
                mended.append(words[at])
                at += 1
        return tuple(mended)


def _longest(phrases: frozenset[_Phrase] | Mapping[_Phrase, _Phrase], words: Sequence[Word], at: int) -> int:
    """Length of the longest phrase that starts at `at`; 0 when none does."""
    for length in range(min(_LONGEST, len(words) - at), 0, -1):
        if tuple(word.key for word in words[at : at + length]) in phrases:
            return length
    return 0


def _longest_at_end(phrases: frozenset[_Phrase], words: Sequence[Word]) -> int:
    for length in range(min(_LONGEST, len(words)), 0, -1):
        if tuple(word.key for word in words[-length:]) in phrases:
            return length
    return 0


_LONGEST = 6


@lru_cache(maxsize=4)
def _tables(language: str) -> tuple[dict[str, list[_Phrase]], dict[_Phrase, _Phrase]]:
    folder = files("hive_mind.language") / "data" / language
    fillers = tomllib.loads((folder / "fillers.toml").read_text("utf-8"))
    slips = tomllib.loads((folder / "slips.toml").read_text("utf-8"))
    return (
        {place: [keys_of(phrase) for phrase in phrases] for place, phrases in fillers.items()},
        {keys_of(heard): keys_of(said) for heard, said in slips["slips"].items()},
    )
