"""Walks a grammar along sounds that were heard, forgiving what sounds nearly the same.

A token is a point of the grammar and a place in the sounds; words are weighed against whatever sounds stand
there, wherever the recogniser put its spaces ("diminute" is "dix minutes", "Anne-Uli" is "annuler").
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from hive_mind.language.alikeness import missing, weight
from hive_mind.language.pronunciation import sounds_of
from hive_mind.language.sound_index import Ends
from hive_mind.language.words import Word, fold, words_of
from hive_mind.understanding import places
from hive_mind.understanding.slots import SLOT_TYPES
from hive_mind.understanding.sound_network import SoundNetwork, value_state

REACH = 0.34
"""Walks are given up that cost more than this share of what was heard."""

LEAST_REACH = 1.0
BEAM = 1.6
"""At each place, tokens that cost so much more than the best one are dropped."""

TOKENS = 80
"""Most tokens followed at one place."""

_TAKEN_SHARE = 0.25
"""Words that nobody knows, taken as they were heard (a name), cost this share of their weight."""

Trail: TypeAlias = "tuple[Trail, str] | None"
"""The words so far, the newest first."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Words as sounds.

    Attributes:
        words: as transcribed, numbers in letters.
        sounds: of all of them, one after the other.
        starts: place of each word's first sound, and the end.
        left: weight of the sounds from each place on.
    """

    words: tuple[Word, ...]
    sounds: str
    starts: tuple[int, ...]
    left: tuple[float, ...]


class Taken(str):
    """Words of a value that anything may be, as they were heard."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Walk:
    """A sentence of the grammar.

    Attributes:
        words: with their accents.
        cost: of taking what was heard for it, as `alikeness` counts.
    """

    words: tuple[str, ...]
    cost: float

    @property
    def free(self) -> float:
        """Weight of what was taken as it was heard, and so proves nothing."""
        return _weight(word for word in self.words if isinstance(word, Taken))


@dataclass(frozen=True, slots=True)
class _Value:
    """A value being heard: its type, its words so far, and the point after it."""

    type: str
    keys: tuple[str, ...]
    after: int


_Place: TypeAlias = tuple[int, tuple[tuple[str, ...], ...], "_Value | None"]


def heard_as(words: tuple[Word, ...]) -> Heard:
    """The sounds of words."""
    pieces = [sounds_of(word.surface) for word in words]
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    sounds = "".join(pieces)
    left = [0.0]
    for sound in reversed(sounds):
        left.append(left[-1] + missing(sound))
    return Heard(words, sounds, tuple(starts), tuple(reversed(left)))


def walk(network: SoundNetwork, entry: int, heard: Heard) -> list[Walk]:
    """Sentences that what was heard may have been, the nearest first."""
    return _Walker(network, heard).run(entry)


class _Walker:
    def __init__(self, network: SoundNetwork, heard: Heard) -> None:
        self._network = network
        self._heard = heard
        self._reach = max(LEAST_REACH, REACH * heard.left[0])
        self._tokens: list[dict[_Place, tuple[float, Trail]]] = [{} for _ in range(len(heard.sounds) + 1)]
        self._found: dict[tuple[str, ...], float] = {}
        self._keys = frozenset(word.key for word in heard.words)
        self._word_at = {start: number for number, start in enumerate(heard.starts[:-1])}

    def run(self, entry: int) -> list[Walk]:
        self._tokens[0][(entry, (), None)] = (0.0, None)
        for at in range(len(self._tokens)):
            self._go_on_from(at)
        ranked = sorted(self._found.items(), key=lambda item: (item[1], item[0]))
        return [Walk(words, cost) for words, cost in ranked]

    def _go_on_from(self, at: int) -> None:
        """Follow the tokens at one place, the cheapest first; words of no sound keep others there."""
        here = self._tokens[at]
        order = count()
        queue = [(cost, next(order), place) for place, (cost, _) in here.items()]
        heapq.heapify(queue)
        done: set[_Place] = set()
        limit = self._reach
        while queue and len(done) < TOKENS:
            cost, _, place = heapq.heappop(queue)
            if place in done:
                continue
            if not done:
                limit = min(limit, cost + BEAM)
            if cost > limit:
                break
            done.add(place)
            trail = here[place][1]
            for next_place, end, more, word in self._steps(place, at, limit - cost):
                if self._enter(end, next_place, cost + more, (trail, word)) and end == at:
                    heapq.heappush(queue, (cost + more, next(order), next_place))
            self._note_end(place, at, cost, trail)
        here.clear()

    def _enter(self, at: int, place: _Place, cost: float, trail: Trail) -> bool:
        known = self._tokens[at].get(place)
        if cost > self._reach or (known is not None and known[0] <= cost):
            return False
        self._tokens[at][place] = (cost, trail)
        return True

    def _steps(self, place: _Place, at: int, most: float) -> Iterator[tuple[_Place, int, float, str]]:
        number, values, value = place
        if value is not None:
            yield from self._more_of(value, values, at, most)
            if not value_state(value.type, value.keys)[1]:
                return
            number, values = value.after, (*values, value.keys)
        point = self._network.point(number)
        near = self._near(at)
        for sounds in point.words.keys() & near.keys():
            for texts, target in point.words[sounds]:
                for end, cost in near[sounds]:
                    if cost <= most:
                        yield (target, values, None), at + end, cost, self._as_written(texts)
        for kind, target in point.slots:
            if self._network.lexicon(kind):
                yield from self._more_of(_Value(kind, (), target), values, at, most)
            else:
                if kind == "place" and (at in self._word_at or at - 1 in self._word_at):
                    yield from self._known_places(target, values, at, most)
                if at in self._word_at:
                    yield from self._as_heard(kind, target, values, at)

    def _more_of(
        self, value: _Value, values: tuple[tuple[str, ...], ...], at: int, most: float
    ) -> Iterator[tuple[_Place, int, float, str]]:
        lexicon = self._network.lexicon(value.type)
        near = self._near(at)
        for sounds in lexicon.keys() & near.keys():
            ends = [(at + end, cost) for end, cost in near[sounds] if cost <= most]
            for word in lexicon[sounds] if ends else ():
                keys = (*value.keys, fold(word))
                if value_state(value.type, keys)[0]:
                    for end, cost in ends:
                        yield (-1, values, _Value(value.type, keys, value.after)), end, cost, word
                    break

    def _known_places(
        self, target: int, values: tuple[tuple[str, ...], ...], at: int, most: float
    ) -> Iterator[tuple[_Place, int, float, str]]:
        """Places where a word begins, or after its first sound: "Apari" is "à Paris"."""
        for name, ends in places.near(self._heard.sounds[at:]).items():
            for end, cost in ends:
                if cost <= most:
                    yield (target, (*values, (name,)), None), at + end, cost, name

    def _as_written(self, texts: tuple[str, ...]) -> str:
        """Of the ways to write a word, the one that was heard."""
        if len(texts) == 1:
            return texts[0]
        return next((text for text in texts if fold(text) in self._keys), texts[0])

    def _near(self, at: int) -> Mapping[int, Ends]:
        """The words that what begins here may be; asked anew when the network has learnt new ones."""
        return self._network.index.ends(self._heard.sounds[at:])

    def _as_heard(
        self, kind: str, target: int, values: tuple[tuple[str, ...], ...], at: int
    ) -> Iterator[tuple[_Place, int, float, str]]:
        first = self._word_at[at]
        for read in SLOT_TYPES[kind].read(self._heard.words, first):
            taken = self._heard.words[first : read.end]
            end = self._heard.starts[read.end]
            share_ = _TAKEN_SHARE if read.guessed else 0.0
            cost = share_ * (self._heard.left[at] - self._heard.left[end])
            keys = tuple(word.key for word in taken)
            text = " ".join(word.surface for word in taken)
            yield (target, (*values, keys), None), end, cost, Taken(text) if read.guessed else text

    def _note_end(self, place: _Place, at: int, cost: float, trail: Trail) -> None:
        """A sentence may end here; what is left of the sounds was not meant."""
        number, _, value = place
        if value is not None:
            if not value_state(value.type, value.keys)[1]:
                return
            number = value.after
        total = cost + self._heard.left[at]
        if total > self._reach or not self._network.point(number).final:
            return
        words: list[str] = []
        while trail is not None:
            trail, word = trail
            words.append(word)
        key = tuple(reversed(words))
        self._found[key] = min(total, self._found.get(key, total))


def share(walk_: Walk, heard: Heard) -> float:
    """The cost of a walk as a share of what it may be judged by, 0 to 1.

    That is the heavier of what was heard and what it is taken for, without words taken as they were heard.
    """
    free = walk_.free
    whole = max(_weight(walk_.words), heard.left[0]) - free
    return min(1.0, walk_.cost / whole) if whole > 0 else 1.0


def _weight(texts: Iterable[str]) -> float:
    return sum(weight(sounds_of(word.surface)) for text in texts for word in words_of(text))
