"""A house that is copied, lost and put back; and files that are no backups."""

import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from anyio import to_thread
from typer.testing import CliRunner, Result

from hive_mind.cli.main import build
from hive_mind.errors import ConfigError, ContextError
from hive_mind.server.backup.archive import read, write
from hive_mind.server.backup.house_redis import house_redis
from hive_mind.server.backup.redis_copy import copied, put_back
from hive_mind.server.config import ServerConfig
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient

THEN = datetime(2026, 1, 6, tzinfo=UTC)
PASSPHRASE = "correct horse battery"


def run(command: str, *arguments: str | Path, phrase: str = PASSPHRASE) -> Result:
    environment = {"HIVE_MIND_BACKUP_PASSPHRASE": phrase, "HIVE_MIND_PORT": "1"}
    return CliRunner().invoke(build(command), [command, *map(str, arguments)], env=environment)


@pytest.mark.anyio
async def test_a_house_survives_the_loss_of_its_machine(tmp_path: Path) -> None:
    old, new, shelf = tmp_path / "old", tmp_path / "new", tmp_path / "shelf"
    async with running_server(old, ScriptedModel()) as running, TextClient(running.ws) as client:
        await client.ask("Je m'appelle Alice.")
        await client.ask("Mets un minuteur de vingt minutes.")
        (old / "plugins").mkdir(exist_ok=True)
        (old / "plugins" / "settings.toml").write_text("[weather]\nenabled = false\n")
        (old / "models").mkdir(exist_ok=True)
        (old / "models" / "big.bin").write_bytes(b"x" * 1000)
        made = await to_thread.run_sync(lambda: run("backup", shelf, "--keys", "--data", old))
        assert made.exit_code == 0, made.output
        await client.ask("Ceci vient après la copie.")
    file = next(shelf.glob("*.tar.gz"))
    assert file.stat().st_mode & 0o777 == 0o600
    raw = b"".join(read(file).files.values()) + "".join(read(file).redis).encode()
    assert b"Alice" not in raw and not any("big.bin" in name for name in read(file).files)

    wrong = await to_thread.run_sync(lambda: run("restore", file, "--data", new, phrase="something else !"))
    assert isinstance(wrong.exception, ConfigError) and wrong.exception.code == "PASSPHRASE_WRONG"
    assert not (new / "context.key").exists()
    back = await to_thread.run_sync(lambda: run("restore", file, "--data", new))
    assert back.exit_code == 0, (back.output, back.exception)
    again = await to_thread.run_sync(lambda: run("restore", file, "--data", new))
    assert isinstance(again.exception, ConfigError) and again.exception.code == "RESTORE_REFUSED"
    async with running_server(new, ScriptedModel()) as running, TextClient(running.ws) as client:
        said = [entry.text for entry in running.house.context.tail]
        assert "Je m'appelle Alice." in said and "Ceci vient après la copie." not in said
        assert "minutes" in (await client.ask("Combien de temps reste-t-il ?"))[0]
    assert (new / "plugins" / "settings.toml").exists()
    assert (new / "context.key").stat().st_mode & 0o777 == 0o600


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    for day in range(3):
        write(tmp_path / f"hive-mind-2026010{day}.tar.gz", [], tmp_path / "none", THEN, None)
    assert run("backup", tmp_path, "--keep", "2", "--data", tmp_path / "data").exit_code == 0
    assert len(list(tmp_path.glob("*.tar.gz"))) == 2 and not (tmp_path / "hive-mind-20260100.tar.gz").exists()


def test_a_weak_passphrase_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        write(tmp_path / "b.tar.gz", [], tmp_path, THEN, "short")
    assert caught.value.code == "PASSPHRASE_WEAK" and not list(tmp_path.iterdir())


def made_up(path: Path, parts: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in parts.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def with_manifest(parts: dict[str, bytes], **fields: Any) -> dict[str, bytes]:
    import hashlib

    sums = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    manifest = {"format": 1, "version": "1", "made": "now", "sha256": sums, **fields}
    return {"manifest.json": json.dumps(manifest).encode(), **parts}


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"manifest.json": b"{}"},
        {"manifest.json": b"not json", "redis.jsonl": b""},
        with_manifest({"redis.jsonl": b""}, format=2),
        with_manifest({"redis.jsonl": b""}, sha256={}),
        with_manifest({"redis.jsonl": b"", "data/../../etc/passwd": b"x"}),
        with_manifest({"redis.jsonl": b"", "data//etc/passwd": b"x"}),
        with_manifest({"data/plugins/settings.toml": b"x"}),
    ],
)
def test_what_is_no_backup_is_refused_whole(tmp_path: Path, parts: dict[str, bytes]) -> None:
    with pytest.raises(ConfigError) as caught:
        read(made_up(tmp_path / "b.tar.gz", parts))
    assert caught.value.code == "BACKUP_INVALID"


def test_a_damaged_or_cut_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.tar.gz"
    write(
        path, ['{"key":"hive:x","kind":"string","ttl_ms":-1,"value":"AA=="}'], tmp_path / "none", THEN, None
    )
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:99] + b"\0\0" + whole[101:], b"", b"no tar"):
        path.write_bytes(damaged)
        with pytest.raises(ConfigError):
            read(path)


@pytest.mark.anyio
async def test_every_kind_of_value_comes_back_and_nothing_half(tmp_path: Path) -> None:
    async with house_redis(ServerConfig(data=tmp_path)) as client:
        redis: Any = client
        await redis.set("hive:text", b"\0\xff")
        await redis.set("hive:soon", "x", ex=500)
        await redis.set("hive:lock:migration", "x")
        await redis.set("foreign", "untouched")
        await redis.hset("hive:hash", mapping={b"\xfe": b"1"})
        await redis.sadd("hive:set", "a", "b")
        await redis.zadd("hive:zset", {"a": 1.5})
        await redis.rpush("hive:list", "a", "b")
        await redis.xadd("hive:context", {"sealed": b"\xff"}, id="5-1")
        lines = await copied(client)
        assert len(lines) == 7
        await redis.set("hive:newer", "goes")
        with pytest.raises(ContextError):
            await put_back(client, [*lines, '{"key":"foreign","kind":"string","ttl_ms":-1,"value":"AA=="}'])
        assert await redis.exists("hive:newer")
        assert await put_back(client, lines) == 7
        assert await copied(client) == [*lines] or await redis.pttl("hive:soon") > 400_000
        assert not await redis.exists("hive:newer") and await redis.get("foreign") == b"untouched"
        assert await redis.xrange("hive:context") == [(b"5-1", {b"sealed": b"\xff"})]
        assert await redis.get("hive:text") == b"\0\xff" and await redis.zscore("hive:zset", "a") == 1.5
