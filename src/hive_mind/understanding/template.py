"""hassil's template language, read into a small tree.

`(a|b)` is a choice, `[a]` may be left out, `(a;b)` is any order, `<rule>` stands for another template and
`{type}` or `{type:slot}` for a value. Parsing and matching are our own because hassil's matcher can neither
say whether a sentence may go on, which the end of speech needs, nor have a slot read by a function; importing
it takes a third of a second and it matches at half the speed (`benchmarks/understanding.py`).
"""

from dataclasses import dataclass
from itertools import permutations
from typing import TypeAlias

from hive_mind.errors import UnderstandingError


@dataclass(frozen=True, slots=True)
class Literal:
    """Letters and single spaces, with their accents; the network folds them as words are folded."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A value: which reader finds it, and the name it goes by in the match."""

    type: str
    name: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Another template, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One thing after another."""

    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Exactly one of these; an empty sequence among them makes it optional."""

    items: tuple["Node", ...]


Node: TypeAlias = Literal | Slot | Rule | Sequence | Choice

_CLOSE = {"(": ")", "[": "]"}
_SEPARATES = str.maketrans(dict.fromkeys("-'’.,?!:", " "))


def parse_template(text: str) -> Node:
    """Read a template.

    Raises:
        UnderstandingError: a bracket is not closed, or a name is empty.
    """
    node, end = _group(text, 0, "")
    if end != len(text):
        raise UnderstandingError(f"unexpected {text[end]!r} at {end} in template {text!r}")
    return node


def _group(text: str, at: int, close: str) -> tuple[Node, int]:
    """Read up to `close` (the end of the text when empty); answer the node and where it stopped."""
    branches: list[list[Node]] = [[]]
    separator = ""
    while at < len(text):
        char = text[at]
        if char == close:
            break
        if char in "([":
            inner, at = _group(text, at + 1, _CLOSE[char])
            if at >= len(text):
                raise UnderstandingError(f"unclosed {char!r} in template {text!r}")
            branches[-1].append(inner if char == "(" else Choice((inner, Sequence(()))))
            at += 1
        elif char in "<{":
            end = text.find(">" if char == "<" else "}", at)
            name = text[at + 1 : end].strip() if end > 0 else ""
            if not name:
                raise UnderstandingError(f"unclosed or empty {char!r} in template {text!r}")
            branches[-1].append(Rule(name) if char == "<" else _slot(name))
            at = end + 1
        elif char in "|;":
            if separator and separator != char:
                raise UnderstandingError(f"'|' and ';' mixed in one group of template {text!r}")
            separator = char
            branches.append([])
            at += 1
        elif char in ")]>}":
            raise UnderstandingError(f"unexpected {char!r} at {at} in template {text!r}")
        else:
            end = at
            while end < len(text) and text[end] not in "()[]<>{}|;":
                end += 1
            branches[-1].append(Literal(text[at:end].translate(_SEPARATES)))
            at = end
    sequences = tuple(Sequence(tuple(branch)) for branch in branches)
    if separator == ";":
        space = Literal(" ")
        return Choice(
            tuple(
                Sequence(tuple(node for item in order for node in (space, item, space)))
                for order in permutations(sequences)
            )
        ), at
    return (sequences[0] if len(sequences) == 1 else Choice(sequences)), at


def _slot(name: str) -> Slot:
    kind, _, slot = name.partition(":")
    return Slot(kind, slot or kind)
