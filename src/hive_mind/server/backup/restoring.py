"""Puts a backup back: verified before the first change, files before Redis."""

import base64
import json
from pathlib import Path

from redis.asyncio import Redis

from hive_mind.disk import replace_whole
from hive_mind.errors import ConfigError
from hive_mind.server.backup.archive import Backup
from hive_mind.server.backup.redis_copy import in_use, put_back
from hive_mind.server.core.migrations import CURRENT, SCHEMA, migrate


async def restore(
    backup: Backup, data: Path, redis: Redis, keys: dict[str, bytes], *, force: bool = False
) -> tuple[int, int]:
    """Make this data folder and this Redis what the backup holds; no server may use them meanwhile.

    Args:
        backup: verified.
        data: the data folder.
        redis: of the house.
        keys: opened; empty leaves the keys that are there.
        force: replace a house that is there already.

    Returns:
        How many files and how many keys of Redis were put back.

    Raises:
        ConfigError: RESTORE_REFUSED, a house is there already; DATA_NOT_WRITABLE; SCHEMA_NEWER.
        ContextError: Redis is away.
    """
    if not force and await in_use(redis):
        raise ConfigError("There is a house here already: add --force to replace it.", code="RESTORE_REFUSED")
    _check_schema(backup)
    try:
        for name, content in {**backup.files, **keys}.items():
            target = data / name
            replace_whole(target, content)
            target.chmod(0o600)
    except OSError as error:
        raise ConfigError(
            f"The data folder {data} is not writable: {error.strerror}.", code="DATA_NOT_WRITABLE"
        ) from error
    count = await put_back(redis, backup.redis)
    await migrate(redis)
    return len(backup.files) + len(keys), count


def _check_schema(backup: Backup) -> None:
    for line in backup.redis:
        row = json.loads(line)
        if row["key"] == SCHEMA and int(base64.b64decode(row["value"])) > CURRENT:
            raise ConfigError(
                f"The backup was made by a newer Hive Mind ({backup.version}): upgrade this one first.",
                code="SCHEMA_NEWER",
            )
