"""Commands under a command, imported only when they are called: a client carries none of them along."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass

import typer


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A command under another one.

    Attributes:
        name: as it is called.
        place: where its function is, "module:function".
        line: of the help.
    """

    name: str
    place: str
    line: str


def _not_imported() -> None:
    """Stands for a command that was not asked for; only its help line is shown."""


def add(group: typer.Typer, subcommands: Sequence[Subcommand], words: Sequence[str]) -> None:
    """Add commands to a group.

    Args:
        group: takes them.
        subcommands: to add.
        words: of the command line; what is named there is imported.
    """
    for subcommand in subcommands:
        if subcommand.name in words:
            module, _, function = subcommand.place.partition(":")
            group.command(subcommand.name)(getattr(importlib.import_module(module), function))
        else:
            group.command(subcommand.name, help=subcommand.line)(_not_imported)
