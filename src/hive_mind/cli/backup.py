"""`hive-mind backup`."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

PASSPHRASE = "HIVE_MIND_BACKUP_PASSPHRASE"  # noqa: S105 - the name of it
"""Environment variable; a passphrase on the command line would stand in everybody's process list."""


def backup(
    folder: Annotated[Path, typer.Argument(help="Folder for the file, made if it is missing.")],
    keys: Annotated[
        bool, typer.Option(help=f"Also the keys, under a passphrase (asked, or {PASSPHRASE}).")
    ] = False,
    keep: Annotated[
        int | None, typer.Option(min=1, help="Afterwards, delete all but the newest KEEP backups there.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder.")] = None,
) -> None:
    """Copy the house into one file: conversation, time things, plugins and what they keep, settings.

    The server may run meanwhile. What was sealed stays sealed: without the key, or --keys, nobody reads the
    conversation in a backup, not even you. Models are not in it.

    Example: ./hive backup /mnt/nas/hive-mind --keys --keep 14
    """
    from hive_mind.server.backup.archive import write
    from hive_mind.server.backup.house_redis import house_redis
    from hive_mind.server.backup.redis_copy import copied
    from hive_mind.server.config import load_config

    config = load_config(data=data)
    passphrase = asked_passphrase(twice=True) if keys else None

    async def _copy() -> list[str]:
        async with house_redis(config) as redis:
            return await copied(redis)

    lines = asyncio.run(_copy())
    now = datetime.now(UTC)
    path = folder / f"hive-mind-{now:%Y%m%dT%H%M%S}.tar.gz"
    size = write(path, lines, config.data_path, now, passphrase)
    typer.echo(f"{path} ({size / 1e6:.1f} MB, {len(lines)} keys of Redis{'' if keys else ', without keys'})")
    old = sorted(folder.glob("hive-mind-*.tar.gz"))
    for extra in old[:-keep] if keep else ():
        extra.unlink()


def asked_passphrase(*, twice: bool) -> str:
    """From the environment, or from the person at the terminal."""
    return os.environ.get(PASSPHRASE) or str(
        typer.prompt("Passphrase", hide_input=True, confirmation_prompt=twice)
    )


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(backup)
