"""The readable reference."""

import json
from importlib import resources
from typing import Any

from hive_mind.protocol import codec, heartbeat, limits, replay
from hive_mind.protocol.codec import CLIENT_MESSAGES, SERVER_MESSAGES
from hive_mind.protocol.messages import AlarmState, Message, ServerMessage, StopwatchState, TimerState
from hive_mind.protocol.messages.client import Capabilities
from hive_mind.protocol.reference.classes import (
    examples,
    field_notes,
    in_specification,
    ordered_fields,
    summary,
)

Json = dict[str, Any]

PARTS: tuple[type[Message], ...] = (Capabilities, TimerState, StopwatchState, AlarmState)
"""Classes that only stand inside others."""


def markdown(minimal_client: str) -> str:
    """The whole of `docs/protocol.md`.

    Args:
        minimal_client: source of the example client, quoted as it is.
    """
    text = resources.files(__package__).joinpath("overview.md").read_text(encoding="utf-8")
    values = {
        "MINIMAL_CLIENT": minimal_client.rstrip(),
        "INDEX": _index(),
        "CLIENT_MESSAGES": "\n".join(_section(name, cls) for name, cls in CLIENT_MESSAGES.items()),
        "SERVER_MESSAGES": "\n".join(_section(name, cls) for name, cls in SERVER_MESSAGES.items()),
        "PARTS": "\n".join(_part(cls) for cls in PARTS),
        "CODEC_CODES": _codes(),
        "MAX_TEXT_FRAME": f"{limits.MAX_TEXT_FRAME // 1024} KiB",
        "MAX_AUDIO_FRAME": f"{limits.MAX_AUDIO_FRAME // 1024} KiB",
        "MAX_TURN_AUDIO_S": f"{limits.MAX_TURN_AUDIO_S:g} s",
        "MAX_DEPTH": f"{limits.MAX_DEPTH}",
        "RATE": f"{limits.CLIENT_MESSAGES_PER_S:g}",
        "BURST": f"{limits.CLIENT_MESSAGE_BURST:g}",
        "AUDIO_RATE": f"{limits.AUDIO_FRAMES_PER_S:g}",
        "AUDIO_BURST": f"{limits.AUDIO_FRAME_BURST:g}",
        "HEARTBEAT_S": f"{heartbeat.HEARTBEAT_S:g} s",
        "PONG_TIMEOUT_S": f"{heartbeat.PONG_TIMEOUT_S:g} s",
        "BACKOFF_FIRST_S": f"{heartbeat.BACKOFF_FIRST_S:g} s",
        "BACKOFF_MAX_S": f"{heartbeat.BACKOFF_MAX_S:g} s",
        "REPLAY_MESSAGES": f"{replay.MAX_MESSAGES}",
        "REPLAY_BYTES": f"{replay.MAX_BYTES // 1024 // 1024} MiB",
        "DEGRADED_S": f"{heartbeat.LONGEST_SILENCE_S:g} s",
    }
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", value)
    return text


def _index() -> str:
    rows = ["| message | from | specification | numbered |", "|---|---|---|---|"]
    rows += [
        f"| [`{name}`](#{name}) | client | {_yes(in_specification(name))} | |" for name in CLIENT_MESSAGES
    ]
    rows += [
        f"| [`{name}`](#{name}) | server | {_yes(in_specification(name))} | {_yes(cls.numbered)} |"
        for name, cls in SERVER_MESSAGES.items()
    ]
    return "\n".join(rows)


def _yes(condition: bool) -> str:
    return "yes" if condition else ""


def _codes() -> str:
    """The codes that the codec's docstring lists, as a table."""
    _, _, listed = (codec.__doc__ or "").partition("never another exception:\n\n")
    rows = ["| code | when |", "|---|---|"]
    for line in listed.split("\n\n")[0].replace("\n    ", " ").splitlines():
        code, _, meaning = line.partition(": ")
        rows.append(f"| `{code}` | {_sentence(meaning)} |")
    return "\n".join(rows)


def _section(name: str, cls: type[Message]) -> str:
    told = ["from the specification" if in_specification(name) else "added"]
    if issubclass(cls, ServerMessage):
        if not cls.in_specification:
            told.append("only after `hello`")
        told.append("numbered, repeated after a lost link" if cls.numbered else "never repeated")
    example = json.dumps(examples()[name], ensure_ascii=False, indent=2)
    return (
        f"### {name}\n\n{summary(cls)}\n\n*{'; '.join(told).capitalize()}.*\n\n{_table(cls)}\n\n"
        f"```json\n{example}\n```\n"
    )


def _part(cls: type[Message]) -> str:
    return f"### {cls.__name__}\n\n{summary(cls)}\n\n{_table(cls)}\n"


def _table(cls: type[Message]) -> str:
    schema = cls.model_json_schema()
    notes = field_notes(cls)
    rows = ["| field | type | | meaning |", "|---|---|---|---|"]
    for name, field in ordered_fields(cls, schema).items():
        if name == "type":
            rows.append(f'| `type` | `"{field["const"]}"` | required | |')
            continue
        if name == "seq" and issubclass(cls, ServerMessage) and not cls.numbered:
            continue
        need = "required" if name in schema.get("required", []) else _default(field)
        rows.append(f"| `{name}` | {_kind(field, schema)} | {need} | {_sentence(notes.get(name, ''))} |")
    return "\n".join(rows)


def _sentence(note: str) -> str:
    return note[:1].upper() + note[1:]


def _default(field: Json) -> str:
    value = field.get("default")
    if value is None or isinstance(value, dict):
        return "optional"
    return f"`{json.dumps(value, ensure_ascii=False)}` if absent"


def _kind(field: Json, root: Json) -> str:
    """A field's type and limits in words."""
    if "anyOf" in field:
        return " or ".join(_kind(option, root) for option in field["anyOf"] if option.get("type") != "null")
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return "any JSON" if name == "JsonValue" else f"[{name}](#{name.lower()})"
    if "enum" in field:
        return ", ".join(f"`{json.dumps(value)}`" for value in field["enum"])
    match field.get("type"):
        case "string":
            return _string(field)
        case "array":
            return f"list of at most {field['maxItems']}: {_kind(field['items'], root)}"
        case "object":
            return f"object of {_kind(field['additionalProperties'], root)}"
        case kind:
            return f"{kind}{_range(field)}"


def _string(field: Json) -> str:
    if "format" in field:
        return {"date-time": "date and time with offset", "date": "date"}[field["format"]]
    kind = "identifier" if "pattern" in field else "text"
    return f"{kind}, {field.get('minLength', 0)} to {field['maxLength']} characters"


def _range(field: Json) -> str:
    low, above, high = (field.get(key) for key in ("minimum", "exclusiveMinimum", "maximum"))
    bounds = [
        *([f"≥ {low}"] if low is not None else []),
        *([f"> {above}"] if above is not None else []),
        *([f"≤ {high}"] if high is not None else []),
    ]
    return ", " + " and ".join(bounds) if bounds else ""
