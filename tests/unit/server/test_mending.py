"""Texts repaired on the server: for clients without an ear, strictly, with a question back when unsure."""

from collections.abc import AsyncIterator

import pytest

from hive_mind.understanding.corrections import Correction
from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient

pytestmark = pytest.mark.anyio

SAME = "Dimois l'heure"
TALK = "Pourquoi les chats dorment tout le temps ?"
WISH = "Je voudrais mesurer ma course"


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """One house for all: what it learns of one sentence is nothing to another."""
    async with running_server(tmp_path_factory.mktemp("house"), ScriptedModel()) as server:
        server.house.mender.patience_s = 60.0
        await server.house.mender.prepare()
        yield server


@pytest.mark.parametrize("hello", [False, True])
async def test_what_sounds_the_same_is_done_and_why_says_so(running: Running, hello: bool) -> None:
    async with TextClient(running.ws, hello=hello) as client:
        await client.say(SAME)
        await client.until("response_chunk", is_final=True)
        await running.house.remotes["salon"].turns.finished()
        trace = running.house.traces.last()
        assert trace is not None
        assert (trace.intent, trace.rung, trace.repaired) == ("get_time", "repair", SAME)
        await client.say("Pourquoi ?")
        answer = await client.until("response_chunk", is_final=True)
        assert "que j'ai corrigé en" in answer["content"]


async def test_talk_stays_talk(running: Running) -> None:
    async with TextClient(running.ws) as client:
        _, end = await client.ask(TALK)
        assert end["route"] == "llm"
    trace = running.house.traces.last()
    assert trace is not None
    assert trace.repaired is None


async def test_a_client_with_an_ear_repairs_by_itself(running: Running) -> None:
    capabilities = {"stt": True, "tts": True, "local_commands": True}
    async with TextClient(running.ws, hello={"capabilities": capabilities}) as client:
        _, end = await client.ask(SAME)
        assert end["route"] == "llm"


async def test_a_correction_is_remembered_for_the_house(running: Running) -> None:
    async with TextClient(running.ws) as client:
        await client.ask(WISH)
        _, end = await client.ask("Non, j'ai dit lance un chronomètre")
        assert end["intent"] == "start_stopwatch"
    assert Correction(WISH, "lance un chronomètre") in running.house.mender.known()
    async with TextClient(running.ws, "cuisine") as other:
        _, end = await other.ask(WISH)
        assert end["intent"] == "start_stopwatch"


async def test_what_nearly_sounds_the_same_is_asked_about(running: Running) -> None:
    heard = "Mets le chronomètre en narche"
    async with TextClient(running.ws) as client:
        for word, done in (("Non", False), ("Oui", True)):
            answer, _ = await client.ask(heard)
            assert answer == "Tu as dit : Mets le chronomètre en marche ?"
            _, end = await client.ask(word)
            assert (end["intent"] == "start_stopwatch") is done
            assert (heard in {known.heard for known in running.house.mender.known()}) is done


async def test_a_misheard_place_is_taken_for_the_known_one(running: Running) -> None:
    async with TextClient(running.ws) as client:
        await client.ask("Quel temps fait-il à Paris ?")
        _, end = await client.ask("et à l'yon ?")
        assert end["intent"] == "get_weather"
    trace = running.house.traces.last()
    assert trace is not None
    assert trace.orders[0].params["location"] == "Lyon"
