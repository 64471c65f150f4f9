"""Seals everything in Redis with the newest key; what cannot be opened stays as it is.

And writes the conversation anew after something was erased: Redis only marks a deleted entry of a stream,
and its bytes stay beside those of its neighbours, in memory and in its file, until all of them are gone.
"""

import contextlib
from collections.abc import Callable
from typing import Any, TypeAlias

from redis.exceptions import WatchError

from hive_mind.errors import ContextError
from hive_mind.server.core.crypto import Vault
from hive_mind.server.core.entry import FIELD

_TRIES = 8
_COPY = "hive:context:copy"

Fields: TypeAlias = dict[bytes, bytes]


async def reseal(redis: Any, vault: Vault, stream: str) -> int:
    """Do it; answer how many things were sealed anew.

    Args:
        redis: a client.
        vault: opens with all keys, seals with the newest.
        stream: key of the conversation.

    Raises:
        ContextError: the conversation is written by too many at once.
        RedisError: Redis is away.
    """
    count = await _try_again(_stream, redis, vault, stream)
    async for raw in redis.scan_iter(match="hive:*"):
        key = raw.decode()
        kind = (await redis.type(raw)).decode()
        if kind == "hash":
            count += await _try_again(_hash, redis, vault, key)
        elif kind == "string" and key.startswith("hive:state:"):
            count += await _try_again(_string, redis, vault, key)
    return count


async def tidy(redis: Any, vault: Vault, stream: str) -> int:
    """Write the stream anew, without what was erased; answer how many entries it has. Raises as `reseal`."""
    return await _try_again(_tidied, redis, vault, stream)


async def _try_again(step: Any, redis: Any, vault: Vault, key: str) -> int:
    async with redis.pipeline(transaction=True) as pipe:
        for _ in range(_TRIES):
            try:
                await pipe.watch(key)
                done: int = await step(pipe, vault, key)
                await pipe.execute()
            except WatchError:
                continue
            return done
    raise ContextError(f"{key} is written by too many at once.")


async def _string(pipe: Any, vault: Vault, key: str) -> int:
    sealed = await pipe.get(key)
    pipe.multi()
    with contextlib.suppress(ContextError):
        if sealed is not None:
            pipe.set(key, vault.seal(vault.open(sealed, key), key))
            return 1
    return 0


async def _hash(pipe: Any, vault: Vault, key: str) -> int:
    fields = await pipe.hgetall(key)
    pipe.multi()
    count = 0
    for name, sealed in fields.items():
        place = f"{key}|{name.decode()}"
        with contextlib.suppress(ContextError):
            pipe.hset(key, name, vault.seal(vault.open(sealed, place), place))
            count += 1
    return count


async def _stream(pipe: Any, vault: Vault, key: str) -> int:
    def sealed_anew(fields: Fields, place: str) -> Fields:
        with contextlib.suppress(ContextError):
            text = vault.open(fields.get(FIELD.encode(), b""), place)
            return {**fields, FIELD.encode(): vault.seal(text, place)}
        return fields

    return await _copied(pipe, key, sealed_anew)


async def _tidied(pipe: Any, _: Vault, key: str) -> int:
    return await _copied(pipe, key, lambda fields, _: fields)


async def _copied(pipe: Any, key: str, change: Callable[[Fields, str], Fields]) -> int:
    """Entries of a stream cannot be changed: a copy takes its place, with the same ids."""
    raw: list[tuple[bytes, Fields]] = await pipe.xrange(key)
    pipe.multi()
    pipe.delete(_COPY)
    for id_, fields in raw:
        pipe.xadd(_COPY, change(fields, f"{key}|{id_.decode()}"), id=id_)
    if raw:
        pipe.rename(_COPY, key)
    else:
        pipe.delete(key)
    return len(raw)
