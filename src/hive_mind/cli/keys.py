"""`hive-mind keys`."""

from pathlib import Path
from typing import Annotated

import typer

from hive_mind.cli.house_api import HouseApi
from hive_mind.crypto import rotate as rotate_file
from hive_mind.errors import HiveMindError, LinkError
from hive_mind.server.config import load_config


def rotate(
    server: Annotated[str | None, typer.Option(help="The server, if it is not the usual one here.")] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder of the server.")] = None,
) -> None:
    """Make a new key, seal everything with it, throw the old one away.

    Where no server runs, the next one that starts does it. Conversation, tokens, what plugins keep (such as
    the access to a calendar) and corrections are sealed with AES-256-GCM.
    """
    try:
        told = HouseApi(server, data).ask("keys/rotate", {})
    except LinkError:
        config = load_config(data=data)
        if config.key is not None:
            raise HiveMindError(
                "The key comes from HIVE_MIND_KEY: put a new one before it, with a comma, and start again.",
                code="KEY_FROM_ENVIRONMENT",
            ) from None
        rotate_file(config.data_path / "context.key")
        typer.echo("A new key is made; the next server that starts seals everything with it.")
    else:
        typer.echo(f"A new key is in use: {told['sealed']} things are sealed with it, the old key is gone.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="The key of this house.")
    group.command()(rotate)
    app.add_typer(group, name="keys")
