"""The real llama.cpp with the real 0.5B model."""

import asyncio
import json
import os
import re
import signal
import stat
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hive_mind.errors import LlmError
from hive_mind.server.core.llm.engine import ChatMessage, Form, Gate, generate_with_pauses
from hive_mind.server.core.llm.llamacpp import LlamaCppModel
from tests.fakes.running_server import running_server
from tests.fakes.text_client import TextClient
from tests.fakes.waiting import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.models]
ITALY = "Quelle est la capitale de l'Italie ?"
CHAT = [ChatMessage("system", "Tu réponds en français, en une phrase."), ChatMessage("user", ITALY)]
LONG = [*CHAT[:1], ChatMessage("user", "Raconte longuement l'histoire de France.")]


@pytest.fixture(scope="module")
def gguf(models_dir: Path) -> Path:
    return models_dir / "qwen2.5-coder-0.5b" / "model.gguf"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
async def llm(gguf: Path, runtime: Path, anyio_backend: str) -> AsyncIterator[LlamaCppModel]:
    model = LlamaCppModel(gguf, runtime, threads=1, temperature=0.0)
    await model.start()
    yield model
    await model.stop()


async def test_it_answers_waiting_for_its_loading(llm: LlamaCppModel) -> None:
    before = llm.state
    answer = "".join([piece async for piece in llm.generate(CHAT)])
    assert "Rome" in answer
    assert (before, llm.state) == ("loading", "ready")


async def test_it_stops_at_once_and_goes_on_from_there(llm: LlamaCppModel) -> None:
    whole = "".join([piece async for piece in llm.generate(CHAT)])
    pieces = llm.generate(LONG)
    await anext(pieces)
    begun = time.monotonic()
    await pieces.aclose()
    assert time.monotonic() - begun < 0.05
    cut = whole[: len(whole) // 2]
    assert cut + "".join([piece async for piece in llm.generate(CHAT, cut)]) == whole


async def test_an_answer_in_a_form_is_of_that_form(llm: LlamaCppModel) -> None:
    form = Form({"type": "object", "properties": {"t": {"enum": ["rome"]}}, "required": ["t"]}, 30)
    answer = "".join([piece async for piece in llm.generate(CHAT, "", form)])
    assert json.loads(answer)["t"] == "rome"


async def test_a_second_beginning_is_read_when_idle_and_costs_the_first_nothing(llm: LlamaCppModel) -> None:
    second = [ChatMessage("system", "Tu choisis un outil. " * 20), ChatMessage("user", "")]
    await llm.prepare(CHAT)
    assert not llm.keeps_ready
    llm.keep_ready(second)
    await eventually(lambda: llm.keeps_ready, 60)
    await eventually(lambda: llm._reading is None or llm._reading.done(), 60)
    await llm.prepare(second)
    assert llm.computed is not None and llm.computed < 10
    await llm.prepare(CHAT)
    assert llm.computed < 10


async def test_a_pause_changes_nothing(llm: LlamaCppModel) -> None:
    whole = "".join([piece async for piece in llm.generate(CHAT)])
    gate, said = Gate(), ""
    async for piece in generate_with_pauses(llm, CHAT, gate):
        said += piece
        if len(said) < 12:
            gate.hold()
            asyncio.get_running_loop().call_later(0.05, gate.go)
    assert said == whole


async def test_its_socket_is_private_and_wants_the_key(llm: LlamaCppModel, runtime: Path) -> None:
    async for _ in llm.generate(CHAT):
        pass
    (socket,) = list(runtime.glob("llm-*.sock"))  # noqa: ASYNC240 - a test
    assert stat.S_ISSOCK(socket.stat().st_mode)
    transport = httpx.AsyncHTTPTransport(uds=str(socket))
    async with httpx.AsyncClient(transport=transport, base_url="http://llm") as http:
        for path in ("/v1/models", "/props", "/slots", "/completion", "/v1/chat/completions"):
            assert (await http.post(path, json={"prompt": "x"})).status_code in (401, 404)


async def test_killed_it_comes_back(llm: LlamaCppModel) -> None:
    pieces = llm.generate(LONG)
    await anext(pieces)
    pid = llm.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(LlmError):
        async for _ in pieces:
            pass
    await eventually(lambda: llm.state == "ready" and llm.pid != pid, within=90)
    assert "Rome" in "".join([piece async for piece in llm.generate(CHAT)])


async def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    file = tmp_path / "broken.gguf"
    file.write_bytes(b"GGUF" + bytes(1000))
    model = LlamaCppModel(file, tmp_path, threads=1)
    await model.start()
    await eventually(lambda: model.state == "failed", within=60)
    with pytest.raises(LlmError):
        await anext(model.generate(CHAT))
    await model.stop()


async def test_a_whole_turn_through_the_socket(gguf: Path, tmp_path: Path) -> None:
    settings: dict[str, Any] = {
        "llm_engine": "llamacpp",
        "llm_model": str(gguf),
        "llm_temperature": 0.0,
        "llm_threads": 1,
    }
    async with running_server(tmp_path, **settings) as running, TextClient(running.ws) as client:
        await eventually(lambda: running.house.model.state == "ready", within=90)
        answer, end = await client.ask("De quelle couleur est la neige ?")
        assert re.search(r"(?i)blanc", answer)
        assert (end["route"], end["outcome"]) == ("llm", "completed")
        answer, end = await client.ask("Et le charbon ?")
        assert answer.strip()
        assert (end["route"], end["outcome"]) == ("llm", "completed")
