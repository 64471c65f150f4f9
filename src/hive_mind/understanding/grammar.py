"""The grammar: which intent a sentence is, with which slots, and whether the speaker may go on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import JsonValue

from hive_mind.language.durations import UNIT_WORDS
from hive_mind.language.normalise import Normaliser
from hive_mind.language.numbers import NUMBER_WORDS
from hive_mind.language.words import Word, keys_of
from hive_mind.understanding import places
from hive_mind.understanding.automaton import Ahead, Automaton, Place
from hive_mind.understanding.layout import lay_out
from hive_mind.understanding.network import Network
from hive_mind.understanding.openings import openings
from hive_mind.understanding.sentences import Block, SentenceSet, read_sentences, vocabulary_of
from hive_mind.understanding.slots import SLOT_TYPES, SlotRead, SlotType

Extent: TypeAlias = Literal["closed", "extendable", "unfinished", "open"]
"""closed: complete, and nothing worth waiting for can follow; extendable: complete, but a longer sentence
begins so; unfinished: only the beginning of a sentence; open: nothing the grammar knows."""

_GUESS_COST = 0.08
_MOST_RECENT = 16
_TRUST = {"exact": 1.0, "spelling": 0.9, "sound": 0.85}


@dataclass(frozen=True, slots=True)
class Match:
    """What a text was understood as.

    Attributes:
        intent: name of the intent ("start_timer").
        slots: values found ("duration_s": 600.0, "name": "pâtes").
        confidence: in (0, 1]; 1 for an exact sentence without guessed words.
        rung: how it was found: "exact"; "spelling" when a known slip of the recogniser was mended; "sound"
            when an unknown word was taken for one of the grammar that sounds alike; "context" when it leans
            on what was said before (`understanding.talk`).
        extent: whether the speaker may go on.
        replaces: the order that this one corrects ("non, j'ai dit quinze"), to be undone first.
        confirmed: the speaker has said yes to it.
        text: the part of the utterance that it was read from, when there were several.
    """

    intent: str
    slots: dict[str, JsonValue] = field(default_factory=dict)
    confidence: float = 1.0
    rung: str = "exact"
    extent: Literal["closed", "extendable", "unfinished"] = "closed"
    replaces: "Match | None" = None
    confirmed: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Path:
    """One way to read the words so far."""

    slots: tuple[tuple[str, JsonValue], ...] = ()
    guessed: int = 0
    extendable: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """A sentence that a sequence of words is."""

    block: Block
    path: _Path
    extent: Literal["closed", "extendable"]


@dataclass(frozen=True, slots=True)
class _Found:
    """A reading, and how far to trust it."""

    reading: _Reading
    rung: str
    confidence: float


_Beginning: TypeAlias = Literal["unfinished", "open"]


class Grammar:
    """All sentences that are understood without a language model.

    What it has read of its templates it keeps, so one thread at a time may use it.

    Args:
        folders: of sentence files, or what was read of them.
        robot_names: names that may stand at the head of an order.
        laid_out: the same templates in a network, and where they start there; laid out anew by default.
    """

    def __init__(
        self,
        folders: Iterable[Traversable | Path] | SentenceSet,
        robot_names: Sequence[str] = (),
        laid_out: tuple[Network, Sequence[int]] | None = None,
    ) -> None:
        found = folders if isinstance(folders, SentenceSet) else read_sentences(folders)
        self._found = found
        self._robot_names = robot_names
        self._slots: dict[str, dict[str, str]] = {}
        self._siblings: dict[str, list[str]] = {}
        self._blocks = [block for block, _, _ in found.templates]
        listed = {name: values.slot_type() for name, values in found.lists.items()}
        self._slot_types = {**SLOT_TYPES, **listed}
        phrases = {name: values.phrases for name, values in found.lists.items()}
        if laid_out is None:
            network = Network(frozenset(self._slot_types), phrases)
            laid_out = network, lay_out(found, network)
        self._network, self._starts = laid_out
        self._automaton = Automaton(self._network, self._blocks, self._starts)
        self._recent: dict[tuple[str, str | None], tuple[_Found | None, bool]] = {}
        self._vocabulary = vocabulary_of(found) | NUMBER_WORDS | UNIT_WORDS
        self._normaliser = Normaliser(robot_names, self._vocabulary)

    @classmethod
    def load(
        cls, *extra: Path | Traversable, language: str = "fr", robot_names: Sequence[str] = ()
    ) -> "Grammar":
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

    @property
    def robot_names(self) -> tuple[str, ...]:
        """Names that may stand at the head of an order."""
        return tuple(self._robot_names)

    def warm(self) -> None:
        """Work out the beginnings of most utterances now, rather than when the first ones are said."""
        for opening in openings():
            self._surest(opening, None)

    def twin(self) -> "Grammar":
        """Another grammar of the same sentences, for another thread; what was laid out is shared."""
        return Grammar(self._found, self._robot_names, (self._network.twin(), self._starts))

    def match(self, text: str, *, expecting: str | None = None) -> Match | None:
        """Understand a text; None when it is not, from beginning to end, a sentence of the grammar.

        Args:
            text: a transcript or a typed line.
            expecting: kind of answer that an open question back waits for (`commands.interpret.expected`).
        """
        best, _ = self._best(text, expecting)
        block = best.reading.block if best is not None else None
        if best is None or block is None or block.intent is None:
            return None
        slots = {**block.slots, **self._placed(block.intent, best.reading.path.slots)}
        return Match(block.intent, slots, best.confidence, best.rung, best.reading.extent)

    def extent_of(self, text: str, *, expecting: str | None = None) -> Extent:
        """Whether someone who has said this has finished; for the end of speech."""
        best, unfinished = self._best(text, expecting)
        if best is not None and best.reading.block.intent is not None:
            return best.reading.extent
        return "unfinished" if unfinished and best is None else "open"

    def knows(self, words: Iterable[str]) -> bool:
        """Whether its sentences are made of these words, given as keys."""
        return self._vocabulary.issuperset(words)

    @property
    def network(self) -> Network:
        """All templates as one network of words."""
        return self._network

    def entries(self, expecting: str | None = None) -> tuple[int, ...]:
        """The points where a sentence may begin; `expecting` as for `match`."""
        return self._automaton.start(expecting).points

    def readings(self, text: str) -> Iterator[tuple[str, tuple[Word, ...]]]:
        """A text's words without what means nothing, then with slips mended; see `Normaliser.readings`."""
        return self._normaliser.readings(text)

    def exact_readings(self, text: str) -> tuple[tuple[Word, ...], ...]:
        """A text's words without what means nothing; see `Normaliser.exact_readings`."""
        return self._normaliser.exact_readings(text)

    @property
    def slot_types(self) -> Mapping[str, SlotType]:
        """How each type of value is read: those that everybody has, and those that lists name."""
        return self._slot_types

    def slots_of(self, intent: str) -> Mapping[str, str]:
        """The slots that the sentences of an intent may fill: name to type."""
        known = self._slots.get(intent)
        if known is None:
            known = self._slots[intent] = self._found.slots_of(intent)
        return known

    def words_of(self, intent: str) -> frozenset[str]:
        """The words that the sentences of an intent are made of, as keys; of optional endings, the stem."""
        mine = [t for t in self._found.templates if t[0].intent == intent]
        own = SentenceSet(templates=mine, lists=self._found.lists)
        return frozenset(key for text in vocabulary_of(own) for key in keys_of(text))

    def undo_of(self, intent: str) -> str | None:
        """The intent that takes back an order of this one, as its sentence file says (`undo`)."""
        return next((b.undo for b in self._blocks if b.intent == intent and b.undo), None)

    def siblings(self, intent: str) -> list[str]:
        """The intents whose sentences lie in the same folder, without itself."""
        known = self._siblings.get(intent)
        if known is None:
            known = self._siblings[intent] = self._of_the_same_folder(intent)
        return known

    def _of_the_same_folder(self, intent: str) -> list[str]:
        homes = {block.folder for block in self._blocks if block.intent == intent}
        found = dict.fromkeys(b.intent for b in self._blocks if b.folder in homes and b.when is None)
        return [name for name in found if name is not None and name != intent]

    def doubts(self, match: Match) -> bool:
        """Whether a place in it is neither known nor written like a name: it was probably misheard."""
        types = self.slots_of(match.intent)
        return any(
            isinstance(value, str) and value.islower() and not places.is_known(keys_of(value))
            for name, value in match.slots.items()
            if types.get(name) == "place"
        )

    def _placed(self, intent: str, slots: Iterable[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
        """The slots, where a place that nobody knows and that sounds like a known one is taken for that."""
        types = self.slots_of(intent)
        return {
            name: places.taken_for(value) if types.get(name) == "place" and isinstance(value, str) else value
            for name, value in slots
        }

    def _best(self, text: str, expecting: str | None) -> tuple[_Found | None, bool]:
        """The surest reading of a text; and whether any reading of it is the beginning of a sentence.

        The last few answers are kept: one utterance is asked about several times.
        """
        key = (text, expecting)
        if key not in self._recent:
            while len(self._recent) >= _MOST_RECENT:
                del self._recent[next(iter(self._recent))]
            self._recent[key] = self._surest(text, expecting)
        return self._recent[key]

    def _surest(self, text: str, expecting: str | None) -> tuple[_Found | None, bool]:
        best: _Found | None = None
        unfinished = False
        for rung, words in self._normaliser.readings(text):
            reading = self._read(words, expecting)
            if isinstance(reading, _Reading):
                confidence = round(max(0.5, 1.0 - _GUESS_COST * reading.path.guessed) * _TRUST[rung], 3)
                # Of equals the shorter reading: "à Bruxelles merci" is Brussels.
                if best is None or confidence >= best.confidence:
                    best = _Found(reading, rung, confidence)
                if not reading.path.guessed:
                    break
            unfinished = unfinished or reading == "unfinished"
        return best, unfinished

    def _read(self, words: tuple[Word, ...], expecting: str | None) -> _Reading | _Beginning:
        """Walk all templates at once; at each word, keep the best path to each place."""
        size = len(words)
        if not size:
            return "open"
        automaton = self._automaton
        reached: list[dict[Place, _Path]] = [{} for _ in range(size + 1)]
        reached[0][automaton.start(expecting)] = _Path()
        begun: set[bool] = set()
        for at in range(size):
            here: dict[str, tuple[list[SlotRead], bool]] = {}
            for place, path in reached[at].items():
                after = automaton.step(place, words[at].key)
                if after is not None:
                    _keep(reached[at + 1], after, _Path(path.slots, path.guessed))
                for value in automaton.values(place):
                    kind = self._slot_types[value.slot.type]
                    if value.slot.type not in here:
                        here[value.slot.type] = kind.read(words, at), kind.begins(words, at)
                    reads, begins = here[value.slot.type]
                    for read in reads:
                        taken = (*path.slots, (value.slot.name + kind.suffix, read.value))
                        now = _Path(taken, path.guessed + read.guessed, read.extendable)
                        _keep(reached[read.end], value.after, now)
                    if begins:
                        begun.add(value.strong)
        return self._verdict(reached[size], begun)

    def _verdict(self, last: Mapping[Place, _Path], begun: set[bool]) -> _Reading | _Beginning:
        """What the whole text is.

        A sentence that a folder leaves to somebody else is that of whoever else has it.

        Args:
            last: the places after the last word.
            begun: whether a value was begun and not ended: True for one worth waiting for.
        """
        ends = [(path.guessed, final, path) for place, path in last.items() for final in place.finals]
        if not ends:
            return "unfinished" if begun or any(map(self._automaton.ahead, last)) else "open"
        guessed, final, path = min(ends, key=self._order)
        block = self._blocks[final]
        if block.intent is None:
            theirs = [e for e in ends if e[0] == guessed and self._answers(e[1], instead_of=block)]
            if theirs:
                _, final, path = min(theirs, key=self._order)
                block = self._blocks[final]
        extendable = (
            path.extendable
            or True in begun
            or any(self._matters(ahead, block) for place in last for ahead in self._automaton.ahead(place))
        )
        return _Reading(block, path, "extendable" if extendable else "closed")

    def _order(self, end: tuple[int, int, _Path]) -> tuple[bool, int, int]:
        return self._blocks[end[1]].last, end[0], end[1]

    def _answers(self, final: int, *, instead_of: Block) -> bool:
        block = self._blocks[final]
        return block.intent is not None and block.folder != instead_of.folder

    def _matters(self, ahead: Ahead, block: Block) -> bool:
        """Whether going on so would make it another order than `block`, or fill another slot."""
        longer = self._blocks[ahead.block]
        return not longer.weak and (
            longer.intent != block.intent or longer.slots != block.slots or ahead.slot
        )


def _keep(paths: dict[Place, _Path], place: Place, path: _Path) -> None:
    known = paths.get(place)
    if known is None or path.guessed < known.guessed:
        paths[place] = path
