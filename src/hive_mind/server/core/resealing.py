"""What Redis keeps, sealed anew with the newest key. What cannot be read stays as it is."""

import contextlib
from collections.abc import Callable
from typing import Any, Protocol

from redis.exceptions import WatchError

from hive_mind.errors import ContextError
from hive_mind.server.core.crypto import Vault
from hive_mind.server.core.entry import FIELD, STREAM

_COPY = f"{STREAM}:resealed"
_STATE = "hive:state:"
_TRIES = 8


class Sealed(Protocol):
    """What a store keeps under names."""

    async def change(self, name: str, step: Callable[[bytes | None], bytes]) -> bytes:
        """Change a state as if nobody else did so meanwhile."""
        ...

    async def field(self, name: str, key: str) -> bytes | None:
        """A value under a name and a key."""
        ...

    async def set_field(self, name: str, key: str, value: bytes | None) -> None:
        """Keep it."""
        ...


async def reseal(redis: Any, vault: Vault, store: Sealed) -> int:
    """Seal the states, the values under keys and the conversation anew; answer how many things.

    Args:
        redis: the client (`redis.asyncio.Redis`, whose types do not tell bytes from text).
        vault: that everything is sealed with.
        store: keeps states and values.

    Raises:
        ContextError: the conversation is written by too many at once.
        RedisError: Redis is away.
    """
    count = 0
    async for key in redis.scan_iter(match=f"{_STATE}*"):
        with contextlib.suppress(ContextError):
            await store.change(key.decode().removeprefix(_STATE), _as_it_is)
            count += 1
    async for place in redis.scan_iter(match="hive:*", _type="HASH"):
        count += await _fields(redis, store, place.decode().removeprefix("hive:"))
    for _ in range(_TRIES):
        try:
            return count + await _stream(redis, vault)
        except WatchError:
            continue
    raise ContextError("The conversation is written by too many at once.")


async def _fields(redis: Any, store: Sealed, name: str) -> int:
    count = 0
    for key in await redis.hkeys(f"hive:{name}"):
        with contextlib.suppress(ContextError):
            value = await store.field(name, key.decode())
            if value is not None:
                await store.set_field(name, key.decode(), value)
                count += 1
    return count


async def _stream(redis: Any, vault: Vault) -> int:
    """Entries of a stream cannot be changed: a copy takes its place, with the same ids."""
    async with redis.pipeline(transaction=True) as pipe:
        await pipe.watch(STREAM)
        raw = await pipe.xrange(STREAM)
        if not raw:
            return 0
        pipe.multi()
        pipe.delete(_COPY)
        for id_bytes, fields in raw:
            place = f"{STREAM}|{id_bytes.decode()}"
            sealed = fields.get(FIELD.encode(), b"")
            with contextlib.suppress(ContextError):
                sealed = vault.seal(vault.open(sealed, place), place)
            pipe.xadd(_COPY, {FIELD: sealed}, id=id_bytes)
        pipe.rename(_COPY, STREAM)
        await pipe.execute()
    return len(raw)


def _as_it_is(state: bytes | None) -> bytes:
    if state is None:
        raise ContextError("The state is gone.")
    return state
