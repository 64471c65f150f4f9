"""The conversation in a real Redis."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError, ResponseError

from hive_mind.errors import ContextError
from hive_mind.server.core.context import WAITING, Context
from hive_mind.server.core.crypto import Vault
from hive_mind.server.core.entry import STREAM, Entry
from hive_mind.server.core.redis_client import connect
from hive_mind.server.core.redis_server import EmbeddedRedis
from hive_mind.server.core.store import ContextStore

pytestmark = pytest.mark.anyio
VAULT = Vault(bytes(32))


def entry(text: str, moment: datetime | None = None, turn_id: str = "t1") -> Entry:
    return Entry(
        role="user", text=text, timestamp=moment or datetime.now(UTC), client_id="c", turn_id=turn_id
    )


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[Redis]:
    server = EmbeddedRedis(tmp_path)
    await server.start()
    client = connect(f"unix://{server.socket}")
    yield client
    await client.aclose()
    await server.stop()


@pytest.fixture
async def store(redis: Redis) -> ContextStore:
    return ContextStore(redis, VAULT, days=7)


async def texts(store: ContextStore) -> list[str]:
    return [s.entry.text for s in await store.tail(1000)]


async def test_entries_come_back_in_order_even_of_one_moment(store: ContextStore) -> None:
    moment = datetime.now(UTC)
    for i in range(5):
        await store.append(entry(str(i), moment))
    await store.append(entry("clock set back", moment - timedelta(hours=1)))
    assert await texts(store) == ["0", "1", "2", "3", "4", "clock set back"]


async def test_seven_days_are_kept(redis: Redis) -> None:
    uptime = [0.0]
    store, now = ContextStore(redis, VAULT, 7, lambda: uptime[0]), datetime.now(UTC)
    for days in (9, 7.1, 6.9, 1):
        await store.append(entry(f"{days} days ago", now - timedelta(days=days)))
    await store.append(entry("now", now))
    assert await texts(store) == ["6.9 days ago", "1 days ago", "now"]
    assert await store.trim(now + timedelta(days=1)) == 0, "a clock that jumps ahead erases nothing"
    uptime[0] += 86400
    assert await store.trim(now + timedelta(days=1)) == 1


async def test_what_was_written_is_not_written_again(store: ContextStore) -> None:
    said = entry("once")
    await store.append(said)
    await store.append_again([said])
    await store.append_again([entry("twice")])
    assert await texts(store) == ["once", "twice"]


async def test_two_servers_that_write_at_once_lose_and_double_nothing(redis: Redis) -> None:
    stores = [ContextStore(redis, VAULT, days=7) for _ in range(3)]
    late = entry("of a clock that goes ahead", datetime.now(UTC) + timedelta(minutes=1))
    await stores[0].append_all([late])
    batches = [[entry(f"{n}-{batch}-{i}") for i in range(5)] for n in range(3) for batch in range(4)]
    await asyncio.gather(*(stores[n // 4].append_all(batch) for n, batch in enumerate(batches)))
    said = await texts(stores[0])
    assert sorted(said) == sorted([late.text, *(e.text for batch in batches for e in batch)])
    for batch in batches:
        assert [text for text in said if text in {e.text for e in batch}] == [e.text for e in batch]


async def test_a_command_that_is_sent_again_writes_nothing_again(redis: Redis) -> None:
    ask, sent = redis.eval, list[tuple[object, ...]]()

    async def remembering(*command: object) -> object:
        sent.append(command)
        return await ask(*command)  # type: ignore[arg-type]

    store = ContextStore(redis, VAULT, days=7)
    store._redis = SimpleNamespace(eval=remembering)
    await store.append_all([entry("one"), entry("two")])
    assert await ask(*sent[0]) == []  # type: ignore[arg-type]
    assert await texts(ContextStore(redis, VAULT, days=7)) == ["one", "two"]


async def test_an_entry_of_another_key_or_place_is_left_out(store: ContextStore, redis: Redis) -> None:
    await ContextStore(redis, Vault(b"k" * 32), 7).append(entry("foreign"))
    await store.append(entry("mine"))
    (_, fields) = (await redis.xrevrange(STREAM, count=1))[0]  # type: ignore[index]
    await redis.xadd(STREAM, fields)  # type: ignore[arg-type]
    await redis.xadd(STREAM, {"other": "field"})
    assert await texts(store) == ["mine"]


async def test_a_day_is_forgotten(redis: Redis) -> None:
    context = Context(ContextStore(redis, VAULT, days=7))
    noon = datetime.now().astimezone().replace(hour=12, minute=0, second=0, microsecond=0)
    for days in (2, 1, 0):
        await context.append(entry(str(days), noon - timedelta(days=days)))
    assert await context.forget("day", None, (noon - timedelta(days=1)).date()) == 1
    assert [e.text for e in context.tail] == ["2", "0"]
    fresh = Context(ContextStore(redis, VAULT, days=7))
    await fresh.start()
    assert [e.text for e in fresh.tail] == ["2", "0"]
    assert await context.forget("day", None, date(2001, 1, 1)) == 0
    with pytest.raises(ContextError):
        await context.forget("turn", None, None)


async def test_states_are_sealed_and_come_back(store: ContextStore, redis: Redis) -> None:
    await store.save("commands:c", b"timer")
    assert await store.load("commands:c") == b"timer"
    raw = await redis.get("hive:state:commands:c")
    assert raw and b"timer" not in raw.encode() if isinstance(raw, str) else raw is not None
    await redis.set("hive:state:commands:d", raw or b"")
    assert await store.load("commands:d") is None
    await store.save("commands:c", None)
    assert await store.load("commands:c") is None


async def test_what_waits_for_redis_is_bounded(tmp_path: Path) -> None:
    context = Context(ContextStore(connect(f"unix://{tmp_path / 'none.sock'}"), VAULT, days=7))
    await context.start()
    assert not context.available
    for i in range(WAITING + 5):
        await context.append(entry(str(i)))
    assert context.tail[-1].text == str(WAITING + 4)
    await context.save_state("x", b"kept")
    assert await context.load_state("x") == b"kept"


async def test_redis_is_adopted_and_started_once(tmp_path: Path) -> None:
    servers = [EmbeddedRedis(tmp_path) for _ in range(3)]
    await asyncio.gather(*(server.start() for server in servers))
    pid = (tmp_path / "redis" / "redis.pid").read_text()
    client = connect(f"unix://{servers[0].socket}")
    await client.set("k", "v")
    await servers[0].stop()
    await servers[1].stop()
    assert await client.get("k") == b"v"
    assert (tmp_path / "redis" / "redis.pid").read_text() == pid
    await servers[2].stop()
    await client.aclose()
    assert not (tmp_path / "redis" / "redis.pid").exists()
    again = EmbeddedRedis(tmp_path)
    await again.start()
    client = connect(f"unix://{again.socket}")
    assert await client.get("k") == b"v"
    await client.aclose()
    await again.stop()


@pytest.mark.parametrize(
    "command",
    [
        "RESTORE k 0 x",
        "MIGRATE h 1 k 0 1",
        "MODULE LIST",
        "CONFIG SET dir /tmp",
        "REPLICAOF h 1",
        "ACL LIST",
        "PFADD k x",
        "FLUSHALL",
        "KEYS *",
    ],
)
async def test_redis_is_not_asked_what_we_never_use(redis: Redis, command: str) -> None:
    asked: Any = redis
    name, *rest = command.split()
    with pytest.raises(NoPermissionError):
        await asked.execute_command(name, *rest)
    with pytest.raises(ResponseError, match="script"):  # nor by one
        await asked.eval("return redis.call(unpack(ARGV))", 0, name, *rest)


async def test_a_file_of_before_there_were_rights_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "redis"
    folder.mkdir()
    written = [["SELECT", "0"], ["PFADD", "old", "x"], ["SET", "k", "v"]]
    (folder / "appendonly.aof").write_text(
        "".join(f"*{len(c)}\r\n" + "".join(f"${len(w)}\r\n{w}\r\n" for w in c) for c in written), newline=""
    )
    server = EmbeddedRedis(tmp_path)
    await server.start()
    client = connect(f"unix://{server.socket}")
    assert await client.get("k") == b"v" and await client.exists("old")
    await client.aclose()
    await server.stop()
