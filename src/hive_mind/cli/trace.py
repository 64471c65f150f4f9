"""`hive-mind trace`."""

import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Console
from rich.table import Table

from hive_mind.cli.server_page import fetch
from hive_mind.client.config import load_config
from hive_mind.client.core.websocket import server_url


def trace(
    turn: Annotated[str, typer.Argument(help="LAST, or the turn_id of a turn.")] = "LAST",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the whole trace as one JSON object.")
    ] = False,
    server: Annotated[
        str | None, typer.Option(help="A server on this machine, such as ws://127.0.0.1:8000/ws.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Data folder; its settings say where the server is.")
    ] = None,
) -> None:
    """Show what happened in a turn: what was heard, who answered with what, how long each stage took.

    The server that runs keeps the last 200 turns in memory; it tells them on its own machine alone.

    Example: ./hive trace LAST --json
    """
    told = fetch_trace(server_url(server or load_config(data=data).server), turn)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo(told["why"])
    table = Table("stage", "ms")
    for stage, ms in {**told["stages_ms"], **told["timings_ms"]}.items():
        table.add_row(stage, f"{ms:.1f}")
    Console().print(table)


def fetch_trace(url: str, turn: str) -> dict[str, Any]:
    """A trace from the server with this WebSocket address; see `server_page.fetch`."""
    told: dict[str, Any] = fetch(url, f"/trace/{quote(turn, safe='')}")
    return told


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(trace)
