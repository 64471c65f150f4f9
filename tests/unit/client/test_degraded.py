"""Degraded mode as it is heard: a whole client made of fakes, and a server that goes and comes back."""

import asyncio
from pathlib import Path

import pytest

from hive_mind.client.core.outages import STEADY_S
from hive_mind.client.core.state import Turn
from hive_mind.protocol.messages import (
    Announce,
    ClientMessage,
    DeviceCommand,
    DeviceState,
    Forgotten,
    VoiceInput,
)
from tests.fakes.lossy_link import LossyLink
from tests.fakes.scripted_server import Talk, scripted_server
from tests.fakes.scripted_speech import ScriptedStt
from tests.fakes.virtual_time import run
from tests.unit.client.house import House, house

ITALY = "Quelle est la capitale de l'Italie ?"
OFFER = "Tout à l'heure, tu as demandé"


async def hear(at: House, *pieces: float) -> asyncio.Task[None]:
    """The room from now on: speech and silence in turns."""
    return asyncio.ensure_future(at.client.loop.run(at.microphone(*pieces, tail_s=30.0)))


async def until_connected(at: House) -> None:
    while not at.client.link.connected:  # noqa: ASYNC110  # virtual time: the wait costs nothing
        await asyncio.sleep(0.25)


async def times_spoken(at: House, seconds: float) -> int:
    """How often it begins to speak within so many seconds."""
    begun, before, end = 0, False, at.clock.now() + seconds
    while at.clock.now() < end:
        speaking = at.client.parts.status.state.turn is Turn.RESPONDING
        begun += speaking and not before
        before = speaking
        await asyncio.sleep(0.02)
    return begun


@pytest.mark.parametrize(("reply", "asked"), [("oui", [ITALY]), ("non", []), ("rien du tout", None)])
def test_a_kept_question_is_offered_and_a_yes_asks_it(
    reply: str, asked: list[str] | None, tmp_path: Path
) -> None:
    questions: list[str] = []

    async def answer(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput) and not said.speculative:
            questions.append(said.transcription)
            await talk.answer(said, "C'est Rome.")

    async def scene() -> tuple[list[str], list[str]]:
        async with scripted_server(answer) as server:
            stt = ScriptedStt(ITALY, reply)
            async with house(tmp_path, stt, server.url, keep_questions=True) as at:
                server.kill()
                await asyncio.sleep(0.5)
                record = await at.hear(-0.2, 0.8)
                assert record.intent == "server_away"
                assert record.answer.endswith("Je garde ta question pour son retour.")
                await server.start()
                await until_connected(at)
                await asyncio.sleep(STEADY_S + 1)
                offer_s = 0.05 * len(max(at.voice.said, key=len)) * 3
                await asyncio.sleep(offer_s)
                said_before = list(at.voice.said)
                task = await hear(at, -0.2, 0.8)
                await asyncio.sleep(25)
                task.cancel()
                return said_before, [text for text in at.voice.said if text.startswith(OFFER)]

    said, offers = run(scene())
    assert any(OFFER in text for text in said)
    assert len(offers) <= 1, "offered once, whatever came of it"
    if asked is not None:
        assert questions == asked
    else:
        assert ITALY not in questions


def test_without_consent_nothing_is_kept(tmp_path: Path) -> None:
    async def scene() -> str:
        async with house(tmp_path, ScriptedStt(ITALY)) as at:
            return (await at.hear(-0.2, 0.8)).answer

    assert run(scene()).endswith("Je ne peux pas répondre à ça sans le serveur.")
    assert not (tmp_path / "kept-questions").exists()


@pytest.mark.parametrize("seed", range(4))
def test_over_a_link_that_breaks_every_piece_of_an_answer_is_said_once(seed: int, tmp_path: Path) -> None:
    """Cut after so many bytes, in the middle of frames too: what was had is not said again."""
    pieces = [
        f"Phrase numéro {number} de la longue histoire. " for number in ("un", "deux", "trois", "quatre")
    ]

    async def answer(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput) and not said.speculative and not asked:
            asked.append(said)
            await talk.answer(said, *pieces)

    asked: list[VoiceInput] = []

    async def scene() -> tuple[str, int]:
        async with scripted_server(answer) as server, LossyLink("127.0.0.1", server.port) as wire:
            url = f"ws://127.0.0.1:{wire.port}/ws"
            async with house(tmp_path, ScriptedStt("Raconte une longue histoire"), url) as at:
                wire.cut_after(250 + 150 * seed)
                record = await at.hear(-0.2, 0.8)
                await asyncio.sleep(5)
                return record.answer, wire.accepted

    answer_text, connections = run(scene())
    assert connections >= 2, "the link did break"
    for piece in pieces:
        assert answer_text.count(piece.strip()) == 1


def test_an_announcement_that_comes_again_is_said_once(tmp_path: Path) -> None:
    async def scene() -> int:
        async def tell(talk: Talk, said: ClientMessage) -> None:
            if isinstance(said, DeviceState) and not told:
                told.append(said)
                await talk.send(Announce(text="Rappel : sortir le four.", kind="reminder", reminder_id="r-1"))
                await talk.send(Announce(text="Rappel : sortir le four.", kind="reminder", reminder_id="r-1"))
                talk.socket.transport.abort()

        told: list[DeviceState] = []
        async with scripted_server(tell) as server, house(tmp_path, ScriptedStt(""), server.url) as at:
            spoken = await times_spoken(at, 20)
            assert at.client.parts.keeper.state.said == ("r-1",)
            return spoken

    assert run(scene()) == 1


def test_a_reminder_is_said_on_time_when_the_server_is_dead_and_not_again_when_it_is_back(
    tmp_path: Path,
) -> None:
    states: list[DeviceState] = []

    async def scene() -> tuple[int, float]:
        async def tell(talk: Talk, said: ClientMessage) -> None:
            if not isinstance(said, DeviceState):
                return
            states.append(said)
            if len(states) == 1:
                reminder = {"reminder_id": "r-1", "text": "Rappel : le four.", "due": due}
                await talk.send(DeviceCommand(command="reminders", params={"reminders": [reminder]}))
            if said.said:  # too late: it was said while we were away
                await talk.send(Announce(text="Rappel : le four.", kind="reminder", reminder_id="r-1"))

        due = "2026-11-22T14:31:00Z"
        async with scripted_server(tell) as server, house(tmp_path, ScriptedStt(""), server.url) as at:
            await asyncio.sleep(2)
            server.kill()
            while at.client.parts.status.state.turn is not Turn.RESPONDING:  # noqa: ASYNC110  # virtual time
                await asyncio.sleep(0.02)
            said_at = at.clock.now()
            await asyncio.sleep(5)
            await server.start()
            await until_connected(at)
            return 1 + await times_spoken(at, 20), said_at

    said, said_at = run(scene())
    assert said == 1
    assert 60 <= said_at <= 61
    assert states[-1].said == ("r-1",)


def test_when_everything_is_forgotten_no_question_is_kept(tmp_path: Path) -> None:
    async def forget(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, DeviceState):
            await talk.send(Forgotten(scope="all"))

    async def scene() -> list[str]:
        async with (
            scripted_server(forget) as server,
            house(tmp_path, ScriptedStt(ITALY), server.url, keep_questions=True) as at,
        ):
            server.kill()
            await asyncio.sleep(0.5)
            assert (await at.hear(-0.2, 0.8)).answer.endswith("Je garde ta question pour son retour.")
            await server.start()
            await until_connected(at)
            await asyncio.sleep(STEADY_S + 5)
            return at.voice.said

    assert not any(OFFER in text for text in run(scene()))
    assert not (tmp_path / "kept-questions").exists()
