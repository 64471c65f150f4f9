"""Sentence files: what people say for one intent, as data that a French speaker can extend.

One YAML file per intent:

    intent: start_timer
    sentences:            # complete orders; while one may still go on, the microphone waits
      - "[<svp>] (mets|lance) un minuteur de {duration}"
    weak:                 # complete too, but nobody is kept waiting for their last words
      - "minuteur {duration} pour {name}"
    elsewhere:            # begins like ours, is answered by somebody else
      - "quelle heure est il a {anything}"
    slots: {all: true}    # fixed slots, optional
    when: duration        # only as an answer to a question back that expects it, optional
    undo: cancel_timer    # the intent that takes it back ("annule-le"), optional
    lists:                # types of values of its own: {room}, each value with other ways of saying it
      room: {salon: [séjour], cuisine: []}
    last: true            # the sentences of this folder count only where nobody else's fit, optional

`expansion_rules` of a file are its own; those of files whose name begins with `_` are shared
by their folder, and those of the first folder (the built-in sentences) by all. `lists` are shared by
their folder; what several files say of one list is put together.
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from hive_mind.errors import UnderstandingError
from hive_mind.language.words import fold
from hive_mind.understanding.listed import ListedValues
from hive_mind.understanding.slots import SLOT_TYPES
from hive_mind.understanding.template import Choice, Literal, Node, Rule, Sequence, Slot, parse_template

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class SentenceFile(BaseModel):
    """One file, as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    intent: str | None = None
    expansion_rules: dict[str, str] = {}
    sentences: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    slots: dict[str, JsonValue] = {}
    when: str | None = None
    undo: str | None = None
    lists: dict[str, dict[str, tuple[str, ...]]] = {}
    last: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """What a match of a template means.

    Attributes:
        intent: None when somebody else answers.
        weak: a way to go on that is not worth waiting for.
        when: kind of question back that it answers; None: it may be said at any time.
        source: name of the file.
        folder: number of its folder, in the order in which they were read.
        undo: the intent that takes it back.
        last: it counts only where no sentence of another folder fits.
    """

    intent: str | None
    weak: bool
    slots: dict[str, JsonValue]
    when: str | None
    source: str
    folder: int = 0
    undo: str | None = None
    last: bool = False


@dataclass
class SentenceSet:
    """All templates and rules of a grammar.

    Attributes:
        rules: shared by all folders: those of the first.
        scoped: shared within one of the other folders.
        lasts: numbers of the folders that come last.
        lists: by the type that stands for one in templates ("room@3": that of the fourth folder).
        listing: numbers of the folders that have lists.
    """

    rules: dict[str, Node] = field(default_factory=dict)
    scoped: dict[int, dict[str, Node]] = field(default_factory=dict)
    templates: list[tuple[Block, Node, Mapping[str, Node]]] = field(default_factory=list)
    lists: dict[str, ListedValues] = field(default_factory=dict)
    lasts: set[int] = field(default_factory=set)
    listing: set[int] = field(default_factory=set)

    def add_lists(self, files: Iterable[SentenceFile], folder: int) -> None:
        """Add the lists of one folder, and whether it comes last, before its templates."""
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for file in files:
            if file.last:
                self.lasts.add(folder)
            for name, values in file.lists.items():
                # A value that stands in several files belongs to the last one.
                found[name] = {k: v for k, v in found.get(name, {}).items() if k not in values} | values
        self.lists |= {f"{name}@{folder}": ListedValues(values) for name, values in found.items()}
        if found:
            self.listing.add(folder)

    def add(self, file: SentenceFile, source: str, *, folder: int = 0, shared: bool = False) -> None:
        """Add one file's rules and templates.

        Args:
            file: as read.
            source: its name, for messages.
            folder: number of its folder.
            shared: its rules are for the other files of its folder; those of the first folder for all.

        Raises:
            UnderstandingError: a template is malformed, or a file has sentences and no intent.
        """
        own = {name: self._parsed(text, folder) for name, text in file.expansion_rules.items()}
        folders_own = self.scoped.setdefault(folder, {})
        if shared:
            (folders_own if folder else self.rules).update(own)
        rules = ChainMap(own, folders_own, self.rules)
        last = folder in self.lasts
        if (file.sentences or file.weak) and not file.intent:
            raise UnderstandingError("a sentence file has sentences and no intent")
        for texts, block in (
            (
                file.sentences,
                Block(file.intent, False, file.slots, file.when, source, folder, file.undo, last),
            ),
            (file.weak, Block(file.intent, True, file.slots, file.when, source, folder, file.undo, last)),
            (file.elsewhere, Block(None, False, {}, file.when, source, folder, None, last)),
        ):
            self.templates += [(block, self._parsed(text, folder), rules) for text in texts]

    def _parsed(self, text: str, folder: int) -> Node:
        node = _parse(text)
        return _in_folder(node, folder, self.lists) if folder in self.listing else node

    def slots_of(self, intent: str) -> dict[str, str]:
        """The slots in the templates of an intent: name to type, those of the first templates first."""
        slots: dict[str, str] = {}
        seen: set[tuple[int, int]] = set()
        for block, node, rules in self.templates:
            if block.intent == intent:
                _collect_slots(node, rules, slots, seen)
        return slots


def read_sentences(folders: Iterable[Traversable | Path]) -> SentenceSet:
    """Read every `*.yaml` of these folders, in the order of their names.

    Raises:
        UnderstandingError: a file is not YAML, has a key it should not have, or a malformed template.
    """
    found = SentenceSet()
    for number, folder in enumerate(folders):
        files: dict[str, SentenceFile] = {}
        for path in _yaml_files(folder):
            try:
                content = yaml.load(path.read_text("utf-8"), _LOADER)  # noqa: S506 - a safe loader, in C where there is one
                files[path.name] = SentenceFile.model_validate(content or {})
                _check_names(files[path.name].lists)
            except (yaml.YAMLError, ValidationError, UnderstandingError) as error:
                raise UnderstandingError(f"sentence file {path.name}: {_fault(error)}") from error
        found.add_lists(files.values(), number)
        for name, file in files.items():
            try:
                found.add(file, name, folder=number, shared=name.startswith("_"))
            except UnderstandingError as error:
                raise UnderstandingError(f"sentence file {name}: {_fault(error)}") from error
    return found


_parse = lru_cache(maxsize=4096)(parse_template)
"""The same sentences are read again for each plugin that is checked, and at each change of one."""


def _check_names(lists: Iterable[str]) -> None:
    for name in lists:
        if name in SLOT_TYPES:
            raise UnderstandingError(f"list {name!r}: {{{name}}} means something already")


def _in_folder(node: Node, folder: int, lists: Mapping[str, ListedValues]) -> Node:
    """A template whose values of the folder's own lists are known as such."""
    match node:
        case Slot(kind, name) if f"{kind}@{folder}" in lists:
            return Slot(f"{kind}@{folder}", name)
        case Sequence(items):
            return Sequence(tuple(_in_folder(item, folder, lists) for item in items))
        case Choice(items):
            return Choice(tuple(_in_folder(item, folder, lists) for item in items))
    return node


def _collect_slots(
    node: Node, rules: Mapping[str, Node], slots: dict[str, str], seen: set[tuple[int, int]]
) -> None:
    if (id(node), id(rules)) in seen:
        return
    seen.add((id(node), id(rules)))
    if isinstance(node, Slot):
        slots.setdefault(node.name, node.type)
    elif isinstance(node, Rule) and node.name in rules:
        _collect_slots(rules[node.name], rules, slots, seen)
    elif isinstance(node, Sequence | Choice):
        for item in node.items:
            _collect_slots(item, rules, slots, seen)


def vocabulary_of(found: SentenceSet) -> set[str]:
    """The words of all templates; of one with optional endings ("lance[r]"), the stem."""
    nodes: list[Node] = [first for _, first, _ in found.templates]
    for rules in {id(rules): rules for _, _, rules in found.templates}.values():
        nodes.extend(rules.values())
    words: set[str] = set()
    seen: set[int] = set()
    while nodes:
        node = nodes.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Literal):
            words.update(fold(node.text).split())
        elif isinstance(node, Slot) and node.type in found.lists:
            words.update(word for phrase in found.lists[node.type].phrases for word in fold(phrase).split())
        elif isinstance(node, Sequence | Choice):
            nodes.extend(node.items)
    return words


def _fault(error: Exception) -> str:
    """The fault on one line."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
    return " ".join(str(error).split())


def _yaml_files(folder: Traversable | Path) -> list[Traversable | Path]:
    files = [path for path in folder.iterdir() if path.name.endswith(".yaml")]
    return sorted(files, key=lambda path: path.name)
