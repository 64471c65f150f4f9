"""The grammar: which intent a sentence is, with which slots, and whether the speaker may go on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import JsonValue

from hive_mind.language.normalise import Normaliser
from hive_mind.language.words import Word
from hive_mind.understanding.network import Network
from hive_mind.understanding.sentences import Block, read_sentences
from hive_mind.understanding.slots import SLOT_TYPES

Extent: TypeAlias = Literal["closed", "extendable", "unfinished", "open"]
"""closed: complete, and nothing worth waiting for can follow; extendable: complete, but a longer sentence
begins so; unfinished: only the beginning of a sentence; open: nothing the grammar knows."""

_GUESS_COST = 0.08


@dataclass(frozen=True, slots=True)
class Match:
    """What a text was understood as.

    Attributes:
        intent: name of the intent ("start_timer").
        slots: values found ("duration_s": 600.0, "name": "pâtes").
        confidence: in (0, 1]; 1 for an exact sentence without guessed words.
        rung: how it was found: "exact", or "spelling" when a known slip of the recogniser was mended.
        extent: whether the speaker may go on.
    """

    intent: str
    slots: dict[str, JsonValue] = field(default_factory=dict)
    confidence: float = 1.0
    rung: str = "exact"
    extent: Literal["closed", "extendable", "unfinished"] = "closed"


@dataclass(frozen=True, slots=True)
class _Path:
    """One way to read the words so far."""

    slots: tuple[tuple[str, JsonValue], ...] = ()
    guessed: int = 0
    extendable: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one sequence of words is."""

    block: Block | None
    path: _Path | None
    extent: Extent


_OPEN = _Reading(None, None, "open")


class Grammar:
    """All sentences that are understood without a language model. Immutable once made; safe to share."""

    def __init__(self, folders: Iterable[Traversable | Path], robot_names: Sequence[str] = ()) -> None:
        found = read_sentences(folders)
        self._blocks = [block for block, _ in found.templates]
        self._network = Network(found.rules)
        self._starts = [self._network.add(node, i) for i, (_, node) in enumerate(found.templates)]
        self._normaliser = Normaliser.load(robot_names)

    @classmethod
    def load(cls, *extra: Path, language: str = "fr", robot_names: Sequence[str] = ()) -> "Grammar":
        """Read the built-in sentences and those of `extra` folders.

        Args:
            extra: folders with more sentence files, such as a plugin's.
            language: ISO 639-1 code; a folder of that name holds the sentences.
            robot_names: names that may stand at the head of an order ("Alison, quelle heure est-il ?").

        Raises:
            UnderstandingError: a sentence file is malformed; its name and the fault are in the message.
        """
        built_in = files("hive_mind") / "commands" / "sentences" / language
        return cls((built_in, *extra), robot_names)

    def match(self, text: str, *, expecting: str | None = None) -> Match | None:
        """Understand a text; None when it is not, from beginning to end, a sentence of the grammar.

        Args:
            text: a transcript or a typed line.
            expecting: kind of answer that an open question back waits for (`commands.interpret.expected`).
        """
        for rung, words in self._normaliser.readings(text):
            reading = self._read(words, expecting)
            if reading.path is not None and reading.block is not None:
                if reading.block.intent is None:
                    return None
                slots = {**reading.block.slots, **dict(reading.path.slots)}
                confidence = max(0.5, 1.0 - _GUESS_COST * reading.path.guessed) * (
                    1.0 if rung == "exact" else 0.9
                )
                extent: Literal["closed", "extendable"] = (
                    "closed" if reading.extent == "closed" else "extendable"
                )
                return Match(reading.block.intent, slots, round(confidence, 3), rung, extent)
        return None

    def extent_of(self, text: str, *, expecting: str | None = None) -> Extent:
        """Whether someone who has said this has finished; for the end of speech."""
        unfinished = False
        for _, words in self._normaliser.readings(text):
            reading = self._read(words, expecting)
            if reading.path is not None and reading.block is not None:
                return reading.extent if reading.block.intent is not None else "open"
            unfinished = unfinished or reading.extent == "unfinished"
        return "unfinished" if unfinished else "open"

    def _read(self, words: tuple[Word, ...], expecting: str | None) -> _Reading:
        """Walk all templates at once; at each place, keep the best path to each point."""
        size = len(words)
        if not size:
            return _OPEN
        reached: list[dict[int, _Path]] = [{} for _ in range(size + 1)]
        allowed = (None, expecting)
        starts = (s for s, block in zip(self._starts, self._blocks, strict=True) if block.when in allowed)
        reached[0] = dict.fromkeys(starts, _Path())
        begun: set[int] = set()
        for at in range(size):
            key = words[at].key
            slots_here: dict[str, tuple[tuple[JsonValue, int, int, bool], ...]] = {}
            for state, path in reached[at].items():
                point = self._network.point(state)
                for target in point.words.get(key, ()):
                    _keep(reached[at + 1], target, _Path(path.slots, path.guessed))
                for slot, target in point.slots:
                    kind = SLOT_TYPES[slot.type]
                    if slot.type not in slots_here:
                        slots_here[slot.type] = tuple(
                            (r.value, r.end, r.guessed, r.extendable) for r in kind.read(words, at)
                        )
                    for value, end, guessed, extendable in slots_here[slot.type]:
                        taken = (*path.slots, (slot.name + kind.suffix, value))
                        _keep(reached[end], target, _Path(taken, path.guessed + guessed, extendable))
                    if kind.begins(words, at):
                        begun.add(state)
        return self._verdict(reached[size], begun)

    def _verdict(self, last: Mapping[int, _Path], begun: set[int]) -> _Reading:
        best: tuple[int, int, _Path] | None = None
        going_on = set(begun)
        for state, path in last.items():
            point = self._network.point(state)
            owner = self._network.owner(state)
            if point.final and (best is None or (path.guessed, owner) < best[:2]):
                best = (path.guessed, owner, path)
            if point.words or point.slots:
                going_on.add(state)
        if best is None:
            return _Reading(None, None, "unfinished" if going_on else "open")
        block, path = self._blocks[best[1]], best[2]
        extendable = path.extendable or any(self._matters(state, block) for state in going_on)
        return _Reading(block, path, "extendable" if extendable else "closed")

    def _matters(self, state: int, block: Block) -> bool:
        """Whether going on from `state` would make it another order than `block`, or fill another slot."""
        longer = self._blocks[self._network.owner(state)]
        return not longer.weak and (
            longer.intent != block.intent or longer.slots != block.slots or self._network.slot_ahead(state)
        )


def _keep(paths: dict[int, _Path], state: int, path: _Path) -> None:
    known = paths.get(state)
    if known is None or path.guessed < known.guessed:
        paths[state] = path
