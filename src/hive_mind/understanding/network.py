"""Templates as a network of words: from each point, which words lead where.

A template is first laid out letter by letter (optional endings such as "minuteur[s]" glue inside words),
then read word by word on demand; what was read is kept. A network has no loops, so every point has
finitely many words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hive_mind.errors import UnderstandingError
from hive_mind.language.words import fold
from hive_mind.understanding.template import Choice, Literal, Node, Rule, Sequence, Slot

_MAX_DEPTH = 24


@dataclass(frozen=True, slots=True)
class Point:
    """What can follow at a word boundary.

    Attributes:
        words: next word, folded, to the points it leads to.
        spellings: the same words as the templates write them, where that is different.
        slots: values that may stand here, and the point after each.
        final: a sentence may end here.
    """

    words: Mapping[str, tuple[int, ...]]
    spellings: Mapping[str, str]
    slots: tuple[tuple[Slot, int], ...]
    final: bool


@dataclass
class Network:
    """All templates of a grammar; a point is an integer, `owners` tells whose templates it belongs to.

    Attributes:
        slot_types: names of the types of values.
        phrases: for types whose values a list names, all that may be said.
    """

    slot_types: frozenset[str]
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _arcs: list[list[tuple[str | Slot | None, int]]] = field(default_factory=list)
    _owner: list[tuple[int, ...]] = field(default_factory=list)
    _finals: set[int] = field(default_factory=set)
    _middles: dict[tuple[tuple[int, ...], str | Slot, int], int] = field(default_factory=dict)
    _points: dict[int, Point] = field(default_factory=dict)
    _slot_ahead: dict[int, bool] = field(default_factory=dict)
    _spelled: dict[tuple[str, int], int] = field(default_factory=dict)
    _ends: dict[tuple[int, ...], tuple[int, ...]] = field(default_factory=dict)
    _laid: int = 0

    def begin(self, node: Node, owners: Iterable[int], rules: Mapping[str, Node]) -> tuple[int, int]:
        """Lay out the common beginning of some templates; answer the points where it starts and ends.

        Raises:
            UnderstandingError: a rule or a slot type is unknown, or a rule refers to itself.
        """
        whose = tuple(owners)
        start, end = self._state(whose), self._state(whose)
        self._lay(node, start, end, whose, rules, 0)
        self._laid = len(self._arcs)
        return start, end

    def add(self, node: Node, owner: int, rules: Mapping[str, Node], after: int | None = None) -> int:
        """Lay out a template for `owner`; answer the point where it starts.

        Args:
            node: the template, or what comes after its beginning.
            owner: its number.
            rules: that it may name.
            after: end of its beginning, from `begin`.

        Raises:
            UnderstandingError: a rule or a slot type is unknown, or a rule refers to itself.
        """
        start, end = self._state((owner,)), self._state((owner,))
        self._lay(node, start, end, (owner,), rules, 0)
        self._finals.add(end)
        if after is not None:
            self._arcs[after].append((None, start))
        self._laid = len(self._arcs)
        return start

    def twin(self) -> "Network":
        """The same templates for another thread: what was laid out is shared, what is read is not."""
        arcs, owner = self._arcs[: self._laid], self._owner[: self._laid]
        return Network(self.slot_types, self.phrases, arcs, owner, self._finals, _laid=self._laid)

    def owners(self, point: int) -> tuple[int, ...]:
        """Whose templates this point belongs to."""
        return self._owner[point]

    def point(self, state: int) -> Point:
        """What can follow at `state`, which must be a word boundary."""
        known = self._points.get(state)
        if known is None:
            known = self._points[state] = self._read(state)
        return known

    def spelled(self, slot_type: str, after: int) -> int | None:
        """The point from which the phrases of a list lead to `after`; None for a type without a list."""
        phrases = self.phrases.get(slot_type)
        if phrases is None:
            return None
        start = self._spelled.get((slot_type, after))
        if start is None:
            owner = self._owner[after]
            start, end = self._state(owner), self._state(owner)
            self._arcs[end].append((None, after))
            self._arcs[start] += [(f"{phrase} ", end) for phrase in phrases]
            self._spelled[slot_type, after] = start
        return start

    def slot_ahead(self, state: int) -> bool:
        """Whether a value may still come after `state`."""
        known = self._slot_ahead.get(state)
        if known is None:
            known = any(
                isinstance(label, Slot) or self.slot_ahead(target) for label, target in self._arcs[state]
            )
            self._slot_ahead[state] = known
        return known

    def _state(self, owner: tuple[int, ...]) -> int:
        self._arcs.append([])
        self._owner.append(owner)
        return len(self._arcs) - 1

    def _lay(
        self,
        node: Node,
        start: int,
        end: int,
        owner: tuple[int, ...],
        rules: Mapping[str, Node],
        depth: int,
    ) -> None:
        if depth > _MAX_DEPTH:
            raise UnderstandingError("an expansion rule refers to itself")
        match node:
            case Literal(text):
                self._arcs[start].append((text, end))
            case Slot():
                if node.type not in self.slot_types:
                    raise UnderstandingError(f"unknown slot type {{{node.type}}}")
                self._arcs[start].append((node, end))
            case Rule(name):
                if name not in rules:
                    raise UnderstandingError(f"unknown expansion rule <{name}>")
                self._lay(rules[name], start, end, owner, rules, depth + 1)
            case Choice(items):
                for item in items:
                    self._lay(item, start, end, owner, rules, depth)
            case Sequence(items):
                at = start
                for item in items[:-1]:
                    after = self._state(owner)
                    self._lay(item, at, after, owner, rules, depth)
                    at = after
                if items:
                    self._lay(items[-1], at, end, owner, rules, depth)
                else:
                    self._arcs[at].append((None, end))

    def _read(self, state: int) -> Point:
        words: dict[str, dict[int, None]] = {}
        slots: list[tuple[Slot, int]] = []
        final = False
        seen: set[tuple[int, str]] = set()
        stack: list[tuple[int, str]] = [(state, "")]
        while stack:
            at, prefix = stack.pop()
            if (at, prefix) in seen:
                continue
            seen.add((at, prefix))
            if at in self._finals:
                if prefix:
                    words.setdefault(prefix, {})[at] = None
                else:
                    final = True
            # The last one pushed is read first: what is written first in a template, without its options.
            arcs = list(reversed(self._arcs[at]))
            for label, target in sorted(arcs, key=lambda arc: arc[0] is None):
                if label is None:
                    stack.append((target, prefix))
                elif isinstance(label, Slot):
                    if prefix:
                        words.setdefault(prefix, {})[self._between(at, label, target)] = None
                    else:
                        slots.append((label, target))
                else:
                    self._follow(label, target, at, prefix, words, stack)
        folded: dict[str, dict[int, None]] = {}
        spellings: dict[str, str] = {}
        for word, targets in words.items():
            key = fold(word)
            folded.setdefault(key, {}).update(targets)
            if key != word:
                spellings[key] = word
        ends = {key: self._shared(tuple(targets)) for key, targets in folded.items()}
        return Point(ends, spellings, tuple(slots), final)

    def _shared(self, ends: tuple[int, ...]) -> tuple[int, ...]:
        """Ends of words that are the same at several points are kept once."""
        return self._ends.setdefault(ends, ends)

    def _follow(
        self,
        label: str,
        target: int,
        at: int,
        prefix: str,
        words: dict[str, dict[int, None]],
        stack: list[tuple[int, str]],
    ) -> None:
        """Take a run of letters and spaces: a space after letters ends a word."""
        text = label if prefix else label.lstrip(" ")
        head, space, rest = text.partition(" ")
        if not space:
            stack.append((target, prefix + head))
            return
        words.setdefault(prefix + head, {})[self._between(at, rest, target)] = None

    def _between(self, at: int, label: str | Slot, target: int) -> int:
        """The point in the middle of an arc, before `label`; the same one for the same way on."""
        if label == "":
            return target
        key = (self._owner[at], label, target)
        middle = self._middles.get(key)
        if middle is None:
            middle = self._middles[key] = self._state(self._owner[at])
            self._arcs[middle].append((label, target))
        return middle
