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

Files whose name begins with `_` hold `expansion_rules`, shared by all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from hive_mind.errors import UnderstandingError
from hive_mind.understanding.template import Node, parse_template

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
    """Where a template comes from and what a match of it means.

    Attributes:
        intent: None when somebody else answers.
        weak: a way to go on that is not worth waiting for.
        when: kind of question back that it answers; None: it may be said at any time.
    """

    intent: str | None
    weak: bool
    slots: dict[str, JsonValue]
    when: str | None = None


@dataclass
class SentenceSet:
    """All templates and rules of a grammar."""

    rules: dict[str, Node] = field(default_factory=dict)
    templates: list[tuple[Block, Node]] = field(default_factory=list)

    def add(self, file: SentenceFile) -> None:
        """Add one file's rules and templates.

        Raises:
            UnderstandingError: a template is malformed, or a file has sentences and no intent.
        """
        for name, text in file.expansion_rules.items():
            self.rules[name] = parse_template(text)
        if (file.sentences or file.weak) and not file.intent:
            raise UnderstandingError("a sentence file has sentences and no intent")
        for text in file.sentences:
            self.templates.append((Block(file.intent, False, file.slots, file.when), parse_template(text)))
        for text in file.weak:
            self.templates.append((Block(file.intent, True, file.slots, file.when), parse_template(text)))
        for text in file.elsewhere:
            self.templates.append((Block(None, False, {}), parse_template(text)))


def read_sentences(folders: Iterable[Traversable | Path]) -> SentenceSet:
    """Read every `*.yaml` of these folders, in the order of their names.

    Raises:
        UnderstandingError: a file is not YAML, has a key it should not have, or a malformed template.
    """
    found = SentenceSet()
    for path in _yaml_files(folders):
        try:
            found.add(SentenceFile.model_validate(yaml.load(path.read_text("utf-8"), _LOADER) or {}))  # noqa: S506 - safe loader
        except (yaml.YAMLError, ValidationError, UnderstandingError) as error:
            raise UnderstandingError(f"sentence file {path.name}: {error}") from error
    return found


def _yaml_files(folders: Iterable[Traversable | Path]) -> Iterator[Traversable | Path]:
    for folder in folders:
        yield from sorted((p for p in folder.iterdir() if p.name.endswith(".yaml")), key=lambda p: p.name)
