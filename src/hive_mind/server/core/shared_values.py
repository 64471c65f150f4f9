"""What the servers of a house share beside the conversation: small sealed values, claims, counts."""

from collections.abc import Callable, Mapping
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, WatchError

from hive_mind.errors import ContextError
from hive_mind.server.core.crypto import Vault
from hive_mind.server.logs import get_logger

_BEGIN = """
local has = redis.call('get', KEYS[1])
if not has then redis.call('set', KEYS[1], '', 'px', ARGV[1]) end
return has
"""
_TRIES = 8
ONCE = "hive:once:"
"""Beginning of the keys of what is done once."""

_CLAIM = """
local has = redis.call('get', KEYS[1])
if has and has ~= ARGV[1] then return has end
redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
return ARGV[1]
"""
_COUNT = """
local sums = {}
for at, key in ipairs(KEYS) do
  sums[at] = redis.call('incrby', key, ARGV[at + 1])
  if redis.call('pttl', key) < 0 then redis.call('pexpire', key, ARGV[1]) end
end
return sums
"""


class SharedValues:
    """See above.

    Args:
        client: of Redis.
        vault: seals the values.
    """

    def __init__(self, client: Redis, vault: Vault) -> None:
        # redis-py types every reply as what any protocol version and decoding might give.
        self._redis: Any = client
        self._vault = vault
        self._log = get_logger("context")

    async def save(self, name: str, value: bytes | None) -> None:
        """Keep a small sealed state under a name; None removes it."""
        key = f"hive:state:{name}"
        try:
            if value is None:
                await self._redis.delete(key)
            else:
                await self._redis.set(key, self._vault.seal(value, key))
        except (RedisError, OSError) as error:
            raise away(error) from error

    async def load(self, name: str) -> bytes | None:
        """A state kept by `save`; None when there is none, or it cannot be read."""
        key = f"hive:state:{name}"
        try:
            sealed = await self._redis.get(key)
        except (RedisError, OSError) as error:
            raise away(error) from error
        try:
            return None if sealed is None else self._vault.open(sealed, key)
        except ContextError as error:
            self._log.warning("state unreadable", code=error.code)
            return None

    async def change(self, name: str, step: Callable[[bytes | None], bytes]) -> bytes:
        """Change a state kept by `save` as if nobody else did so meanwhile; answer what it is now.

        Args:
            name: of the state.
            step: makes the new one of the old one; called again when another server was faster.

        Raises:
            ContextError: Redis is away, or CONTEXT_UNREADABLE: nothing is overwritten that cannot be read.
        """
        key = f"hive:state:{name}"
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                for _ in range(_TRIES):
                    await pipe.watch(key)
                    sealed = await pipe.get(key)
                    new = step(None if sealed is None else self._vault.open(sealed, key))
                    pipe.multi()
                    pipe.set(key, self._vault.seal(new, key))
                    try:
                        await pipe.execute()
                    except WatchError:
                        continue
                    return new
        except (RedisError, OSError) as error:
            raise away(error) from error
        raise ContextError(f"The state {name} is changed by too many at once.")

    async def field(self, name: str, key: str) -> bytes | None:
        """A sealed value kept by `set_field`.

        Raises:
            ContextError: Redis is away, or it cannot be opened.
        """
        place = f"hive:{name}"
        try:
            sealed = await self._redis.hget(place, key)
        except (RedisError, OSError) as error:
            raise away(error) from error
        return None if sealed is None else self._vault.open(sealed, f"{place}|{key}")

    async def set_field(self, name: str, key: str, value: bytes | None) -> None:
        """Keep a sealed value under a name and a key; None removes it."""
        place = f"hive:{name}"
        try:
            if value is None:
                await self._redis.hdel(place, key)
            else:
                await self._redis.hset(place, key, self._vault.seal(value, f"{place}|{key}"))
        except (RedisError, OSError) as error:
            raise away(error) from error

    async def claim(self, name: str, owner: str, seconds: float) -> str:
        """Who has a thing: the first that asks, until `seconds` after it last did.

        Args:
            name: of the thing.
            owner: who asks.
            seconds: for how long it is had.
        """
        key, ms = f"hive:claim:{name}", int(seconds * 1000)
        try:
            return str((await self._redis.eval(_CLAIM, 1, key, owner, ms)).decode())
        except (RedisError, OSError) as error:
            raise away(error) from error

    async def begin(self, name: str, seconds: float) -> bytes | None:
        """Mark a thing as begun, for a while; None when it was not, else what `finish` kept, empty before."""
        key = f"{ONCE}{name}"
        try:
            sealed = await self._redis.eval(_BEGIN, 1, key, int(seconds * 1000))
        except (RedisError, OSError) as error:
            raise away(error) from error
        try:
            return self._vault.open(sealed, key) if sealed else sealed
        except ContextError:
            return b""

    async def finish(self, name: str, seconds: float, result: bytes) -> None:
        """Keep, sealed and for a while, what came of a thing that was begun."""
        key = f"{ONCE}{name}"
        try:
            await self._redis.set(key, self._vault.seal(result, key), px=int(seconds * 1000))
        except (RedisError, OSError) as error:
            raise away(error) from error

    async def forget_finished(self) -> None:
        """Erase all that `finish` kept."""
        try:
            if keys := [key async for key in self._redis.scan_iter(match=f"{ONCE}*", count=1000)]:
                await self._redis.delete(*keys)
        except (RedisError, OSError) as error:
            raise away(error) from error

    async def count(self, name: str, seconds: float, more: int = 1) -> int:
        """Add to a number of all servers, which is forgotten `seconds` after it began; answer the sum."""
        return (await self.count_all({name: more}, seconds))[0]

    async def count_all(self, more: Mapping[str, int], seconds: float) -> list[int]:
        """The same with several numbers at once, by name."""
        keys = [f"hive:rate:{name}" for name in more]
        try:
            sums = await self._redis.eval(_COUNT, len(keys), *keys, int(seconds * 1000), *more.values())
        except (RedisError, OSError) as error:
            raise away(error) from error
        return [int(each) for each in sums]


def away(error: Exception) -> ContextError:
    """The fault when Redis does not answer."""
    return ContextError(f"Redis does not answer ({type(error).__name__}).")
