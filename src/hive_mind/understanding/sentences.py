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

`expansion_rules` of a file are its own; those of files whose name begins with `_` are shared by all.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from hive_mind.errors import UnderstandingError
from hive_mind.language.words import fold
from hive_mind.understanding.template import Choice, Literal, Node, Sequence, parse_template

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


@dataclass(frozen=True, slots=True)
class Block:
    """What a match of a template means.

    Attributes:
        intent: None when somebody else answers.
        weak: a way to go on that is not worth waiting for.
        when: kind of question back that it answers; None: it may be said at any time.
        source: name of the file.
    """

    intent: str | None
    weak: bool
    slots: dict[str, JsonValue]
    when: str | None
    source: str


@dataclass
class SentenceSet:
    """All templates and rules of a grammar."""

    rules: dict[str, Node] = field(default_factory=dict)
    templates: list[tuple[Block, Node, Mapping[str, Node]]] = field(default_factory=list)

    def add(self, file: SentenceFile, source: str, *, shared: bool = False) -> None:
        """Add one file's rules and templates.

        Args:
            file: as read.
            source: its name, for messages.
            shared: its rules are for all files that come after.

        Raises:
            UnderstandingError: a template is malformed, or a file has sentences and no intent.
        """
        own = {name: parse_template(text) for name, text in file.expansion_rules.items()}
        if shared:
            self.rules |= own
        rules = ChainMap(own, self.rules)
        if (file.sentences or file.weak) and not file.intent:
            raise UnderstandingError("a sentence file has sentences and no intent")
        for texts, block in (
            (file.sentences, Block(file.intent, False, file.slots, file.when, source)),
            (file.weak, Block(file.intent, True, file.slots, file.when, source)),
            (file.elsewhere, Block(None, False, {}, file.when, source)),
        ):
            self.templates += [(block, parse_template(text), rules) for text in texts]


def read_sentences(folders: Iterable[Traversable | Path]) -> SentenceSet:
    """Read every `*.yaml` of these folders, in the order of their names.

    Raises:
        UnderstandingError: a file is not YAML, has a key it should not have, or a malformed template.
    """
    found = SentenceSet()
    for path in _yaml_files(folders):
        try:
            content = yaml.load(path.read_text("utf-8"), _LOADER)  # noqa: S506 - a safe loader, in C where there is one
            found.add(SentenceFile.model_validate(content or {}), path.name, shared=path.name.startswith("_"))
        except (yaml.YAMLError, ValidationError, UnderstandingError) as error:
            raise UnderstandingError(f"sentence file {path.name}: {_fault(error)}") from error
    return found


def vocabulary_of(found: SentenceSet) -> set[str]:
    """The words of all templates; of one with optional endings ("lance[r]"), the stem."""
    nodes: list[Node] = [node for _, first, rules in found.templates for node in (first, *rules.values())]
    words: set[str] = set()
    seen: set[int] = set()
    while nodes:
        node = nodes.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Literal):
            words.update(fold(node.text).split())
        elif isinstance(node, Sequence | Choice):
            nodes.extend(node.items)
    return words


def _fault(error: Exception) -> str:
    """The fault on one line."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
    return " ".join(str(error).split())


def _yaml_files(folders: Iterable[Traversable | Path]) -> Iterator[Traversable | Path]:
    for folder in folders:
        yield from sorted((p for p in folder.iterdir() if p.name.endswith(".yaml")), key=lambda p: p.name)
