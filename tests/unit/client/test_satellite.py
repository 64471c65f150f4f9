"""A client whose server hears and speaks for it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from hive_mind.client.core.door import TurnTaking
from hive_mind.client.core.state import Turn
from hive_mind.client.core.turn import TurnRecord
from hive_mind.language.messages import message
from hive_mind.protocol.messages import (
    AudioEnd,
    AudioStart,
    ClientMessage,
    FollowUp,
    Hello,
    Interrupt,
    Playout,
    ResponseChunk,
    TranscriptMessage,
    TurnEnd,
    VoiceInput,
)
from hive_mind.speech.audio import from_pcm16
from hive_mind.understanding.grammar import Match
from tests.fakes.scripted_server import Script, Talk, scripted_server
from tests.fakes.scripted_speech import ScriptedStt
from tests.fakes.scripted_wake import ScriptedWake
from tests.fakes.virtual_time import run
from tests.unit.client.house import House, house

CALLED = TurnTaking(listening="wake_word", barge_in="button", question_s=5.0, after_answer_s=0.0)
TIME = "Quelle heure est-il ?"
NOON = "Il est midi."
VOICE = np.full(8000, 0.5, np.float32)


async def answer(
    talk: Talk, utterance_id: str, *, heard: str = TIME, voice: bool = True, asks: bool = False
) -> None:
    """What a server does with an utterance."""
    await talk.send(TranscriptMessage(text=heard, is_final=True, utterance_id=utterance_id))
    if not heard:
        return
    await talk.send(
        ResponseChunk(content=NOON, is_final=True, chunk_index=0, turn_id="t1", utterance_id=utterance_id)
    )
    if asks:
        await talk.send(FollowUp(seconds=8.0, turn_id="t1"))
    await talk.send(
        TurnEnd(
            outcome="completed", route="command", intent="get_time", turn_id="t1", utterance_id=utterance_id
        )
    )
    if voice:
        await talk.say(VOICE, 16000)


async def attentive(talk: Talk, message: ClientMessage) -> None:
    """Answers when the client says that this was all."""
    if isinstance(message, AudioEnd):
        await answer(talk, message.utterance_id)


async def live(at: House, *pieces: float, tail_s: float = 8.0) -> list[TurnRecord]:
    await at.client.loop.run(at.microphone(*pieces, tail_s=tail_s))
    return at.records


@dataclass
class Scene:
    """What became of it."""

    records: list[TurnRecord]
    at: House
    received: list[ClientMessage]
    voice: bytes


def scene(folder: Path, script: Script, *pieces: float, wake: ScriptedWake | None = None) -> Scene:
    async def _scene() -> Scene:
        async with (
            scripted_server(script) as server,
            house(
                folder,
                ScriptedStt(""),
                server.url,
                taking=CALLED,
                wake=wake or ScriptedWake(1.2),
                satellite=True,
            ) as at,
        ):
            records = await live(at, *pieces)
            voice = b"".join(frame for talk in server.talks for frame in talk.voice)
            return Scene(records, at, server.received, voice)

    return run(_scene())


def test_what_follows_its_name_is_streamed_and_the_answer_is_played(tmp_path: Path) -> None:
    got = scene(tmp_path, attentive, -0.5, 0.7, -0.3, 1.5)
    (record,) = got.records
    assert (record.transcript, record.answer, record.intent) == (TIME, NOON, "get_time")
    (hello,) = [m for m in got.received if isinstance(m, Hello)]
    assert (hello.capabilities.stt, hello.capabilities.tts, hello.capabilities.plays) == (False, False, True)
    (start,) = [m for m in got.received if isinstance(m, AudioStart)]
    (end,) = [m for m in got.received if isinstance(m, AudioEnd)]
    assert start.utterance_id == end.utterance_id
    streamed = from_pcm16(got.voice)
    loud = np.flatnonzero(np.abs(streamed) > 0.05)
    # In one breath with its name, the whole name comes with it: the server strips it from the transcript.
    assert (loud[-1] - loud[0]) / 16000 == pytest.approx(2.5, abs=0.1)
    assert not any(isinstance(m, VoiceInput) for m in got.received)
    assert got.at.sink.clip().seconds == pytest.approx(0.5, abs=0.05)
    started, finished = [m for m in got.received if isinstance(m, Playout)]
    assert (started.state, finished.state) == ("started", "finished")
    assert started.stages_ms is not None and started.stages_ms["wake"] == pytest.approx(200, abs=40)
    assert got.at.voice.said == [] or got.at.voice.speeds  # nothing had to be said by itself


def test_the_server_ends_the_utterance_before_we_do(tmp_path: Path) -> None:
    async def quick(talk: Talk, message: ClientMessage) -> None:
        if isinstance(message, AudioStart):
            await answer(talk, message.utterance_id)

    got = scene(tmp_path, quick, -0.5, 0.7, -0.3, 1.5)
    assert got.records[0].answer == NOON
    assert not any(isinstance(m, AudioEnd) for m in got.received)
    assert len(got.voice) / 32000 < 1.5


def test_nothing_heard_is_nothing_said(tmp_path: Path) -> None:
    async def deaf(talk: Talk, message: ClientMessage) -> None:
        if isinstance(message, AudioEnd):
            await answer(talk, message.utterance_id, heard="")

    got = scene(tmp_path, deaf, -0.5, 0.7, -0.3, 1.5)
    assert got.records == []
    assert got.at.client.parts.status.state.turn is Turn.IDLE


def test_an_answer_without_a_voice_is_said_with_our_own(tmp_path: Path) -> None:
    async def mute(talk: Talk, message: ClientMessage) -> None:
        if isinstance(message, AudioEnd):
            await answer(talk, message.utterance_id, voice=False)

    got = scene(tmp_path, mute, -0.5, 0.7, -0.3, 1.5)
    assert got.records[0].answer == NOON
    assert "Il est midi." in got.at.voice.said


def test_a_question_back_is_answered_without_the_name(tmp_path: Path) -> None:
    asked = 0

    async def asking(talk: Talk, message: ClientMessage) -> None:
        nonlocal asked
        if isinstance(message, AudioEnd):
            asked += 1
            await answer(talk, message.utterance_id, asks=asked == 1)

    got = scene(tmp_path, asking, -0.5, 0.7, -0.3, 1.5, -4.0, 1.0)
    assert len(got.records) == 2


def test_without_its_name_nothing_leaves_the_room(tmp_path: Path) -> None:
    got = scene(tmp_path, attentive, -2.0, 1.5, wake=ScriptedWake())
    assert (got.records, got.voice) == ([], b"")
    assert not any(isinstance(m, AudioStart) for m in got.received)


def test_its_name_stops_the_answer_and_the_server(tmp_path: Path) -> None:
    async def _scene() -> tuple[float, list[ClientMessage]]:
        async def long(talk: Talk, message: ClientMessage) -> None:
            if isinstance(message, AudioEnd):
                await answer(talk, message.utterance_id, voice=False)
                await talk.say(np.full(16000 * 6, 0.5, np.float32), 16000)

        wake = ScriptedWake(1.2, 6.5)
        async with (
            scripted_server(long) as server,
            house(tmp_path, ScriptedStt(""), server.url, taking=CALLED, wake=wake, satellite=True) as at,
        ):
            await live(at, -0.5, 0.7, -0.3, 1.5, -2.8, 0.7, tail_s=2.0)
            return at.sink.clip().seconds, server.received

    seconds, received = run(_scene())
    assert seconds < 3
    assert [m.turn_id for m in received if isinstance(m, Interrupt)] == ["t1"]


def test_without_a_server_it_says_that_it_understands_nothing(tmp_path: Path) -> None:
    async def _scene() -> tuple[list[TurnRecord], list[str]]:
        async with house(
            tmp_path, ScriptedStt(""), taking=CALLED, wake=ScriptedWake(1.2), satellite=True
        ) as at:
            return await live(at, -0.5, 0.7, -0.3, 1.0), at.voice.said

    (record,), said = run(_scene())
    assert (record.intent, record.answer) == ("server_away", message("cannot_hear_offline"))
    assert any("Le serveur ne répond pas" in clause for clause in said)


def test_without_a_server_its_timers_ring_and_its_name_silences_them(tmp_path: Path) -> None:
    async def _scene() -> tuple[bool, bool]:
        async with house(
            tmp_path, ScriptedStt(""), taking=CALLED, wake=ScriptedWake(9.0), satellite=True
        ) as at:
            keeper = at.client.parts.keeper
            order = Match("start_timer", {"duration_s": 3})
            await keeper.accept(keeper.interpret(order, at.clock.today()).state)
            listening = asyncio.ensure_future(live(at, -8.5, 0.5, tail_s=3.0))
            await asyncio.sleep(6)
            rang = bool(keeper.ringing)
            await listening
            return rang, bool(keeper.ringing)

    assert run(_scene()) == (True, False)


def test_a_server_lost_in_mid_answer_is_told_of(tmp_path: Path) -> None:
    async def _scene() -> TurnRecord:
        async def dying(talk: Talk, message: ClientMessage) -> None:
            if isinstance(message, AudioEnd):
                await talk.send(
                    TranscriptMessage(text=TIME, is_final=True, utterance_id=message.utterance_id)
                )
                server.kill()

        async with (
            scripted_server(dying) as server,
            house(
                tmp_path, ScriptedStt(""), server.url, taking=CALLED, wake=ScriptedWake(1.2), satellite=True
            ) as at,
        ):
            (record,) = await live(at, -0.5, 0.7, -0.3, 1.5, tail_s=20.0)
            return record

    record = run(_scene())
    assert (record.outcome, record.intent) == ("failed", "SERVER_LOST")
