"""`hive-mind health`."""

import json
import os
from typing import Annotated

import typer

from hive_mind.cli.server_process import health as ask
from hive_mind.errors import LinkError

DEFAULT_PORT = "8000"


def health(
    server: Annotated[
        str | None, typer.Option(help="WebSocket address; default: HIVE_MIND_PORT of this machine.")
    ] = None,
    ready: Annotated[bool, typer.Option(help="Fail also while it starts or stops.")] = False,
) -> None:
    """Say whether the server on this machine answers: exit code 0, or 1. A container's health check.

    Example: ./hive health --ready
    """
    url = server or f"ws://127.0.0.1:{os.environ.get('HIVE_MIND_PORT', DEFAULT_PORT)}/ws"
    told = ask(url, 4.0)
    if told is None or told.get("service") != "hive-mind":
        raise LinkError(f"No server answers at {url}.")
    typer.echo(json.dumps({"status": told["status"], "clients": told.get("clients")}))
    if ready and told["status"] in ("starting", "stopping"):
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(health)
