"""`hive-mind version`."""

import typer

from hive_mind import __version__
from hive_mind.protocol.messages import PROTOCOL_VERSION


def version() -> None:
    """Print the versions of Hive Mind and of its protocol."""
    typer.echo(f"hive-mind {__version__} (protocol {PROTOCOL_VERSION})")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(version)
