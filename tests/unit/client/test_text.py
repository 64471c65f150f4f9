"""The client without ears."""

import asyncio

import pytest

from hive_mind.client.text import TextAnswer, ask
from hive_mind.errors import LinkError
from hive_mind.protocol.messages import ClientMessage, VoiceInput
from tests.fakes.scripted_server import Talk, scripted_server
from tests.fakes.virtual_time import VirtualClock, run


async def rome(talk: Talk, said: ClientMessage) -> None:
    if isinstance(said, VoiceInput):
        await talk.answer(said, "C'est ", "Rome.")


def test_an_answer_comes_in_pieces_with_its_route_and_timings() -> None:
    pieces: list[str] = []

    async def scene() -> TextAnswer:
        async with scripted_server(rome) as server:
            return await ask(server.url, "Capitale ?", "ecrit", on_piece=pieces.append, clock=VirtualClock())

    answer = run(scene())
    assert pieces == ["C'est ", "Rome."]
    assert answer.as_json().keys() == {"turn_id", "answer", "route", "intent", "timings_ms"}
    assert (answer.answer, answer.route, answer.intent, answer.turn_id) == (
        "C'est Rome.",
        "llm",
        "conversation",
        "t1",
    )
    assert {"llm_first_token", "first_chunk", "round_trip"} <= answer.timings_ms.keys()


def test_no_server_is_one_clear_error_at_once() -> None:
    async def scene() -> float:
        clock = VirtualClock()
        with pytest.raises(LinkError):
            await ask("ws://127.0.0.1:9/ws", "Capitale ?", "ecrit", clock=clock)
        return clock.now()

    assert run(scene()) < 6


def test_a_server_that_never_answers_is_given_up() -> None:
    async def silent(talk: Talk, said: ClientMessage) -> None:
        await asyncio.sleep(0)

    async def scene() -> str:
        async with scripted_server(silent) as server:
            with pytest.raises(LinkError) as caught:
                await ask(server.url, "Capitale ?", "ecrit", clock=VirtualClock())
            return caught.value.code

    assert run(scene()) == "SERVER_LOST"
