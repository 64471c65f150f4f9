"""Data of older and newer versions."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hive_mind.errors import ConfigError
from hive_mind.server.backup.house_redis import house_redis
from hive_mind.server.config import ServerConfig
from hive_mind.server.core.migrations import CURRENT, LOCK, SCHEMA, Migration, migrate
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient

pytestmark = pytest.mark.anyio


async def test_a_house_from_before_there_were_versions(tmp_path: Path) -> None:
    config = ServerConfig(data=tmp_path)
    async with running_server(tmp_path, ScriptedModel()) as running, TextClient(running.ws) as client:
        await client.ask("Je m'appelle Alice.")
    async with house_redis(config) as redis:
        assert int(await redis.get(SCHEMA) or 0) == CURRENT
        await redis.delete(SCHEMA)
    async with running_server(tmp_path, ScriptedModel()) as running:
        assert "Je m'appelle Alice." in [entry.text for entry in running.house.context.tail]
    async with house_redis(config) as redis:
        assert int(await redis.get(SCHEMA) or 0) == CURRENT


async def test_a_newer_house_is_left_alone(tmp_path: Path) -> None:
    async with house_redis(ServerConfig(data=tmp_path)) as redis:
        await redis.set(SCHEMA, CURRENT + 1)
    with pytest.raises(ConfigError) as caught:
        async with running_server(tmp_path, ScriptedModel()):
            pass
    assert caught.value.code == "SCHEMA_NEWER"


async def test_steps_run_once_in_order_though_two_servers_begin_at_once(tmp_path: Path) -> None:
    ran: list[int] = []

    def step(to: int) -> Migration:
        async def _run(redis: Any) -> None:
            ran.append(to)
            await asyncio.sleep(0)
            await redis.set(f"hive:state:step{to}", "x")

        return Migration(to, f"step {to}", _run)

    steps = (step(1), step(2), step(3))
    async with house_redis(ServerConfig(data=tmp_path)) as redis:
        await redis.set("hive:state:old", "x")
        done = await asyncio.gather(migrate(redis, steps), migrate(redis, steps))
        assert sorted(map(len, done)) == [0, 3] and ran == [1, 2, 3]
        assert await redis.get(SCHEMA) == b"3" and not await redis.exists(LOCK)


async def test_a_step_that_was_cut_off_is_run_again(tmp_path: Path) -> None:
    tries: list[int] = []

    async def _run(redis: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("the power went")

    async with house_redis(ServerConfig(data=tmp_path)) as redis:
        await redis.set("hive:state:old", "x")
        with pytest.raises(RuntimeError):
            await migrate(redis, [Migration(1, "step", _run)])
        assert await migrate(redis, [Migration(1, "step", _run)]) == ["step"]
        assert await migrate(redis, [Migration(1, "step", _run)]) == [] and len(tries) == 2


async def test_an_empty_house_is_new(tmp_path: Path) -> None:
    async def _never(redis: Any) -> None:
        raise AssertionError

    async with house_redis(ServerConfig(data=tmp_path)) as redis:
        assert await migrate(redis, [Migration(7, "step", _never)]) == []
        assert await redis.get(SCHEMA) == b"7"
