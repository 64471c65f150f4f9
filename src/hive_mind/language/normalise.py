"""A transcript's words that matter: no wake phrase, no "euh", no "s'il te plaît", known slips mended."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from importlib.resources import files

from hive_mind.language.phonetics import sound
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
        vocabulary: the words that somebody listens for.
        alike: those words by their sound, and the long ones by it less one letter; an unknown word that
            sounds like one of them, or nearly, is taken for it.
    """

    anywhere: frozenset[_Phrase]
    head: frozenset[_Phrase]
    tail: frozenset[_Phrase]
    calls: frozenset[str]
    slips: Mapping[_Phrase, _Phrase]
    vocabulary: frozenset[str]
    alike: Mapping[str, frozenset[str]]

    @classmethod
    def load(
        cls, robot_names: Sequence[str] = (), vocabulary: Iterable[str] = (), language: str = "fr"
    ) -> "Normaliser":
        """Read `fillers.toml` and `slips.toml`.

        Args:
            robot_names: may head an order.
            vocabulary: keys of the words of the grammar.
            language: ISO 639-1 code.
        """
        known = frozenset(vocabulary)
        alike: dict[str, set[str]] = {}
        for key in known:
            for near in _nearby(sound(key)):
                alike.setdefault(near, set()).add(key)
        fillers, slips = _tables(language)
        return cls(
            frozenset(fillers["anywhere"]),
            frozenset(fillers["head"]) | {keys_of(name) for name in robot_names if keys_of(name)},
            frozenset(fillers["tail"]),
            frozenset(phrase[0] for phrase in fillers["calls"]),
            slips,
            known,
            {near: frozenset(keys) for near, keys in alike.items()},
        )

    def readings(self, text: str) -> Iterator[tuple[str, tuple[Word, ...]]]:
        """The words without what means nothing, then the same with known slips mended, if there are any.

        Yields:
            "exact", "spelling" (a slip of the table) or "sound" (an unknown word), and the words.
        """
        seen: set[tuple[Word, ...]] = set()
        plain = words_of(text)
        mended = self._mend(plain)
        for rung, words in (("exact", plain), ("spelling", mended), ("sound", self._respell(mended))):
            body = self._without_tail(self._without_fillers(words))
            for reading in (body, self._without_head(body), self._without_head(self._called(body))):
                if reading and reading not in seen:
                    seen.add(reading)
                    yield rung, reading

    def _without_fillers(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        kept: list[Word] = []
        at = 0
        while at < len(words):
            length = _longest(self.anywhere, words, at)
            if not length:
                kept.append(words[at])
            at += length or 1
        return tuple(kept)

    def _without_head(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        while length := _longest(self.head, words, 0):
            words = words[length:]
        return words

    def _without_tail(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        while length := _longest_at_end(self.tail, words):
            words = words[:-length]
        return words

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

    def _respell(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """Put words of the vocabulary in the place of unknown ones that sound alike."""
        return tuple(self._nearest(word) for word in words)

    def _nearest(self, word: Word) -> Word:
        if len(word.key) < _SHORTEST_RESPELLED or word.key in self.vocabulary or word.key[0].isdigit():
            return word
        candidates = {key for near in _nearby(sound(word.key)) for key in self.alike.get(near, ())}
        if not candidates:
            return word
        ratio, best = max((SequenceMatcher(None, key, word.key).ratio(), key) for key in candidates)
        return Word(best, best) if ratio >= _LEAST_ALIKE else word


def _nearby(heard: str) -> set[str]:
    """A sound, and if it is long, what is left of it without any one of its letters."""
    if len(heard) < _LONG_SOUND:
        return {heard}
    return {heard, *(heard[:at] + heard[at + 1 :] for at in range(len(heard)))}


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
_SHORTEST_RESPELLED = 4
_LONG_SOUND = 6
_LEAST_ALIKE = 0.7


@lru_cache(maxsize=4)
def _tables(language: str) -> tuple[dict[str, list[_Phrase]], dict[_Phrase, _Phrase]]:
    folder = files("hive_mind.language") / "data" / language
    fillers = tomllib.loads((folder / "fillers.toml").read_text("utf-8"))
    slips = tomllib.loads((folder / "slips.toml").read_text("utf-8"))
    return (
        {place: [keys_of(phrase) for phrase in phrases] for place, phrases in fillers.items()},
        {keys_of(heard): keys_of(said) for heard, said in slips["slips"].items()},
    )
