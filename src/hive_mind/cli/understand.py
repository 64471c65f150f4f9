"""`hive-mind understand`."""

import json
import sys
from collections.abc import Iterator, Sequence
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
    llm: Annotated[
        bool,
        typer.Option("--llm", help="Give what no sentence matches to the language model."),
    ] = False,
) -> None:
    """Say what French sentences are understood as, one a line of stdin; nothing is done.

    No model is asked, unless `--llm`: then it may choose a tool of a plugin, as on a server (rung "llm"); the
    tool is not called.

    Each line gives {"id", "intent", "slots", "rung", "confidence"} of its first order, and "also" with the
    others where there are several. What no sentence matches is "conversation". A line that is malformed gets
    {"id", "error"}, and the rest is read all the same.

    For instance:

      echo "mets un minuteur d'un quart d'heure" | ./hive understand
    """
    lines = (line for line in sys.stdin if line.strip())
    if llm:
        from hive_mind.cli.understand_llm import understand_with_model

        understand_with_model(lines, jsonl=jsonl, data=data)
        return
    grammar = Grammar.load(*sentence_folders(plugins_dir(data_dir(data))))
    now = datetime.now().astimezone()
    for line in lines:
        told, text = read_line(line, jsonl=jsonl)
        if text is not None:
            told |= as_told(understand(grammar, text, TalkState(), now)[0])
        typer.echo(json.dumps(told, ensure_ascii=False))


def sentence_folders(own: Path, language: str = "fr") -> Iterator[Traversable]:
    """The sentences of the plugins that come with Hive Mind, and of those in `own`."""
    built_in = files("hive_mind") / "server" / "plugins"
    for home in (built_in, own):
        if not home.is_dir():
            continue
        for plugin in sorted(home.iterdir(), key=lambda entry: entry.name):
            folder = plugin / "sentences" / language
            if plugin.name[0].isalpha() and folder.is_dir():
                yield folder


def read_line(line: str, *, jsonl: bool) -> tuple[dict[str, Any], str | None]:
    """The beginning of a line's answer, and the sentence to understand; None: the fault is the answer."""
    if not jsonl:
        return {}, line.strip()
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": "not JSON"}, None
    if not isinstance(row, dict):
        return {"id": None, "error": "not a JSON object"}, None
    if not isinstance(row.get("text"), str):
        return {"id": row.get("id"), "error": '"text" is missing or no string'}, None
    return {"id": row.get("id")}, row["text"]


def as_told(orders: Sequence[Match | str]) -> dict[str, Any]:
    """Orders, and what is none, as they are printed."""
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


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("understand")(understand_lines)
