"""`hive-mind understand`."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any

import typer

from hive_mind.paths import data_dir, plugins_dir
from hive_mind.understanding.grammar import Grammar, Match
from hive_mind.understanding.talk import TalkState, understand

CONVERSATION = "conversation"
"""What no sentence matches: the language model would answer."""


def understand_lines(
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Lines are {"id", "text"}; without it, plain sentences.')
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Data folder, for your own plugins.")] = None,
) -> None:
    """Say what French sentences are understood as, one a line of stdin; nothing is done, no model is asked.

    Each line gives {"id", "intent", "slots", "rung", "confidence"} of its first order, and "also" with the
    others where there are several. What no sentence matches is "conversation". A line that is malformed gets
    {"id", "error"}, and the rest is read all the same.

    For instance:

      echo "mets un minuteur d'un quart d'heure" | ./hive understand
    """
    grammar = Grammar.load(*sentence_folders(plugins_dir(data_dir(data))))
    now = datetime.now().astimezone()
    for line in sys.stdin:
        if line.strip():
            answer = _of_json(grammar, line, now) if jsonl else understood(grammar, line.strip(), now)
            typer.echo(json.dumps(answer, ensure_ascii=False))


def sentence_folders(own: Path, language: str = "fr") -> Iterator[Traversable]:
    """The sentences of the plugins in `own`, then of those that come with Hive Mind."""
    built_in = files("hive_mind") / "server" / "plugins"
    for home in (own, built_in):
        if not home.is_dir():
            continue
        for plugin in sorted(home.iterdir(), key=lambda entry: entry.name):
            folder = plugin / "sentences" / language
            if plugin.name[0].isalpha() and folder.is_dir():
                yield folder


def understood(grammar: Grammar, text: str, now: datetime) -> dict[str, Any]:
    """What a text is understood as, as it is printed."""
    orders, _ = understand(grammar, text, TalkState(), now)
    first, *others = (_row(order) for order in orders)
    return {**first, "also": others} if others else first


def _row(order: Match | str) -> dict[str, Any]:
    if isinstance(order, str):
        return {"intent": CONVERSATION, "slots": {}, "rung": CONVERSATION, "confidence": 0.0}
    return {
        "intent": order.intent,
        "slots": order.slots,
        "rung": order.rung,
        "confidence": order.confidence,
    }


def _of_json(grammar: Grammar, line: str, now: datetime) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        return {"id": None, "error": "not JSON"}
    if not isinstance(row, dict):
        return {"id": None, "error": "not a JSON object"}
    if not isinstance(row.get("text"), str):
        return {"id": row.get("id"), "error": '"text" is missing or no string'}
    return {"id": row.get("id"), **understood(grammar, row["text"], now)}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("understand")(understand_lines)
