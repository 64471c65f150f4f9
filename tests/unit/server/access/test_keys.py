"""A new key for the house: everything is sealed anew, readable, and nothing needs the old key."""

from pathlib import Path
from typing import Any

import pytest

from hive_mind.corrections_file import CorrectionsFile
from hive_mind.crypto import KEY_BYTES, Vault, load_keys, rotate
from hive_mind.errors import ConfigError, ContextError
from hive_mind.server.core.entry import STREAM
from hive_mind.server.core.plugin_house import BUILT_IN
from hive_mind.server.core.plugin_manifest import read_manifest
from tests.fakes.data_folder import everything
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio
ITALY = "Quelle est la capitale de l'Italie ?"


async def test_the_key_is_changed_while_the_house_is_at_work(tmp_path: Path) -> None:
    model = ScriptedModel({ITALY: ("Rome.",)})
    (old,) = load_keys(None, tmp_path / "context.key")
    async with (
        running_server(tmp_path, model, speech="off") as running,
        TextClient(running.ws, "salon") as client,
    ):
        await client.ask(ITALY)
        lists = read_manifest(BUILT_IN / "lists")
        storage = running.house.plugins._services_for(lists, {}).storage
        await storage.put("lait", "deux litres")
        await client.ask("Mets un minuteur de dix minutes")
        await running.house.mender.learn("mais un minuteur", "mets un minuteur")
        store: Any = running.house.context._store
        before = await store._redis.xrange(STREAM)
        assert running.house.keys is not None
        assert await running.house.keys.rotate() > 6
        (new,) = load_keys(None, tmp_path / "context.key")
        assert new != old
        after = await store._redis.xrange(STREAM)
        assert [id_ for id_, _ in after] == [id_ for id_, _ in before]
        opens = Vault(old)
        for id_, fields in after:
            with pytest.raises(ContextError):
                opens.open(fields[b"sealed"], f"{STREAM}|{id_.decode()}")
        files = everything(tmp_path)
        assert not any(fields[b"sealed"] in files for _, fields in before)
        assert [s.entry.text for s in await store.tail(2)][-1]
        assert CorrectionsFile(tmp_path).load()
        assert await storage.get("lait") == "deux litres"
        assert "minutes" in (await client.ask("Il reste combien de temps ?"))[0]
    async with running_server(tmp_path, model, speech="off") as again:
        assert any(entry.text == ITALY for entry in again.house.context.tail)


async def test_a_rotation_that_was_interrupted_is_finished_at_the_next_start(tmp_path: Path) -> None:
    model = ScriptedModel({ITALY: ("Rome.",)})
    async with (
        running_server(tmp_path, model, speech="off") as running,
        TextClient(running.ws, "a") as client,
    ):
        await client.ask(ITALY)
    assert len(rotate(tmp_path / "context.key")) == 2
    async with running_server(tmp_path, model, speech="off") as again:
        assert any(entry.text == ITALY for entry in again.house.context.tail)
        await eventually(lambda: len(load_keys(None, tmp_path / "context.key")) == 1)
        assert len(await again.house.context.between(None, None)) == 2


def test_the_newest_key_seals_and_all_open() -> None:
    one, two = bytes(KEY_BYTES), bytes([1]) * KEY_BYTES
    sealed = Vault(one).seal(b"mot", "place")
    assert Vault(two, one).open(sealed, "place") == b"mot"
    with pytest.raises(ContextError):
        Vault(one).open(Vault(two, one).seal(b"mot", "place"), "place")
    with pytest.raises(ContextError):
        Vault(two).open(sealed, "place")


def test_a_file_of_keys_is_whole_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "context.key"
    first = load_keys(None, path)
    assert load_keys(None, path) == first
    assert rotate(path)[1:] == first
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("short\n")
    with pytest.raises(ConfigError, match="base64"):
        rotate(path)
    assert path.read_text() == "short\n"
