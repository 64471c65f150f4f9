"""`hive-mind parse`."""

import json
from datetime import datetime
from typing import Annotated, Any, TypeAlias

import typer

from hive_mind.language.search import find_duration, find_moment, find_number, find_ordinal

Parsed: TypeAlias = dict[str, Any]

_EMPTY: dict[str, Parsed] = {
    "duration": {"seconds": None},
    "number": {"value": None},
    "ordinal": {"value": None},
    "datetime": {"start": None, "end": None, "grain": None},
}
"""What each kind answers when nothing of it is in the text."""


def parse(
    jsonl: Annotated[
        bool, typer.Option(help="Lines are JSON objects; without it, texts that are read as times.")
    ] = False,
) -> None:
    """Read French times, durations, numbers and ordinals, one a line of stdin; print their meaning as JSON.

    A line of `--jsonl` is {"id", "text", "kind": "duration|datetime|number|ordinal", "reference_time"}; the
    answer is {"id", "seconds"}, {"id", "value"} or {"id", "start", "end", "grain"}, with nulls when the text
    holds nothing of that kind. A reference time without zone gives answers without zone; without one, it is
    now.
    A line that is malformed gets {"id", "error"}, and the rest is read all the same.

    For instance:

      echo "mardi en huit à midi moins le quart" | ./hive parse
    """
    local = datetime.now().astimezone()
    for line in typer.get_text_stream("stdin", encoding="utf-8", errors="replace"):
        if line.strip():
            answer = parsed(line, local) if jsonl else moment_of(line, local)
            typer.echo(json.dumps(answer))


def parsed(line: str, now: datetime) -> Parsed:
    """Answer one line of JSON.

    Args:
        line: see `parse`.
        now: the reference time of a line that has none.
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": "not JSON"}
    if not isinstance(row, dict):
        return {"id": None, "error": "not a JSON object"}
    name, text, kind = row.get("id"), row.get("text"), row.get("kind")
    if not isinstance(text, str):
        return {"id": name, "error": '"text" is missing or no string'}
    if not isinstance(kind, str) or kind not in _EMPTY:
        return {"id": name, "error": f'"kind" must be one of {", ".join(_EMPTY)}'}
    reference = row.get("reference_time")
    try:
        since = now if reference is None else datetime.fromisoformat(reference)
    except (TypeError, ValueError):
        return {"id": name, "error": '"reference_time" is no ISO 8601 time'}
    if kind == "datetime":
        return {"id": name, **moment_of(text, since)}
    if kind == "duration":
        return {"id": name, "seconds": find_duration(text)}
    return {"id": name, "value": find_number(text) if kind == "number" else find_ordinal(text)}


def moment_of(text: str, now: datetime) -> Parsed:
    """The time that a text says, as {"start", "end", "grain"}; `end` is null for a point."""
    moment = find_moment(text, now)
    if moment is None:
        return dict(_EMPTY["datetime"])
    end = moment.end.isoformat() if moment.end is not None else None
    return {"start": moment.start.isoformat(), "end": end, "grain": moment.grain}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(parse)
