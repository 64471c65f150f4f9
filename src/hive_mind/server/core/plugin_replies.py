"""What a plugin answers: `replies/fr.toml`, sentences whose blanks are filled from its result.

    get_weather = "À {place}, {description}, {temperature}."
    NOT_FOUND = "Je ne connais pas {place}."

The name is that of the intent, the result's `reply`, or an error code. Numbers are written as French writes
them, lists as they are said ("a, b et c").
"""

import string
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from hive_mind.commands.replies import listed


class ReplyFault(ValueError):
    """A reply file, or a reply, is malformed: one line."""


class Replies:
    """The replies of one plugin.

    Args:
        sentences: by name.

    Raises:
        ReplyFault: a blank is no simple name.
    """

    def __init__(self, sentences: Mapping[str, str] | None = None) -> None:
        self._sentences = dict(sentences or {})
        for name, sentence in self._sentences.items():
            _check(name, sentence)

    @classmethod
    def read(cls, folder: Path, language: str = "fr") -> "Replies":
        """Read `replies/<language>.toml` of a plugin's folder; none is no fault.

        Raises:
            ReplyFault: it is not TOML, or a reply is malformed.
        """
        path = folder / "replies" / f"{language}.toml"
        where = f"replies/{path.name}"
        try:
            content = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return cls()
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ReplyFault(f"{where}: {error}") from None
        if wrong := [name for name, value in content.items() if not isinstance(value, str)]:
            raise ReplyFault(f"{where}: {wrong[0]} must be a sentence in quotes")
        try:
            return cls(content)
        except ReplyFault as error:
            raise ReplyFault(f"{where}: {error}") from None

    def __contains__(self, name: str) -> bool:
        return name in self._sentences

    def say(self, name: str, result: Mapping[str, Any]) -> str:
        """A reply with its blanks filled.

        Raises:
            ReplyFault: there is no such reply, or the result lacks a blank of it.
        """
        try:
            sentence = self._sentences[name]
        except KeyError:
            raise ReplyFault(f"there is no reply {name!r}") from None
        try:
            return sentence.format_map({key: written(value) for key, value in result.items()})
        except KeyError as error:
            raise ReplyFault(f"reply {name!r}: the result has no {error}") from None


def written(value: JsonValue) -> str:
    """A value as a French sentence writes it."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return f"{round(value, 6):.6f}".rstrip("0").rstrip(".").replace(".", ",")
    if isinstance(value, list):
        return listed([written(item) for item in value])
    return "" if value is None else str(value)


def _check(name: str, sentence: str) -> None:
    try:
        blanks = [(field, spec, way) for _, field, spec, way in string.Formatter().parse(sentence)]
    except ValueError as error:
        raise ReplyFault(f"{name}: {error}") from None
    for field, spec, way in blanks:
        if field is not None and (not field.isidentifier() or spec or way):
            raise ReplyFault(f"{name}: {{{field}}} must be a simple name")
