"""What is forgotten is nowhere any more: not in Redis' file, not in the data folder, not with the clients.

What Redis keeps is sealed, so its file is searched for the sealed bytes; everything else for the words.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hive_mind.client.core.kept_questions import KeptQuestions
from hive_mind.corrections_file import CorrectionsFile
from hive_mind.protocol.messages import Forgotten
from hive_mind.server.core.entry import STREAM
from tests.fakes.data_folder import everything
from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio
SECRET = "Le coffre est derrière la pendule bleue"
OTHER = "Quelle est la capitale de l'Italie ?"


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    model = ScriptedModel({SECRET: ("Je retiens : derrière la pendule bleue.",), OTHER: ("Rome.",)})
    async with running_server(tmp_path, model, speech="off") as server:
        yield server


async def sealed_of(running: Running, turn_id: str) -> list[bytes]:
    """The bytes that stand for a turn in Redis."""
    store: Any = running.house.context._store
    wanted = {s.id for s in await store.tail(100) if s.entry.turn_id == turn_id}
    return [fields[b"sealed"] for id_, fields in await store._redis.xrange(STREAM) if id_.decode() in wanted]


def words_in(data: bytes, text: str) -> bool:
    return any(text.encode(code) in data for code in ("utf-8", "utf-16-le", "latin-1"))


@pytest.mark.parametrize("scope", ["turn", "day", "all"])
async def test_forgotten_is_nowhere(running: Running, tmp_path: Path, scope: str) -> None:
    async with TextClient(running.ws, "salon") as client, TextClient(running.ws, "cuisine") as other:
        _, kept = await client.ask(OTHER)
        _, end = await client.ask(SECRET)
        sealed = await sealed_of(running, end["turn_id"])
        assert len(sealed) == 2
        before = everything(tmp_path)
        assert all(piece in before for piece in sealed)
        assert not words_in(before, "pendule")  # it never was there in the clear
        wish = {"turn": {"turn_id": end["turn_id"]}, "day": {"day": str(datetime.now().astimezone().date())}}
        await client.send("forget", scope=scope, **wish.get(scope, {}))
        told = await other.until("forgotten")
        assert told["scope"] == scope
        await eventually(lambda: not any(piece in everything(tmp_path) for piece in sealed))
        assert not words_in(everything(tmp_path), "pendule")
        others = await sealed_of(running, kept["turn_id"])
        assert len(others) == (2 if scope == "turn" else 0)
        assert all(piece in everything(tmp_path) for piece in others)
        said = " ".join(entry.text for entry in running.house.context.tail)
        assert "pendule" not in said
        assert all("pendule" not in trace.heard for trace in running.house.traces.newest_first())
        assert "pendule" not in str(running.house.prompt("Bonjour"))
        # Nor is it told again to a client that comes back.
        assert all(
            "pendule" not in str(m) for r in running.house.remotes.values() for m in r.session.log.messages()
        )


async def test_the_file_is_written_anew_even_while_that_is_being_done(
    running: Running, tmp_path: Path
) -> None:
    async with TextClient(running.ws, "salon") as client:
        _, end = await client.ask(SECRET)
        sealed = await sealed_of(running, end["turn_id"])
        store: Any = running.house.context._store
        began = asyncio.ensure_future(store._redis.bgrewriteaof())
        await client.send("forget", scope="all")
        await client.until("forgotten")
        await began
        assert not any(piece in everything(tmp_path) for piece in sealed)


async def test_corrections_go_with_everything(running: Running, tmp_path: Path) -> None:
    file = CorrectionsFile(tmp_path)
    async with TextClient(running.ws, "salon") as client:
        await running.house.mender.learn("mais un minuteur de dix minutes", "mets un minuteur de dix minutes")
        assert file.load()
        await client.send("forget", scope="all")
        await client.until("forgotten")
    assert not file.load()
    assert not (tmp_path / "corrections").exists()


async def test_a_client_erases_the_questions_that_it_kept(tmp_path: Path) -> None:
    kept = KeptQuestions(tmp_path)
    writing = asyncio.ensure_future(kept.run())
    file = tmp_path / "kept-questions"
    now = datetime.now(UTC)
    try:
        kept.keep(SECRET, now)
        await eventually(file.exists)
        assert not words_in(file.read_bytes(), "pendule")
        kept.forget(Forgotten(scope="day", day=now.date() - timedelta(days=3)))
        assert kept.take(now) is not None
        kept.keep(SECRET, now)
        kept.forget(Forgotten(scope="all"))
        await eventually(lambda: not file.exists())
        assert kept.take(now) is None
    finally:
        writing.cancel()
        await asyncio.wait([writing])
