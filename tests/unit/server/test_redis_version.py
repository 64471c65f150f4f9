"""A Redis that is too old is refused in one line; one with known faults is told of."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError
from structlog.testing import capture_logs

from hive_mind.cli.part_checks import check_redis
from hive_mind.errors import ConfigError
from hive_mind.server.core.crypto import Vault
from hive_mind.server.core.redis_server import EmbeddedRedis, find_redis
from hive_mind.server.core.redis_version import FIXED, better, version_in, version_of
from hive_mind.server.core.store import ContextStore

pytestmark = pytest.mark.anyio
DEPLOY = Path(__file__).parents[3] / "deploy"


def program(folder: Path, told: str) -> Path:
    """Tells its version as a redis-server does, and starts nothing."""
    path = folder / "redis-server"
    path.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{told}" && exit\necho FATAL\nexit 1\n')
    path.chmod(0o700)
    return path


def store(info: Any) -> ContextStore:
    async def ask(_section: str) -> Any:
        if isinstance(info, Exception):
            raise info
        return info

    redis: Any = SimpleNamespace(info=ask)
    return ContextStore(redis, Vault(bytes(32)), 7)


@pytest.mark.parametrize(
    "told",
    [
        "Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=a3fdef44459b3ad6",
        "Redis server v=5.0.14 sha=00000000:0 malloc=jemalloc-5.1.0 bits=64 build=5c50bdc0b21ed5",
    ],
)
async def test_an_old_program_is_refused_in_one_line(tmp_path: Path, told: str) -> None:
    old = program(tmp_path, told)
    redis = EmbeddedRedis(tmp_path / "data", lambda: old)
    with capture_logs() as logs:
        with pytest.raises(ConfigError) as refused:
            await redis.start()
        await redis.stop()
    assert not logs
    assert refused.value.code == "REDIS_TOO_OLD"
    said = refused.value.message
    assert "\n" not in said
    assert str(old) in said and "6.2.0 or later" in said and "HIVE_MIND_REDIS_URL" in said
    finding = check_redis(embedded=False, server=str(old), url=None)
    assert finding.level == "error" and "6.2.0" in finding.advice


async def test_the_one_that_comes_along_is_new_enough() -> None:
    found = find_redis()
    assert found is not None
    version = version_of(found)
    assert version is not None and version >= (6, 2, 0)


async def test_one_that_somebody_runs_is_refused_too() -> None:
    with pytest.raises(ConfigError) as refused:
        await store({"redis_version": "6.0.16"}).migrate()
    assert refused.value.code == "REDIS_TOO_OLD"


@pytest.mark.parametrize(
    ("info", "advice"),
    [
        ({"redis_version": "7.2.4"}, "7.2.16"),
        ({"redis_version": "7.0.15"}, "7.2.16"),
        ({"redis_version": "6.2.14"}, "6.2.24"),
        ({"redis_version": "7.2.16"}, None),
        ({"redis_version": "8.2.1"}, None),
        ({"redis_version": "7.2.4", "valkey_version": "8.1.0"}, None),
        ({}, None),
        (NoPermissionError("no INFO for you"), None),
    ],
)
async def test_known_faults_are_told_of(info: Any, advice: str | None) -> None:
    with capture_logs() as logs:
        await store(info).advise()
    assert [line["at_least"] for line in logs] == ([advice] if advice else [])


def test_of_a_line_without_fixes_the_next_one_is_taken() -> None:
    assert better((7, 0, 15)) == (7, 2, FIXED[7, 2])
    assert better((7, 4, 10)) == (7, 4, FIXED[7, 4]) and better((7, 4, 12)) is None
    assert version_in("no version") is None


def test_the_image_of_the_compose_file_has_the_known_fixes() -> None:
    compose = yaml.safe_load((DEPLOY / "docker-compose.yml").read_text(encoding="utf-8"))
    image = compose["services"]["redis"]["image"]
    version = version_in(image)
    assert version is not None, f"{image} names no release: whatever was pulled first would stay"
    assert better(version) is None


async def test_a_real_one_tells_its_version(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    await server.start()
    real = ContextStore(Redis(unix_socket_path=str(server.socket)), Vault(bytes(32)), 7)
    assert await real.version() == version_of(find_redis() or Path())
    await real.close()
    await server.stop()
