"""`hive-mind corrections ...`: what was misheard at home and corrected; list it, remove it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hive_mind.client.config import load_config
from hive_mind.corrections_file import CorrectionsFile
from hive_mind.errors import ConfigError
from hive_mind.understanding.corrections import forget

Data = Annotated[
    Path | None, typer.Option("--data", help="Data folder; HIVE_MIND_DATA, else the platform's own place.")
]

corrections = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=(
        "List and remove what was corrected.\n\n"
        'When somebody says "non, j\'ai dit ...", or says yes to "Vous avez dit ... ?", this machine '
        "remembers what it had heard and what had been said, so as to hear it right next time. It is kept "
        "in the data folder, encrypted, and never leaves it."
    ),
)


def _file(data: Path | None) -> CorrectionsFile:
    config = load_config(data=data)
    return CorrectionsFile(config.data_folder, config.key.get_secret_value() if config.key else None)


@corrections.command("list")
def list_(
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show what was heard, what had been said, and how often, with a number for `remove`."""
    for number, known in enumerate(_file(data).load(), 1):
        if as_json:
            row = {"number": number, "heard": known.heard, "said": known.said, "times": known.times}
            typer.echo(json.dumps(row, ensure_ascii=False))
        else:
            typer.echo(f"{number}. « {known.heard} » → « {known.said} » ({known.times})")


@corrections.command()
def remove(
    numbers: Annotated[list[int], typer.Argument(metavar="NUMBER...", help="As `list` counts them.")],
    data: Data = None,
) -> None:
    """Forget some of them."""
    file = _file(data)
    known = file.load()
    if unknown := [number for number in numbers if not 1 <= number <= len(known)]:
        raise ConfigError(
            f"There is no correction {unknown[0]}: see ./hive corrections list.", code="CORRECTION_UNKNOWN"
        )
    file.save(forget(known, numbers))


@corrections.command()
def clear(data: Data = None) -> None:
    """Forget all of them."""
    _file(data).save(())


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(corrections, name="corrections")
