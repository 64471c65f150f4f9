"""Sets of short phrases, found quickly at a place in words."""

from collections.abc import Iterable, Sequence

from hive_mind.language.words import Word

Phrase = tuple[str, ...]
"""Keys of a few words."""


class PhraseSet:
    """Phrases by their first word, and by their last."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_first: dict[str, list[Phrase]] = {}
        self._by_last: dict[str, list[Phrase]] = {}
        for phrase in sorted({phrase for phrase in phrases if phrase}, key=len, reverse=True):
            self._by_first.setdefault(phrase[0], []).append(phrase)
            self._by_last.setdefault(phrase[-1], []).append(phrase)

    def at(self, words: Sequence[Word], place: int) -> Phrase:
        """The longest phrase that starts at `place`; empty when none does."""
        for phrase in self._by_first.get(words[place].key, ()) if place < len(words) else ():
            if tuple(word.key for word in words[place : place + len(phrase)]) == phrase:
                return phrase
        return ()

    def at_end(self, words: Sequence[Word]) -> Phrase:
        """The longest phrase that ends the words; empty when none does."""
        for phrase in self._by_last.get(words[-1].key, ()) if words else ():
            if tuple(word.key for word in words[-len(phrase) :]) == phrase:
                return phrase
        return ()
