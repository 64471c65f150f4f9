"""`hive-mind ask`."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from hive_mind.cli.server_process import some_server
from hive_mind.client.access.credentials import CredentialsFile
from hive_mind.client.config import ClientConfig, load_config, stable_client_id
from hive_mind.client.logs import set_up_logs
from hive_mind.client.text import TextAnswer
from hive_mind.client.text import ask as ask_server
from hive_mind.errors import ConfigError


def ask(
    text: Annotated[str, typer.Argument(help="The question, in French; - reads it from standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with the timings.")] = False,
    server: Annotated[
        str | None, typer.Option(help="A server's address, such as ws://192.168.1.20:8000/ws.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder (models, conversation).")] = None,
) -> None:
    """Ask in writing; the answer is printed as it comes.

    Without --server it asks the server that runs here, or starts a private one and stops it afterwards: the
    conversation is the same, as it lives in the data folder.

    Example: ./hive ask "Quelle est la capitale de l'Italie ?"
    """
    question = sys.stdin.read().strip() if text == "-" else text.strip()
    if not question:
        raise ConfigError("There is no question: write one between quotes.", code="QUESTION_EMPTY")
    if len(question) > 4000:
        raise ConfigError(
            "The question is longer than 4000 characters: shorten it.", code="QUESTION_TOO_LONG"
        )
    config = load_config(data=data)
    set_up_logs(config.log_level)
    answer = asyncio.run(_ask(question, config, server, stream=not as_json))
    typer.echo(json.dumps(answer.as_json(), ensure_ascii=False) if as_json else "")


async def _ask(question: str, config: ClientConfig, server: str | None, *, stream: bool) -> TextAnswer:
    def _print(piece: str) -> None:
        if stream:
            typer.echo(piece, nl=False)

    client_id = f"{stable_client_id(config)}:text"
    file = CredentialsFile(config.state_folder)
    async with some_server(server, config.server, config.data, config.state_folder / "server.log") as url:
        return await ask_server(url, question, client_id, on_piece=_print, file=file)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(ask)
