"""`hive-mind restore`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer


def restore(
    file: Annotated[Path, typer.Argument(help="Of `hive-mind backup`.")],
    force: Annotated[bool, typer.Option(help="Replace the house that is here already.")] = False,
    data: Annotated[Path | None, typer.Option(help="Data folder.")] = None,
) -> None:
    """Put a backup back, on this machine or on a new one; stop the server first.

    All of the file is verified before anything is changed. Data of an older version are brought up to date.

    Example: ./hive restore /mnt/nas/hive-mind/hive-mind-20260106T034211.tar.gz
    """
    from hive_mind.cli.backup import asked_passphrase
    from hive_mind.cli.server_process import health
    from hive_mind.errors import ConfigError
    from hive_mind.server.backup.archive import read
    from hive_mind.server.backup.house_redis import house_redis
    from hive_mind.server.backup.restoring import restore as put_back
    from hive_mind.server.config import load_config

    config = load_config(data=data)
    if health(f"ws://127.0.0.1:{config.port}/ws") is not None and not force:
        raise ConfigError(
            f"A server runs on port {config.port}: stop it first, or add --force if it is another house's.",
            code="RESTORE_REFUSED",
        )
    backup = read(file)
    keys = backup.opened_keys(asked_passphrase(twice=False)) if backup.keys is not None else {}

    async def _restore() -> tuple[int, int]:
        async with house_redis(config) as redis:
            return await put_back(backup, config.data_path, redis, keys, force=force)

    files, entries = asyncio.run(_restore())
    typer.echo(f"{files} files and {entries} keys of Redis are back, as they were on {backup.made}.")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(restore)
