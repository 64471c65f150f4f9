"""A transcript's words that matter: no wake phrase, no "euh", no "s'il te plaît", known slips mended."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files

from hive_mind.language.phrases import Phrase, PhraseSet
from hive_mind.language.respell import Respeller
from hive_mind.language.words import Word, keys_of, words_of

_MOST_RECENT = 16


class Normaliser:
    """Makes the readings of a transcript that are worth matching, from `fillers.toml` and `slips.toml`.

    Args:
        robot_names: may head or end an order.
        vocabulary: keys of the words that somebody listens for; an unknown word that sounds like one of them,
            or nearly, is taken for it.
        language: ISO 639-1 code.
    """

    def __init__(
        self, robot_names: Sequence[str] = (), vocabulary: Iterable[str] = (), language: str = "fr"
    ) -> None:
        fillers, self._slips = _tables(language)
        self._anywhere = PhraseSet(fillers["anywhere"])
        self._head = PhraseSet([*fillers["head"], *map(keys_of, robot_names)])
        self._tail = PhraseSet([*fillers["tail"], *map(keys_of, robot_names)])
        self._calls = PhraseSet(fillers["calls"])
        self._slip_heads = PhraseSet(self._slips)
        self._open = frozenset(key for phrase in fillers["open"] for key in phrase)
        self._vocabulary = frozenset(vocabulary)
        self._respeller = Respeller(self._vocabulary)
        self._exact: dict[str, tuple[tuple[Word, ...], ...]] = {}

    def readings(self, text: str) -> Iterator[tuple[str, tuple[Word, ...]]]:
        """The words without what means nothing, ever fewer, then the same with slips mended.

        What may mean something at an end ("vite") is left out last.

        Yields:
            "exact", "spelling" (a slip of the table) or "sound" (an unknown word), and the words; none twice.
        """
        seen: set[tuple[Word, ...]] = set()
        for rung, words in self._spellings(words_of(text)):
            for reading in self._shortened(words):
                if reading not in seen:
                    seen.add(reading)
                    yield rung, reading

    def exact_readings(self, text: str) -> tuple[tuple[Word, ...], ...]:
        """Those that `readings` calls exact; of the last texts they are kept."""
        known = self._exact.get(text)
        if known is None:
            while len(self._exact) >= _MOST_RECENT:
                del self._exact[next(iter(self._exact))]
            known = self._exact[text] = tuple(dict.fromkeys(self._shortened(words_of(text))))
        return known

    def _shortened(self, words: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
        """Words without what means nothing, ever fewer; some come twice."""
        body = self._without_fillers(words) or words
        readings = [body, self._without_head(body)]
        while (shorter := self._without_tail(body)) != body:
            body = shorter
            readings += [body, self._without_head(body)]
        readings.append(self._without_head(self._without_call(body)))
        return filter(None, readings)

    def _spellings(self, words: tuple[Word, ...]) -> Iterator[tuple[str, tuple[Word, ...]]]:
        yield "exact", words
        mended = self._mend(words)
        yield "spelling", mended
        yield "sound", self._respeller.respell(mended)

    def _without_fillers(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        kept: list[Word] = []
        place = 0
        while place < len(words):
            filler = self._anywhere.at(words, place)
            if not filler:
                kept.append(words[place])
            place += len(filler) or 1
        return tuple(kept)

    def _without_head(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        while (phrase := self._head.at(words, 0)) and len(phrase) < len(words):
            words = words[len(phrase) :]
        return words

    def _without_tail(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """Without the last phrase that means nothing; "et merci" stays."""
        phrase = self._tail.at_end(words)
        rest = words[: -len(phrase)] if phrase else words
        return rest if rest and rest[-1].key not in self._open else words

    def _without_call(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """Without "hey X" at the head, whatever unknown word X is."""
        call = self._calls.at(words, 0)
        rest = words[len(call) :] if call else ()
        return rest[1:] if rest and rest[0].key not in self._vocabulary else words

    def _mend(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        mended: list[Word] = []
        place = 0
        while place < len(words):
            slip = self._slip_heads.at(words, place)
            mended.extend(Word(key, key) for key in self._slips[slip]) if slip else mended.append(
                words[place]
            )
            place += len(slip) or 1
        return tuple(mended)


@lru_cache(maxsize=4)
def _tables(language: str) -> tuple[dict[str, list[Phrase]], dict[Phrase, Phrase]]:
    folder = files("hive_mind.language") / "data" / language
    fillers = tomllib.loads((folder / "fillers.toml").read_text("utf-8"))
    slips = tomllib.loads((folder / "slips.toml").read_text("utf-8"))
    return (
        {place: [keys_of(phrase) for phrase in phrases] for place, phrases in fillers.items()},
        {keys_of(heard): keys_of(said) for heard, said in slips["slips"].items()},
    )
