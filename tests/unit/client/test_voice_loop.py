"""What the loop says unasked, when it listens, and how it is stopped."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from hive_mind.client.core.state import Turn
from hive_mind.client.core.turn import TurnRecord
from hive_mind.errors import AudioError
from hive_mind.language.messages import message
from hive_mind.protocol.messages import Announce, ClientMessage, FollowUp, Hello, LocalTurn, VoiceInput
from tests.fakes.scripted_server import Talk, scripted_server, silent
from tests.fakes.scripted_speech import ScriptedStt
from tests.fakes.virtual_time import run
from tests.unit.client.house import House, house


async def listening(at: House, *pieces: float, tail_s: float = 60.0) -> "asyncio.Task[None]":
    task = asyncio.ensure_future(at.client.loop.run(at.microphone(*pieces, tail_s=tail_s)))
    await asyncio.sleep(0.01)
    return task


async def stop(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait([task])


def test_a_timer_set_by_voice_rings_with_a_bell_and_says_so(tmp_path: Path) -> None:
    async def scene() -> tuple[list[str], float]:
        async with house(tmp_path, ScriptedStt("Minuteur 30 secondes")) as at:
            task = await listening(at, -0.2, 0.8, tail_s=3)
            await task
            before = list(at.voice.said)
            await asyncio.sleep(40)
            return [t for t in at.voice.said if t not in before], at.sink.clip().seconds

    said, seconds = run(scene())
    assert any("terminé" in text for text in said)
    assert seconds > 0.8 + len(said[-1]) * 0.05


def test_an_announcement_waits_until_the_user_was_answered(tmp_path: Path) -> None:
    async def scene() -> tuple[list[str], list[TurnRecord]]:
        async with house(tmp_path, ScriptedStt("Lance un chrono")) as at:
            task = await listening(at, -0.2, 1.5, tail_s=5)
            await asyncio.sleep(0.5)
            assert at.client.parts.status.state.turn is Turn.LISTENING
            await at.client.loop.announce("Le linge est sec.")
            await stop(task)
            return at.voice.said, at.records

    said, records = run(scene())
    assert [r.intent for r in records] == ["start_stopwatch"]
    assert said[-1] == "Le linge est sec."


def test_an_announcement_of_the_server_is_spoken(tmp_path: Path) -> None:
    async def greet(talk: Talk, said: ClientMessage) -> None:
        if not isinstance(said, Hello):
            await talk.send(Announce(text="Le facteur est là."))

    async def scene() -> list[str]:
        async with scripted_server(greet) as server, house(tmp_path, ScriptedStt("rien"), server.url) as at:
            await asyncio.sleep(5)
            return at.voice.said

    assert "Le facteur est là." in run(scene())


def test_a_button_opens_the_ear_for_one_utterance(tmp_path: Path) -> None:
    async def scene() -> list[TurnRecord]:
        async with house(tmp_path, ScriptedStt("Lance un chrono"), button=True) as at:
            task = await listening(at, -1.0, 0.8, -4.0, 0.8, -4.0, 0.8, tail_s=2)
            await asyncio.sleep(4)  # what was said so far was not for us
            assert not at.records
            at.client.loop.listen()
            await task
            return at.records

    assert [r.intent for r in run(scene())] == ["start_stopwatch"]


def test_a_button_pressed_for_nothing_is_answered(tmp_path: Path) -> None:
    async def scene() -> list[TurnRecord]:
        async with house(tmp_path, ScriptedStt("jamais"), button=True) as at:
            task = await listening(at, -30.0, tail_s=0)
            at.client.loop.listen()
            await task
            return at.records

    (record,) = run(scene())
    assert (record.intent, record.answer) == ("no_speech", message("not_heard"))


def test_a_button_silences_an_answer(tmp_path: Path) -> None:
    async def long(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput) and not said.speculative:
            await talk.answer(said, *["Un deux trois quatre cinq six sept huit neuf dix. "] * 8, "")

    async def scene() -> tuple[float, list[TurnRecord]]:
        async with (
            scripted_server(long) as server,
            house(tmp_path, ScriptedStt("Raconte."), server.url, button=True) as at,
        ):
            task = await listening(at, -0.2, 0.8)
            at.client.loop.listen()
            await asyncio.sleep(6)
            at.client.loop.interrupt()
            played = at.sink.report().played_s
            await asyncio.sleep(6)
            assert at.sink.report().played_s == played
            await stop(task)
            return played, at.records

    played, records = run(scene())
    assert 2 < played < 6
    assert records == []


def test_a_question_back_is_listened_to_without_the_button(tmp_path: Path) -> None:
    async def scene() -> list[TurnRecord]:
        stt = ScriptedStt("Mets un minuteur", "Dix minutes")
        async with house(tmp_path, stt, button=True) as at:
            task = await listening(at, -0.2, 0.8, -4.5, 0.8, tail_s=6)
            at.client.loop.listen()
            await task
            timers = at.client.parts.keeper.state.timers
            assert [t.duration_s for t in timers] == [600]
            left = (timers[0].due or at.clock.today()) - at.clock.today()
            assert timedelta(seconds=580) < left < timedelta(seconds=600)
            return at.records

    first, second = run(scene())
    assert first.intent == "start_timer"
    assert second.transcript == "Dix minutes"


def test_what_the_server_asks_in_its_answer_is_answered_without_the_button(tmp_path: Path) -> None:
    async def ask_back(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput) and not said.speculative:
            more = said.transcription.startswith("Ajoute")
            draft = said.model_copy(update={"speculative": True})
            await talk.answer(draft, "Pour quand ?" if more else "C'est noté.")
            if more:
                await talk.send(FollowUp(seconds=8, turn_id="t1"))
            await talk.end(said)

    async def scene() -> list[TurnRecord]:
        async with (
            scripted_server(ask_back) as server,
            house(
                tmp_path, ScriptedStt("Ajoute un rendez-vous", "Le truc de mardi"), server.url, button=True
            ) as at,
        ):
            task = await listening(at, -0.2, 0.8, -4.5, 0.8)
            at.client.loop.listen()
            await asyncio.sleep(20)
            await stop(task)
            return at.records

    assert [record.answer for record in run(scene())] == ["Pour quand ?", "C'est noté."]


def test_a_follow_up_that_nobody_uses_closes_by_itself(tmp_path: Path) -> None:
    async def ask_back(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput) and not said.speculative:
            await talk.answer(said, "Laquelle ?")
            await talk.send(FollowUp(seconds=8))

    async def scene() -> tuple[Turn, Turn, list[TurnRecord]]:
        async with (
            scripted_server(ask_back) as server,
            house(tmp_path, ScriptedStt("Allume la lampe."), server.url, button=True) as at,
        ):
            task = await listening(at, -0.2, 0.8)
            at.client.loop.listen()
            await asyncio.sleep(4)
            open_ = at.client.parts.status.state.turn
            await asyncio.sleep(10)
            closed = at.client.parts.status.state.turn
            await stop(task)
            return open_, closed, at.records

    opened, closed, records = run(scene())
    assert (opened, closed) == (Turn.FOLLOW_UP, Turn.IDLE)
    assert len(records) == 1


def test_the_first_words_of_an_outage_are_not_said_to_a_connected_client(tmp_path: Path) -> None:
    async def scene() -> bool:
        async with scripted_server(silent) as server, house(tmp_path, ScriptedStt("rien"), server.url) as at:
            return at.client.link.connected and not at.client.parts.status.state.degraded_said

    assert run(scene())


def test_a_fault_comes_out_as_itself(tmp_path: Path) -> None:
    async def scene() -> None:
        async with house(tmp_path, ScriptedStt("rien")):
            raise AudioError("The microphone was unplugged.", code="DEVICE_LOST")

    with pytest.raises(AudioError, match="unplugged"):
        run(scene())


def test_a_turn_that_was_answered_alone_is_told_to_the_server(tmp_path: Path) -> None:
    told: list[LocalTurn] = []

    async def note(_: Talk, message: ClientMessage) -> None:
        if isinstance(message, LocalTurn):
            told.append(message)

    async def scene() -> None:
        async with (
            scripted_server(note) as server,
            house(tmp_path, ScriptedStt("Minuteur 30 secondes"), server.url) as at,
        ):
            await at.hear(-0.2, 0.8)
            await asyncio.sleep(1)

    run(scene())
    assert (told[0].heard, told[0].intent) == ("Minuteur 30 secondes", "start_timer")
    assert told[0].slots["duration_s"] == 30 and "stt" in told[0].timings_ms
