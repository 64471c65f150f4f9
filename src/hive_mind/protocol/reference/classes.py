"""What the message classes say about themselves: docstrings, fields, limits, examples."""

import inspect
import json
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

from hive_mind.protocol.codec import ADDED_LAST, CLIENT_MESSAGES, SERVER_MESSAGES
from hive_mind.protocol.messages import Message, ServerMessage

SPECIFICATION = ("voice_input", "ping", "action_confirm")
"""Client messages of the specification; those of the server say it themselves (`in_specification`)."""


def examples() -> dict[str, dict[str, Any]]:
    """One example of each message, by `type`."""
    text = resources.files(__package__).joinpath("examples.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


def all_messages() -> Mapping[str, type[Message]]:
    """Every message class by `type`, client messages first."""
    return {**CLIENT_MESSAGES, **SERVER_MESSAGES}


def in_specification(name: str) -> bool:
    """Whether the specification has this message."""
    cls = all_messages()[name]
    return cls.in_specification if issubclass(cls, ServerMessage) else name in SPECIFICATION


def summary(cls: type[Message]) -> str:
    """The docstring without its list of attributes."""
    return inspect.cleandoc(cls.__doc__ or "").split("\nAttributes:")[0].strip()


def field_notes(cls: type[Message]) -> dict[str, str]:
    """What the docstrings of a class and of its bases say about each field."""
    notes: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        _, _, listed = inspect.cleandoc(base.__doc__ or "").partition("Attributes:\n")
        if issubclass(base, Message):
            for name, note in re.findall(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", listed, re.MULTILINE):
                notes[name] = " ".join(note.split())
    return notes


def ordered_fields(cls: type[Message], schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The properties of a class in the order in which the codec writes them."""
    properties: dict[str, dict[str, Any]] = dict(schema["properties"])
    for name in ADDED_LAST:
        if name in properties and issubclass(cls, ServerMessage):
            properties[name] = properties.pop(name)
    return {"type": properties.pop("type"), **properties} if "type" in properties else properties
