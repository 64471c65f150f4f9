"""The local model answers while the one elsewhere does not."""

from contextlib import aclosing
from pathlib import Path

import pytest

from hive_mind.errors import LlmError
from hive_mind.server.core.llm.engine import Chat, ChatMessage
from hive_mind.server.core.llm.fallback import FallbackModel
from hive_mind.server.core.llm.openai import OpenAiModel
from tests.fakes.openai_server import openai_server
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio
CHAT: Chat = [ChatMessage("system", "x"), ChatMessage("user", "Bonjour ?")]


async def said(model: FallbackModel) -> str:
    async with aclosing(model.generate(CHAT)) as pieces:
        return "".join([piece async for piece in pieces])


async def test_the_one_elsewhere_answers_while_it_is_there() -> None:
    async with openai_server() as llm:
        local = ScriptedModel()
        model = FallbackModel(OpenAiModel(llm.url, "fake"), local, 5.0)
        assert await said(model) == "Bonjour." and not local.chats
        await model.stop()


async def test_one_that_gives_no_word_in_time_is_replaced_and_taken_back() -> None:
    local, counted = ScriptedModel(), []
    async with openai_server() as llm:
        llm.stall_after = 0
        model = FallbackModel(OpenAiModel(llm.url, "fake"), local, 0.2, lambda: counted.append(1), 0.02)
        assert await said(model) == "Tu as dit : Bonjour ?." and counted == [1]
        assert model.capabilities.name == "scripted"
        assert await said(model) == "Tu as dit : Bonjour ?." and len(counted) == 2
        llm.stall_after = None
        await model.start()
        await eventually(lambda: model.capabilities.name == "openai:fake")
        assert await said(model) == "Bonjour."
    await eventually(lambda: model.capabilities.name == "scripted")
    await model.stop()


async def test_what_began_to_answer_is_not_replaced_in_mid_sentence() -> None:
    async with openai_server() as llm:
        llm.frames = llm.frames[:3]
        model = FallbackModel(OpenAiModel(llm.url, "fake"), ScriptedModel(), 5.0)
        with pytest.raises(LlmError):
            await said(model)
        await model.stop()


async def test_a_house_whose_endpoint_is_away_answers(tmp_path: Path) -> None:
    elsewhere = OpenAiModel("http://127.0.0.1:9/v1", "fake")
    async with (
        running_server(tmp_path, FallbackModel(elsewhere, ScriptedModel(), 5.0)) as running,
        TextClient(running.ws) as client,
    ):
        answer, end = await client.ask("Chantons")
        assert answer == "Tu as dit : Chantons." and end["outcome"] == "completed"
        assert running.house.meters.registry.get_sample_value("hive_mind_llm_fallbacks_total") == 1
