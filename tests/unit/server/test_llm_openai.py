"""Any OpenAI-compatible endpoint, over a real local socket."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from hive_mind.errors import LlmError
from hive_mind.server.core.llm.engine import ChatMessage, Form
from hive_mind.server.core.llm.openai import OpenAiModel
from tests.fakes.openai_server import OpenAiServer, openai_server, sse
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio
CHAT = [ChatMessage("system", "Sois bref."), ChatMessage("user", "Bonjour")]


@pytest.fixture
async def endpoint() -> AsyncIterator[OpenAiServer]:
    async with openai_server() as server:
        yield server


@pytest.fixture
async def llm(endpoint: OpenAiServer) -> AsyncIterator[OpenAiModel]:
    model = OpenAiModel(endpoint.url, "petit", api_key="clé-1".encode("ascii", "ignore").decode())
    yield model
    await model.stop()


async def read(model: OpenAiModel) -> str:
    return "".join([piece async for piece in model.generate(CHAT)])


async def test_an_answer_is_streamed(endpoint: OpenAiServer, llm: OpenAiModel) -> None:
    assert await read(llm) == "Bonjour."
    asked = endpoint.requests[0]
    assert asked["messages"] == [{"role": m.role, "content": m.content} for m in CHAT]
    assert (asked["model"], asked["stream"]) == ("petit", True)
    assert "authorization: bearer cl-1" in endpoint.headers.lower()


async def test_a_form_is_the_structured_output_of_the_api(endpoint: OpenAiServer, llm: OpenAiModel) -> None:
    form = Form({"type": "object"}, 40)
    assert [piece async for piece in llm.generate(CHAT, "", form)] == ["Bon", "jour."]
    asked = endpoint.requests[0]
    assert asked["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert (asked["max_tokens"], asked["temperature"]) == (40, 0.0)


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        ("401 Unauthorized", "LLM_REFUSED", False),
        ("429 Too Many", "LLM_REFUSED", True),
        ("503 Busy", "LLM_LOADING", True),
    ],
)
async def test_a_refusal(
    endpoint: OpenAiServer, llm: OpenAiModel, status: str, code: str, retryable: bool
) -> None:
    endpoint.status = status
    with pytest.raises(LlmError) as caught:
        await read(llm)
    assert (caught.value.code, caught.value.retryable) == (code, retryable)
    states = [llm.state]
    endpoint.status = "200 OK"
    await read(llm)
    assert [*states, llm.state] == ["failed", "ready"]


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([b"data: {broken\n\n"], "LLM_INVALID"),
        ([b"data: [1]\n\n"], "LLM_INVALID"),
        ([b'data: {"error": {"message": "x"}}\n\n'], "LLM_REFUSED"),
        (sse("Bon", done=False), "LLM_INVALID"),
        ([b"data: " + b"x" * 300_000 + b"\n\n"], "LLM_INVALID"),
        ([], "LLM_INVALID"),
    ],
)
async def test_what_is_not_agreed_is_an_error(
    endpoint: OpenAiServer, llm: OpenAiModel, frames: list[bytes], code: str
) -> None:
    endpoint.frames = frames
    with pytest.raises(LlmError) as caught:
        await read(llm)
    assert caught.value.code == code


async def test_nobody_there() -> None:
    model = OpenAiModel("http://127.0.0.1:9/v1", "petit")
    with pytest.raises(LlmError) as caught:
        await read(model)
    assert caught.value.code == "LLM_UNAVAILABLE"
    await model.stop()


async def test_closing_the_iterator_hangs_up_at_once(endpoint: OpenAiServer, llm: OpenAiModel) -> None:
    endpoint.stall_after = 3
    pieces = llm.generate(CHAT)
    assert await anext(pieces) == "Bon"
    begun = time.monotonic()
    await pieces.aclose()
    assert time.monotonic() - begun < 0.05
    async with asyncio.timeout(2):
        await endpoint.hung_up.wait()


async def test_cancelling_while_it_is_silent_hangs_up_at_once(
    endpoint: OpenAiServer, llm: OpenAiModel
) -> None:
    endpoint.stall_after = 1
    task = asyncio.create_task(read(llm))
    await eventually(lambda: bool(endpoint.requests))
    begun = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - begun < 0.05
    async with asyncio.timeout(2):
        await endpoint.hung_up.wait()


async def test_an_answer_goes_on_from_its_beginning(endpoint: OpenAiServer, llm: OpenAiModel) -> None:
    async for _ in llm.generate(CHAT, "Bon"):
        pass
    assert endpoint.requests[0]["messages"][-1] == {"role": "assistant", "content": "Bon"}
