"""The conversation in Redis: a stream of sealed entries, small sealed states, a channel between servers."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis
from redis.exceptions import NoPermissionError, RedisError, ResponseError

from hive_mind.errors import ContextError
from hive_mind.server.core.crypto import Vault
from hive_mind.server.core.entry import FIELD, STREAM, Entry, stream_time
from hive_mind.server.core.migrations import migrate
from hive_mind.server.core.redis_version import Version, better, refuse_if_old, version_in, written
from hive_mind.server.core.resealing import reseal, tidy
from hive_mind.server.core.shared_values import ONCE, SharedValues, away
from hive_mind.server.core.steady_time import SteadyTime

CHANNEL = "hive:events"
SHORT_LIVED = (b"hive:lock:", b"hive:claim:", b"hive:rate:", ONCE.encode())
"""Beginnings of keys that no backup needs."""
_APPEND = """
local late = {}
for at = 3, #ARGV, 2 do
  local done = #late > 0 or redis.pcall('xadd', KEYS[1], ARGV[at], ARGV[1], ARGV[at + 1])
  if done == true then
    late[#late + 1] = (at - 3) / 2
  elseif type(done) == 'table' and done.err then
    if not string.find(done.err, 'equal or smaller', 1, true) then return done end
    local there = redis.call('xrange', KEYS[1], ARGV[at], ARGV[at])[1]
    if not there or there[2][2] ~= ARGV[at + 1] then late[#late + 1] = (at - 3) / 2 end
  end
end
redis.call('xtrim', KEYS[1], 'minid', ARGV[2])
return late
"""
"""Writes entries (id, sealed) and drops what is older than an id; answers which came too late for their id,
because another server was faster; none overtakes one that was said before it. What is there already, because
it was sent again, is not written again."""

_TRIES = 8
_JUST_MS = 2000
_COMPACT_S = 10.0
_LOOK_S = 0.02
_WRITING = ("aof_rewrite_in_progress", "aof_rewrite_scheduled", "rdb_bgsave_in_progress")


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


class ContextStore(SharedValues):
    """Reads and writes one house's conversation. All methods raise `ContextError` when Redis is away.

    Args:
        client: connected or not; commands connect.
        vault: seals what is written.
        days: how long entries are kept.
        monotonic: seconds of a clock that nobody sets.
    """

    def __init__(
        self, client: Redis, vault: Vault, days: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(client, vault)
        self._keep = timedelta(days=days)
        self._last = (0, 0)
        self._steady = SteadyTime(datetime.now(UTC), monotonic())
        self._monotonic = monotonic

    async def ping(self) -> None:
        """Raise unless Redis answers."""
        try:
            await self._redis.ping()
        except (RedisError, OSError) as error:
            raise away(error) from error

    async def health(self) -> StoreHealth:
        """Look at it."""
        try:
            info = await self._redis.info()
            entries = int(await self._redis.xlen(STREAM))
        except (RedisError, OSError) as error:
            raise away(error) from error
        good = all(
            info.get(name, "ok") == "ok" for name in ("aof_last_write_status", "aof_last_bgrewrite_status")
        )
        return StoreHealth(int(info.get("used_memory", 0)), entries, good)

    async def version(self) -> Version | None:
        """Which Redis that is; None when it does not tell, or is one that only speaks like it."""
        try:
            told = await self._redis.info("server")
        except NoPermissionError:
            return None
        except (RedisError, OSError) as error:
            raise away(error) from error
        return None if "valkey_version" in told else version_in(str(told.get("redis_version", "")))

    async def advise(self) -> None:
        """Tell in the log of a Redis that lacks the fixes of known faults."""
        version = await self.version()
        if version is not None and (fixed := better(version)) is not None:
            self._log.warning(
                "redis has known faults: take a newer one", version=written(version), at_least=written(fixed)
            )

    async def migrate(self) -> None:
        """Bring what is there up to date.

        Raises:
            ConfigError: SCHEMA_NEWER, REDIS_TOO_OLD.
        """
        try:
            refuse_if_old(await self.version(), "The Redis of this house")
            for what in await migrate(self._redis):
                self._log.info("migrated", what=what)
        except (RedisError, OSError) as error:
            raise away(error) from error

    async def append(self, entry: Entry) -> str:
        """Write an entry and drop what is too old; the id is the time, or just after the newest entry."""
        try:
            id_ = f"{stream_time(entry.timestamp)}-0"
            oldest = self._oldest(entry.timestamp)
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
            raise away(error) from error
        raise ContextError("The conversation is written by too many at once.")

    async def append_all(self, entries: Sequence[Entry]) -> None:
        """Write several entries in one go, which costs little more than one: they reach the disk together."""
        left = list(entries)
        for _ in range(_TRIES):
            oldest = self._oldest(entries[-1].timestamp)
            now_ms = int(time.time() * 1000)
            told: list[str | bytes] = [FIELD, str(oldest)]
            for entry in left:
                id_ = self._next_id(entry, now_ms)
                told += id_, entry.sealed(self._vault, f"{STREAM}|{id_}")
            try:
                late = await self._redis.eval(_APPEND, 1, STREAM, *told)
                if not late:
                    return
                self._note_id(await self._after_newest())
            except (RedisError, OSError) as error:
                raise away(error) from error
            left = [left[place] for place in late]
        raise ContextError("The conversation is written by too many at once.")

    async def append_again(self, entries: Sequence[Entry]) -> None:
        """Write what an earlier try may have written already; nothing is there twice."""
        first = min(entry.timestamp for entry in entries)
        known = {stored.entry for stored in await self.between(first, None)}
        if missing := [entry for entry in entries if entry not in known]:
            await self.append_all(missing)

    def _next_id(self, entry: Entry, now_ms: int) -> str:
        """The time of an entry, or just after the last one that we know of.

        Of one that was just made it is the time of writing: then another server was seldom faster.
        """
        ms = stream_time(entry.timestamp)
        if 0 <= now_ms - ms < _JUST_MS:
            ms = now_ms
        self._last = (ms, 0) if ms > self._last[0] else (self._last[0], self._last[1] + 1)
        return f"{self._last[0]}-{self._last[1]}"

    def _note_id(self, id_: str) -> None:
        ms, _, seq = id_.partition("-")
        self._last = max(self._last, (int(ms), int(seq)))

    def _oldest(self, now: datetime) -> int:
        """Where what is kept begins; a clock that jumps ahead erases nothing."""
        return stream_time(self._steady.of(now, self._monotonic()) - self._keep)

    async def tail(self, count: int, before: datetime | None = None) -> list[Stored]:
        """The newest entries (said before a moment) that can be read, oldest first."""
        last = "+" if before is None else str(stream_time(before) - 1)
        try:
            raw = await self._redis.xrevrange(STREAM, max=last, count=count)
        except (RedisError, OSError) as error:
            raise away(error) from error
        return list(reversed(self._read(raw)))

    async def between(self, start: datetime | None, end: datetime | None) -> list[Stored]:
        """The entries said from `start` until before `end` (None: without limit), oldest first."""
        first = "-" if start is None else str(stream_time(start))
        last = "+" if end is None else str(stream_time(end) - 1)
        try:
            return self._read(await self._redis.xrange(STREAM, first, last))
        except (RedisError, OSError) as error:
            raise away(error) from error

    async def trim(self, now: datetime) -> int:
        """Drop entries older than the window; answer how many."""
        try:
            return int(await self._redis.xtrim(STREAM, minid=str(self._oldest(now)), approximate=False))
        except (RedisError, OSError) as error:
            raise away(error) from error

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
            raise away(error) from error

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
            raise away(error) from error
        return erased

    async def compact(self) -> bool:
        """Have Redis rewrite the stream and its files without what was erased; whether it has, in time.

        One that is not ours may refuse, or keep snapshots that this cannot reach; that is logged.
        """
        try:
            async with asyncio.timeout(_COMPACT_S):
                await tidy(self._redis, self._vault, STREAM)
                await self._unless_busy(self._redis.bgrewriteaof)
                await self._until_written()
                if (await self._redis.config_get("save")).get("save"):
                    await self._unless_busy(self._redis.bgsave)
                    await self._until_written()
        except (RedisError, OSError, TimeoutError, ContextError) as error:
            self._log.warning("redis files not rewritten: they may hold what was erased", reason=str(error))
            return False
        return True

    async def _unless_busy(self, begin: Callable[[], Awaitable[object]]) -> None:
        """Begin to write a file anew; one that is being written already may hold what was erased since."""
        while True:
            try:
                await begin()
            except ResponseError as error:
                if "progress" not in str(error):
                    raise
                await asyncio.sleep(_LOOK_S)
            else:
                return

    async def _until_written(self) -> None:
        while True:
            told = await self._redis.info("persistence")
            if not any(int(told.get(mark, 0)) for mark in _WRITING):
                return
            await asyncio.sleep(_LOOK_S)

    async def reseal(self) -> int:
        """Seal everything with the newest key; answer how many things.

        Raises:
            ContextError: Redis is away, or the conversation is written by too many at once.
        """
        try:
            return await reseal(self._redis, self._vault, STREAM)
        except (RedisError, OSError) as error:
            raise away(error) from error

    async def publish(self, event: bytes, origin: str) -> int:
        """Tell the other servers of this house; answer how many listen, this one included."""
        try:
            sealed = origin.encode() + b":" + self._vault.seal(event, CHANNEL)
            return int(await self._redis.publish(CHANNEL, sealed))
        except (RedisError, OSError) as error:
            raise away(error) from error

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
            raise away(error) from error
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
