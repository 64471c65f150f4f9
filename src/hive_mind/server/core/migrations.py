"""What is in Redis has a version; an older one is brought up to date, a newer one is left alone.

Each step runs once, in order, under a lock that one server of the house holds. A step must leave what servers
of the version before can still read: they may run beside us while a house is upgraded.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hive_mind.errors import ConfigError

SCHEMA = "hive:schema"
LOCK = "hive:lock:migration"
_LOCK_S = 60
_WAIT_S = 0.05
_FREE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step.

    Attributes:
        to: version that it leads to.
        what: it does, for the log.
        run: does it; may be run again after it was cut off.
    """

    to: int
    what: str
    run: Callable[[Any], Awaitable[None]]


async def _nothing(_: Any) -> None:
    """What was written before there was a version is read by this one as it is."""


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "data from before there were versions are marked", _nothing),
)
"""In order. Data without a version are of version 0."""

CURRENT = MIGRATIONS[-1].to


async def migrate(redis: Any, steps: Sequence[Migration] = MIGRATIONS) -> list[str]:
    """Bring Redis up to date; what was done.

    Args:
        redis: a client of redis-py.
        steps: all that there are.

    Raises:
        ConfigError: SCHEMA_NEWER, a newer program has written this house; it is left as it is.
        RedisError: Redis is away.
    """
    newest = steps[-1].to
    done: list[str] = []
    owner = secrets.token_hex(8)
    while (version := await _version(redis, newest)) != newest:
        if version > newest:
            raise ConfigError(
                f"This house was written by a newer Hive Mind (schema {version}, this one knows {newest}): "
                "upgrade this server, or restore a backup.",
                code="SCHEMA_NEWER",
            )
        if not await redis.set(LOCK, owner, nx=True, ex=_LOCK_S):
            await asyncio.sleep(_WAIT_S)
            continue
        try:
            for step in steps:
                if step.to > await _version(redis, newest):
                    await step.run(redis)
                    await redis.set(SCHEMA, step.to)
                    done.append(step.what)
        finally:
            await redis.eval(_FREE, 1, LOCK, owner)
    return done


async def _version(redis: Any, newest: int) -> int:
    """The version of what is there; an empty house is of the newest from the start."""
    found = await redis.get(SCHEMA)
    if found is not None:
        return int(found)
    if not await redis.exists("hive:context") and not [
        k async for k in redis.scan_iter(match="hive:state:*")
    ]:
        await redis.set(SCHEMA, newest, nx=True)
        return int(await redis.get(SCHEMA))
    return 0
