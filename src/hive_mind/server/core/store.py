"""The conversation in Redis: a stream of sealed entries, small sealed states, a channel between servers."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from hive_mind.errors import ContextError
from hive_mind.server.core.crypto import Vault
from hive_mind.server.core.entry import FIELD, Entry, stream_time
from hive_mind.server.core.migrations import migrate
from hive_mind.server.logs import get_logger

STREAM = "hive:context"
CHANNEL = "hive:events"
SHORT_LIVED = (b"hive:lock:", b"hive:claim:", b"hive:rate:")
"""Beginnings of keys that no backup needs."""
_TRIES = 8
_CONNECTIONS = 32
_CONNECTION_S = 5.0
_CLAIM = """
local has = redis.call('get', KEYS[1])
if has and has ~= ARGV[1] then return has end
redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
return ARGV[1]
"""
_COUNT = """
local many = redis.call('incr', KEYS[1])
if many == 1 then redis.call('pexpire', KEYS[1], ARGV[1]) end
return many
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry and its stream id."""

    id: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """How Redis does.

    Attributes:
        memory_bytes: that it uses.
        entries: messages that it keeps.
        writes: whether it can write its file.
    """

    memory_bytes: int
    entries: int
    writes: bool


def connect(url: str, password: str | None = None) -> Redis:
    """A client that gives up within seconds, so that a lost Redis never holds a turn.

    Args:
        url: `redis://`, `rediss://` (with `?ssl_ca_certs=FILE&ssl_certfile=FILE&ssl_keyfile=FILE`) or `unix://`.
        password: where the address holds none.
    """
    more: dict[str, Any] = {} if password is None else {"password": password}
    # Who finds all connections taken waits for one: a house of five hundred clients needs no five hundred.
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=_CONNECTIONS,
        timeout=_CONNECTION_S,
        socket_connect_timeout=2.0,
        socket_timeout=2.0,
        retry=Retry(NoBackoff(), 1),
        retry_on_error=[ConnectionError],
        health_check_interval=0,
        **more,
    )
    client: Redis = Redis.from_pool(pool)
    return client


class ContextStore:
    """Reads and writes one house's conversation. All methods raise `ContextError` when Redis is away.

    Args:
        client: connected or not; commands connect.
        vault: seals what is written.
        days: how long entries are kept.
    """

    def __init__(self, client: Redis, vault: Vault, days: float) -> None:
        # redis-py types every reply as what any protocol version and decoding might give.
        self._redis: Any = client
        self._vault = vault
        self._keep = timedelta(days=days)
        self._last = (0, 0)
        self._log = get_logger("context")

    async def ping(self) -> None:
        """Raise unless Redis answers."""
        try:
            await self._redis.ping()
        except (RedisError, OSError) as error:
            raise _away(error) from error

    async def health(self) -> StoreHealth:
        """Look at it."""
        try:
            info = await self._redis.info()
            entries = int(await self._redis.xlen(STREAM))
        except (RedisError, OSError) as error:
            raise _away(error) from error
        good = all(
            info.get(name, "ok") == "ok" for name in ("aof_last_write_status", "aof_last_bgrewrite_status")
        )
        return StoreHealth(int(info.get("used_memory", 0)), entries, good)

    async def migrate(self) -> None:
        """Bring what is there up to date.

        Raises:
            ConfigError: SCHEMA_NEWER.
        """
        try:
            for what in await migrate(self._redis):
                self._log.info("migrated", what=what)
        except (RedisError, OSError) as error:
            raise _away(error) from error

    async def append(self, entry: Entry) -> str:
        """Write an entry and drop what is too old; the id is the time, or just after the newest entry."""
        try:
            id_ = f"{stream_time(entry.timestamp)}-0"
            oldest = stream_time(entry.timestamp - self._keep)
            for _ in range(_TRIES):
                try:
                    await self._redis.xadd(
                        STREAM,
                        {FIELD: entry.sealed(self._vault, f"{STREAM}|{id_}")},
                        id=id_,
                        minid=str(oldest),
                        approximate=False,
                    )
                except ResponseError as error:
                    if "equal or smaller" not in str(error):
                        raise
                    id_ = await self._after_newest()
                else:
                    return id_
        except (RedisError, OSError) as error:
            raise _away(error) from error
        raise ContextError("The conversation is written by too many at once.")

    async def append_all(self, entries: Sequence[Entry]) -> None:
        """Write several entries in one go, which costs little more than one: they reach the disk together."""
        failed: list[Entry] = []
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for entry in entries:
                    id_ = self._next_id(entry)
                    pipe.xadd(STREAM, {FIELD: entry.sealed(self._vault, f"{STREAM}|{id_}")}, id=id_)
                oldest = stream_time(entries[-1].timestamp - self._keep)
                pipe.xtrim(STREAM, minid=str(oldest), approximate=False)
                answers = await pipe.execute(raise_on_error=False)
        except (RedisError, OSError) as error:
            raise _away(error) from error
        for entry, answer in zip(entries, answers, strict=False):
            if isinstance(answer, ResponseError) and "equal or smaller" in str(answer):
                failed.append(entry)  # another server was faster
            elif isinstance(answer, Exception):
                raise _away(answer)
        for entry in failed:
            self._note_id(await self.append(entry))

    async def append_again(self, entries: Sequence[Entry]) -> None:
        """Write what an earlier try may have written already; nothing is there twice."""
        first = min(entry.timestamp for entry in entries)
        known = {stored.entry for stored in await self.between(first, None)}
        if missing := [entry for entry in entries if entry not in known]:
            await self.append_all(missing)

    def _next_id(self, entry: Entry) -> str:
        """The time of an entry, or just after the last one that we wrote."""
        ms = stream_time(entry.timestamp)
        self._last = (ms, 0) if ms > self._last[0] else (self._last[0], self._last[1] + 1)
        return f"{self._last[0]}-{self._last[1]}"

    def _note_id(self, id_: str) -> None:
        ms, _, seq = id_.partition("-")
        self._last = max(self._last, (int(ms), int(seq)))

    async def tail(self, count: int) -> list[Stored]:
        """The newest entries that can be read, oldest first."""
        try:
            raw = await self._redis.xrevrange(STREAM, count=count)
        except (RedisError, OSError) as error:
            raise _away(error) from error
        return list(reversed(self._read(raw)))

    async def between(self, start: datetime | None, end: datetime | None) -> list[Stored]:
        """The entries said from `start` until before `end` (None: without limit), oldest first."""
        first = "-" if start is None else str(stream_time(start))
        last = "+" if end is None else str(stream_time(end) - 1)
        try:
            return self._read(await self._redis.xrange(STREAM, first, last))
        except (RedisError, OSError) as error:
            raise _away(error) from error

    async def trim(self, now: datetime) -> int:
        """Drop entries older than the window; answer how many."""
        try:
            return int(
                await self._redis.xtrim(STREAM, minid=str(stream_time(now - self._keep)), approximate=False)
            )
        except (RedisError, OSError) as error:
            raise _away(error) from error

    async def forget_turn(self, turn_id: str, role: str | None = None, since: datetime | None = None) -> int:
        """Erase the entries of a turn, or those of one role, said since a moment; answer how many."""
        first = "-" if since is None else str(stream_time(since))
        try:
            raw = await self._redis.xrange(STREAM, first)
            ids = [
                s.id for s in self._read(raw) if s.entry.turn_id == turn_id and role in (None, s.entry.role)
            ]
            return int(await self._redis.xdel(STREAM, *ids)) if ids else 0
        except (RedisError, OSError) as error:
            raise _away(error) from error

    async def forget_between(self, start: datetime | None, end: datetime | None) -> int:
        """Erase the entries said from `start` until before `end` (None: without limit), readable or not."""
        first = "-" if start is None else str(stream_time(start))
        last = "+" if end is None else str(stream_time(end) - 1)
        try:
            ids = [id_ for id_, _ in await self._redis.xrange(STREAM, first, last)]
            erased = 0
            for at in range(0, len(ids), 500):
                erased += int(await self._redis.xdel(STREAM, *ids[at : at + 500]))
        except (RedisError, OSError) as error:
            raise _away(error) from error
        return erased

    async def compact(self) -> None:
        """Have Redis rewrite its file without what was erased, where it allows that."""
        try:
            await self._redis.bgrewriteaof()
        except (RedisError, OSError) as error:
            self._log.info("redis file not rewritten", reason=type(error).__name__)

    async def save(self, name: str, value: bytes | None) -> None:
        """Keep a small sealed state under a name; None removes it."""
        key = f"hive:state:{name}"
        try:
            if value is None:
                await self._redis.delete(key)
            else:
                await self._redis.set(key, self._vault.seal(value, key))
        except (RedisError, OSError) as error:
            raise _away(error) from error

    async def load(self, name: str) -> bytes | None:
        """A state kept by `save`; None when there is none, or it cannot be read."""
        key = f"hive:state:{name}"
        try:
            sealed = await self._redis.get(key)
        except (RedisError, OSError) as error:
            raise _away(error) from error
        try:
            return None if sealed is None else self._vault.open(sealed, key)
        except ContextError as error:
            self._log.warning("state unreadable", code=error.code)
            return None

    async def field(self, name: str, key: str) -> bytes | None:
        """A sealed value kept by `set_field`.

        Raises:
            ContextError: Redis is away, or it cannot be opened.
        """
        place = f"hive:{name}"
        try:
            sealed = await self._redis.hget(place, key)
        except (RedisError, OSError) as error:
            raise _away(error) from error
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
            raise _away(error) from error

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
            raise _away(error) from error

    async def count(self, name: str, seconds: float) -> int:
        """How often this was called under that name, by all servers, in a window of so many seconds."""
        key = f"hive:rate:{name}"
        try:
            return int(await self._redis.eval(_COUNT, 1, key, int(seconds * 1000)))
        except (RedisError, OSError) as error:
            raise _away(error) from error

    async def publish(self, event: bytes, origin: str) -> int:
        """Tell the other servers of this house; answer how many listen, this one included."""
        try:
            sealed = origin.encode() + b":" + self._vault.seal(event, CHANNEL)
            return int(await self._redis.publish(CHANNEL, sealed))
        except (RedisError, OSError) as error:
            raise _away(error) from error

    async def events(self, but: str, joined: Callable[[], None]) -> AsyncIterator[bytes]:
        """What the other servers of this house publish, until Redis goes away.

        Args:
            but: name of this one.
            joined: told when nothing is missed any more.
        """
        channel = self._redis.pubsub()
        own = but.encode() + b":"
        try:
            await channel.subscribe(CHANNEL)
            while True:
                message = await channel.get_message(timeout=None)
                if message is not None and message["type"] == "subscribe":
                    joined()
                elif message is not None and not message["data"].startswith(own):
                    try:
                        yield self._vault.open(message["data"].partition(b":")[2], CHANNEL)
                    except ContextError as error:
                        self._log.warning("event unreadable", code=error.code)
        except (RedisError, OSError) as error:
            raise _away(error) from error
        finally:
            await channel.aclose()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._redis.aclose()

    async def _after_newest(self) -> str:
        newest = await self._redis.xinfo_stream(STREAM)
        last = newest["last-generated-id"]
        ms, _, seq = (last.decode() if isinstance(last, bytes) else str(last)).partition("-")
        return f"{ms}-{int(seq) + 1}"

    def _read(self, raw: list[tuple[bytes, dict[bytes, bytes]]]) -> list[Stored]:
        found: list[Stored] = []
        unreadable = 0
        for id_bytes, fields in raw:
            id_ = id_bytes.decode()
            try:
                entry = Entry.unsealed(self._vault, fields.get(FIELD.encode(), b""), f"{STREAM}|{id_}")
            except ContextError:
                unreadable += 1
            else:
                found.append(Stored(id_, entry))
        if unreadable:
            self._log.warning("entries unreadable", count=unreadable, hint="was HIVE_MIND_KEY changed?")
        return found


def _away(error: Exception) -> ContextError:
    return ContextError(f"Redis does not answer ({type(error).__name__}).")
