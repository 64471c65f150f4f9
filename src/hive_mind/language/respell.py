"""Unknown words taken for known ones that sound alike."""

from collections.abc import Iterable
from difflib import SequenceMatcher

from hive_mind.language.phonetics import sound
from hive_mind.language.words import Word

_SHORTEST = 4
_LONG_SOUND = 6
_LEAST_ALIKE = 0.7


class Respeller:
    """Knows the words that somebody listens for; its index of sounds is made when first needed."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._known = frozenset(vocabulary)
        self._alike: dict[str, set[str]] = {}

    def respell(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """Put words of the vocabulary in the place of unknown ones that sound like them, or nearly."""
        return tuple(self._nearest(word) for word in words)

    def _nearest(self, word: Word) -> Word:
        if len(word.key) < _SHORTEST or word.key in self._known or word.key[0].isdigit():
            return word
        if not self._alike:
            for key in self._known:
                for near in _nearby(sound(key)):
                    self._alike.setdefault(near, set()).add(key)
        candidates = {key for near in _nearby(sound(word.key)) for key in self._alike.get(near, ())}
        if not candidates:
            return word
        ratio, best = max((SequenceMatcher(None, key, word.key).ratio(), key) for key in candidates)
        return Word(best, best) if ratio >= _LEAST_ALIKE else word


def _nearby(heard: str) -> set[str]:
    """A sound, and if it is long, what is left of it without any one of its letters."""
    if len(heard) < _LONG_SOUND:
        return {heard}
    return {heard, *(heard[:at] + heard[at + 1 :] for at in range(len(heard)))}
