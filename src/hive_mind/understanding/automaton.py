"""All templates walked at once: a place is a set of points of the network, and what follows it is kept.

Templates share their beginnings ("est-ce que tu peux me …"), so that hundreds of points are reached by the
same words. Taken together as one place, they cost one look-up a word; a step is worked out when it is first
needed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from hive_mind.understanding.network import Network
from hive_mind.understanding.sentences import Block
from hive_mind.understanding.template import Slot

MOST_PLACES = 20_000
"""Places kept; beyond that, all are forgotten and worked out anew."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value that may stand at a place.

    Attributes:
        slot: its type and name.
        after: the place after it.
        strong: somebody waits for it; false when it only comes in weak sentences.
    """

    slot: Slot
    after: "Place"
    strong: bool


@dataclass(frozen=True, slots=True)
class Ahead:
    """A way in which a sentence may go on.

    Attributes:
        block: number of what the longer sentence means.
        slot: whether a value is still to come.
    """

    block: int
    slot: bool


@dataclass(slots=True, eq=False)
class Place:
    """Where all templates may be after some words.

    Attributes:
        points: of the network.
        finals: the first template that may end here, by its number; when somebody else answers it, the first
            one of anybody else's too. Empty when none may.
        values: values that may stand here; None before they were needed.
        ahead: ways to go on; None before they were needed.
    """

    points: tuple[int, ...]
    finals: tuple[int, ...]
    values: tuple[Value, ...] | None = None
    ahead: frozenset[Ahead] | None = None
    words: dict[str, "Place | None"] = field(default_factory=dict)


class Automaton:
    """See above.

    Args:
        network: with all templates laid out.
        blocks: what each template means, by its number.
        starts: where the templates start.
    """

    def __init__(self, network: Network, blocks: Sequence[Block], starts: Sequence[int]) -> None:
        self._network = network
        self._blocks = blocks
        self._starts = starts
        self._places: dict[tuple[int, ...], Place] = {}
        self._first: dict[str | None, Place] = {}
        self._first_words: dict[Place, Mapping[str, list[int]]] = {}

    def start(self, expecting: str | None) -> Place:
        """Before the first word, with the answers to an open question if there is one."""
        if len(self._places) > MOST_PLACES:
            self._places.clear()
            self._first.clear()
            self._first_words.clear()
        place = self._first.get(expecting)
        if place is None:
            allowed = (None, expecting)
            points = [p for p in self._starts if self._blocks[self._network.owners(p)[0]].when in allowed]
            place = self._first[expecting] = self._place(points)
            words: dict[str, list[int]] = {}
            for point in points:
                for word, targets in self._network.point(point).words.items():
                    words.setdefault(word, []).extend(targets)
            self._first_words[place] = words
        return place

    def step(self, place: Place, word: str) -> Place | None:
        """The place after one more word; None when no template goes on so."""
        if word in place.words:
            return place.words[word]
        index = self._first_words.get(place)
        targets: Iterable[int]
        if index is not None:
            targets = index.get(word, ())
        else:
            point = self._network.point
            targets = [t for p in place.points for t in point(p).words.get(word, ())]
        found = place.words[word] = self._place(targets) if targets else None
        return found

    def values(self, place: Place) -> tuple[Value, ...]:
        """The values that may stand at a place."""
        if place.values is None:
            targets: dict[Slot, list[int]] = {}
            strong: set[Slot] = set()
            for point in place.points:
                for slot, target in self._network.point(point).slots:
                    targets.setdefault(slot, []).append(target)
                    if any(not self._blocks[owner].weak for owner in self._network.owners(point)):
                        strong.add(slot)
            place.values = tuple(
                Value(slot, self._place(points), slot in strong) for slot, points in targets.items()
            )
        return place.values

    def ahead(self, place: Place) -> frozenset[Ahead]:
        """The ways in which a sentence may go on from a place."""
        if place.ahead is None:
            network = self._network
            going_on = (p for p in place.points if network.point(p).words or network.point(p).slots)
            place.ahead = frozenset(
                Ahead(owner, network.slot_ahead(p)) for p in going_on for owner in network.owners(p)
            )
        return place.ahead

    def _place(self, points: Iterable[int]) -> Place:
        key = tuple(sorted(set(points)))
        place = self._places.get(key)
        if place is None:
            ends = [p for p in key if self._network.point(p).final]
            finals = sorted({self._network.owners(p)[0] for p in ends})
            place = self._places[key] = Place(key, self._worth_keeping(finals))
        return place

    def _worth_keeping(self, finals: Sequence[int]) -> tuple[int, ...]:
        if not finals or self._blocks[finals[0]].intent is not None:
            return tuple(finals[:1])
        home = self._blocks[finals[0]].folder
        theirs = (f for f in finals if self._blocks[f].intent is not None and self._blocks[f].folder != home)
        return (finals[0], *islice(theirs, 1))
