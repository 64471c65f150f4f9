"""Tools for the language model: which are offered, how it names one, which parameters are believed. Pure.

A small model calls tools without being asked to. So a tool is only offered when a word of the utterance
points to its plugin, an acting one only when a verb does too; and a parameter only counts when it was said.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pydantic import JsonValue

from hive_mind.language.moments import moments_at
from hive_mind.language.numbers import read_number
from hive_mind.language.phonetics import sound
from hive_mind.language.words import keys_of, text_of, words_of
from hive_mind.server.core.llm.engine import Form
from hive_mind.understanding.slots import SLOT_TYPES

_STEM = 5
_MOST_TOKENS = 80


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool.

    Attributes:
        name: of the intent.
        description: what it does, for the model.
        parameters: JSON schema of an object.
        triggers: words that point to its plugin.
        acts: it changes something.
        slots: type of each slot in the plugin's sentences ("when": "moment").
        hints: keys of the words in the sentences of this intent; for an acting one.
    """

    name: str
    description: str
    parameters: Mapping[str, JsonValue]
    triggers: tuple[str, ...] = ()
    acts: bool = True
    slots: Mapping[str, str] = field(default_factory=dict)
    hints: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Call:
    """A tool that the model named, with parameters as it wrote them."""

    name: str
    params: Mapping[str, JsonValue]


def offered(offers: Iterable[Offer], text: str, language: str = "fr") -> tuple[Offer, ...]:
    """The tools that an utterance may mean; mostly none, and then the model only converses."""
    keys = keys_of(text)
    gate = tool_data(language)["gate"]
    spoken = " ".join(keys) + " "

    def begins(words: Iterable[str]) -> bool:
        return any(spoken.startswith(f"{phrase} ") for phrase in words)

    if begins(gate["explain"]):
        return ()
    acting = not begins(gate["explain_acting"])
    pointed = (offer for offer in offers if any(_said(keys_of(trigger), keys) for trigger in offer.triggers))
    return tuple(offer for offer in pointed if acting or not offer.acts)


def is_hinted(offer: Offer, offers: Iterable[Offer], text: str, language: str = "fr") -> bool:
    """Whether a word of the utterance asks for this very action.

    It is one that its sentences have, and those of tools that only look something up have not.

    Args:
        offer: of the action.
        offers: all tools.
        text: the utterance.
        language: ISO 639-1 code.
    """
    common = frozenset(tool_data(language)["gate"]["common"])
    passive = common.union(*(other.hints for other in offers if not other.acts))
    triggers = {key for trigger in offer.triggers for key in keys_of(trigger)}
    words = [word for word in offer.hints - passive - triggers if len(word) > 3]
    return any(_alike(word, key) for key in keys_of(text) if len(key) > 3 for word in words)


def is_convincing(params: Mapping[str, JsonValue], offer: Offer, language: str = "fr") -> bool:
    """Whether the utterance bore out something of the call besides the words that pointed to the plugin."""
    empty = {key for trigger in offer.triggers for key in keys_of(trigger)}
    empty |= set(tool_data(language)["gate"]["common"]) - set(tool_data(language)["gate"]["telling"])
    return any(
        not isinstance(value, str) or any(not any(_alike(e, key) for e in empty) for key in keys_of(value))
        for name, value in params.items()
        if not _is_choice(offer, name)
    )


def _is_choice(offer: Offer, name: str) -> bool:
    """Whether a parameter is one of the plugin's own words, or a yes or no."""
    properties = offer.parameters.get("properties")
    schema = properties.get(name) if isinstance(properties, dict) else None
    return isinstance(schema, dict) and ("enum" in schema or schema.get("type") == "boolean")


def form_of(offers: Sequence[Offer], language: str = "fr") -> Form:
    """What the model may write: one of these tools with its parameters, or none."""
    none: dict[str, Any] = {
        "type": "object",
        "properties": {"t": {"const": tool_data(language)["none"]}},
        "required": ["t"],
        "additionalProperties": False,
    }
    calls = [
        {
            "type": "object",
            "properties": {
                "t": {"const": offer.name},
                "p": {
                    "type": "object",
                    "properties": _written(offer),
                    "additionalProperties": False,
                },
            },
            "required": ["t", "p"],
            "additionalProperties": False,
        }
        for offer in offers
    ]
    return Form({"anyOf": [*calls, none]}, _MOST_TOKENS)


def read_call(text: str, offers: Iterable[Offer]) -> Call | None:
    """The call that the model wrote; None for none, for what is cut short, and for a tool not offered."""
    try:
        said = json.loads(text)
        name, params = said["t"], said.get("p", {})
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if name not in {offer.name for offer in offers} or not isinstance(params, dict):
        return None
    return Call(name, params)


def believed(call: Call, offer: Offer, text: str) -> dict[str, JsonValue]:
    """The parameters that the user said, as the plugin wants them; what was invented is left out.

    Args:
        call: of the model.
        offer: the tool.
        text: the utterance.
    """
    keys = keys_of(text)
    kept: dict[str, JsonValue] = {}
    properties = offer.parameters.get("properties")
    for name, schema in properties.items() if isinstance(properties, dict) else ():
        value = call.params.get(name)
        if value is None or not isinstance(schema, dict):
            continue
        trusted = _trusted(value, schema, _slot_type(offer, name), keys, offer.acts)
        if trusted is not None:
            kept[name] = trusted
    _with_moment(kept, offer, text)
    return kept


def _with_moment(kept: dict[str, JsonValue], offer: Offer, text: str) -> None:
    """Take the moment from the utterance where the model forgot it, cut it short or invented another."""
    names = [name for name in _written(offer) if _slot_type(offer, name) == "moment"]
    said = _moment_said(text) if names else None
    if said is None:
        return
    words = keys_of(said)
    known = [name for name in names if name in kept]
    if not known and not any(_said(words, keys_of(str(value))) for value in kept.values()):
        kept[names[0]] = said
    for name in known:
        if len(keys_of(str(kept[name]))) < len(words) and _said(keys_of(str(kept[name])), words):
            kept[name] = said


def _moment_said(text: str) -> str | None:
    """The longest time expression of an utterance, in its words."""
    words = words_of(text)
    keys = [word.key for word in words]
    spans = [(end - at, at, end) for at in range(len(keys)) for end in moments_at(keys, at)[:1]]
    longest = max(spans, default=None, key=lambda span: (span[0], -span[1]))
    return text_of(words[longest[1] : longest[2]]) if longest is not None else None


def tool_lines(offers: Iterable[Offer], language: str = "fr") -> str:
    """The tools as the model reads them."""
    line = str(tool_data(language)["tool"])
    return "\n".join(
        line.format(name=o.name, parameters=_parameters(o), description=o.description) for o in offers
    )


def _parameters(offer: Offer) -> str:
    properties = offer.parameters.get("properties")
    known = properties if isinstance(properties, dict) else {}
    told = ((name, known[name]) for name in _written(offer))
    return ", ".join(
        f"{name}: {schema['description']}" if isinstance(schema, dict) and "description" in schema else name
        for name, schema in told
    )


def _written(offer: Offer) -> dict[str, dict[str, Any]]:
    """How the model writes each parameter: durations and moments as words."""
    properties = offer.parameters.get("properties")
    kinds: dict[str, dict[str, Any]] = {}
    for name, schema in properties.items() if isinstance(properties, dict) else ():
        if not isinstance(schema, dict):
            continue
        if isinstance(schema.get("enum"), list):
            kinds[name] = {"enum": schema["enum"]}
        elif _slot_type(offer, name) == "duration" or schema.get("type") == "string":
            kinds[name] = {"type": "string"}
        elif schema.get("type") in ("number", "integer", "boolean"):
            kinds[name] = {"type": schema["type"]}
    return kinds


def _slot_type(offer: Offer, name: str) -> str:
    """Type of the slot in the plugin's sentences; a number of seconds is a duration."""
    for slot, kind in offer.slots.items():
        if name in (slot, slot + (SLOT_TYPES[kind].suffix if kind in SLOT_TYPES else "")):
            return kind
    return "duration" if name.endswith("_s") else "anything"


def _trusted(
    value: JsonValue, schema: Mapping[str, JsonValue], kind: str, keys: Sequence[str], acts: bool
) -> JsonValue:
    """The value as far as the utterance bears it out; None when it does not."""
    allowed = schema.get("enum")
    if isinstance(allowed, list) or isinstance(value, bool):
        # A choice among words of the plugin's own is never said literally; it must not decide an action.
        return None if acts or (isinstance(allowed, list) and value not in allowed) else value
    if isinstance(value, int | float):
        return value if value in _numbers(keys) else None
    if not isinstance(value, str) or not _borne_out(value, keys):
        return None
    slot = SLOT_TYPES.get(kind)
    if slot is None or kind in ("anything", "name", "place", "label"):
        return value.strip()
    words = words_of(value)
    return next((read.value for read in slot.read(words, 0) if read.end == len(words)), None)


def _borne_out(value: str, keys: Sequence[str]) -> bool:
    """Whether the words of a value were said; short words may differ."""
    words = [key for key in keys_of(value) if len(key) > 2 or key.isdigit()]
    return bool(keys_of(value)) and all(any(_alike(word, key) for key in keys) for word in words)


def _numbers(keys: Sequence[str]) -> set[float]:
    found = (read_number(keys, at) for at in range(len(keys)))
    return {float(read[0]) for read in found if read is not None}


def _said(phrase: Sequence[str], keys: Sequence[str]) -> bool:
    """Whether the words of a phrase stand together in an utterance, whatever their endings."""
    size = len(phrase)
    return bool(size) and any(
        all(_alike(word, key) for word, key in zip(phrase, keys[at : at + size], strict=True))
        for at in range(len(keys) - size + 1)
    )


def _alike(word: str, key: str) -> bool:
    """Whether two keys are forms of one word ("ajoute", "ajouter"), or sound alike."""
    if word == key:
        return True
    if min(len(word), len(key)) >= _STEM and word[:_STEM] == key[:_STEM] and abs(len(word) - len(key)) <= 3:
        return True
    return len(word) > 3 and sound(word) == sound(key)


@lru_cache(maxsize=4)
def tool_data(language: str = "fr") -> dict[str, Any]:
    """What `tools.toml` holds."""
    text = (files("hive_mind.server") / "data" / language / "tools.toml").read_text("utf-8")
    return tomllib.loads(text)
