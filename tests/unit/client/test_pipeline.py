"""The whole voice loop with scripted engines, a scripted server on a real socket, in virtual time."""

import asyncio
from pathlib import Path

import pytest

from hive_mind.client.core.turn import TurnRecord
from hive_mind.language.messages import message
from hive_mind.protocol.messages import (
    ClientMessage,
    Flow,
    Interrupt,
    Playout,
    ResponseChunk,
    VoiceInput,
    WakeDetected,
)
from hive_mind.speech.answering import AHEAD_WAIT_S
from tests.fakes.scripted_server import ScriptedServer, Talk, scripted_server, silent
from tests.fakes.scripted_speech import ScriptedStt, ToneVoice
from tests.fakes.virtual_time import run
from tests.unit.client.house import house


async def rome(talk: Talk, said: ClientMessage) -> None:
    """Answers the first time it is asked, ends the turn when it is asked for good."""
    if isinstance(said, VoiceInput) and said.speculative:
        await talk.answer(said, "La capitale de l'Italie ", "est Rome. ", "C'est une grande ville.")
    elif isinstance(said, VoiceInput):
        await talk.end(said)


def test_a_command_is_answered_without_a_server(tmp_path: Path) -> None:
    async def scene() -> TurnRecord:
        async with house(tmp_path, ScriptedStt("Lance un chrono")) as at:
            return await at.hear(-0.3, 1.0)

    record = run(scene())
    assert (record.route, record.intent, record.outcome) == ("command", "start_stopwatch", "completed")
    assert record.transcript == "Lance un chrono"
    assert record.timings_ms["endpoint"] < 600
    assert 1.2 < record.question_end_s < 1.4
    assert (tmp_path / "client" / "time.json").exists()


def test_a_question_is_asked_during_the_silence_and_answered_by_the_server(tmp_path: Path) -> None:
    async def scene() -> tuple[TurnRecord, ScriptedServer]:
        async with (
            scripted_server(rome) as server,
            house(tmp_path, ScriptedStt("Quelle est la capitale de l'Italie ?"), server.url) as at,
        ):
            record = await at.hear(-0.3, 1.5)
            assert at.client.parts.sink.report().played_s > 1
            return record, server

    record, server = run(scene())
    assert record.answer == "La capitale de l'Italie est Rome. C'est une grande ville."
    assert (record.route, record.intent) == ("llm", "conversation")
    asked = [m for m in server.of_type(VoiceInput) if isinstance(m, VoiceInput)]
    assert [m.speculative for m in asked] == [True, None]
    assert len({m.utterance_id for m in asked}) == 1
    assert record.timeline_ms["sent"] < record.timeline_ms["committed"] <= record.timeline_ms["first_audible"]
    assert set(record.timings_ms) == {
        "endpoint",
        "stt",
        "understanding",
        "llm_first_token",
        "tts_first_audio",
        "question_end_to_first_audio",
    }
    assert server.of_type(WakeDetected)
    flow = [m.state for m in server.of_type(Flow) if isinstance(m, Flow)]
    assert flow == ["hold", "go"] * 2  # for each of two clauses: both were wanted soon
    assert [m.state for m in server.of_type(Playout) if isinstance(m, Playout)] == ["started", "finished"]


@pytest.mark.parametrize(("thinks_s", "waits_s"), [(0.1, 0.0), (5.0, AHEAD_WAIT_S)])
def test_a_beginning_sent_ahead_sounds_when_more_has_come_or_soon(
    tmp_path: Path, thinks_s: float, waits_s: float
) -> None:
    async def slowly(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput) and said.speculative:
            await talk.piece(said, "La capitale de l'Italie ", 0, last=False)
        elif isinstance(said, VoiceInput):
            await asyncio.sleep(thinks_s)
            await talk.piece(said, "est Rome.", 1, last=True)
            await talk.end(said)

    async def scene() -> TurnRecord:
        stt = ScriptedStt("Quelle est la capitale de l'Italie ?")
        async with scripted_server(slowly) as server, house(tmp_path, stt, server.url) as at:
            return await at.hear(-0.3, 1.5)

    record = run(scene())
    assert record.answer == "La capitale de l'Italie est Rome."
    times = record.timeline_ms
    earliest = times["sent"] + 1000 * waits_s if waits_s else times["committed"] + 1000 * thinks_s
    assert earliest - 1 <= times["first_audible"] < earliest + 200


def test_a_pause_that_is_no_end_drops_what_was_asked(tmp_path: Path) -> None:
    async def scene() -> tuple[TurnRecord, ScriptedServer]:
        stt = ScriptedStt("Quelle est la capitale", "Quelle est la capitale de l'Italie ?")
        async with scripted_server(rome) as server, house(tmp_path, stt, server.url) as at:
            return await at.hear(-0.3, 1.0, -0.4, 1.0), server

    record, server = run(scene())
    assert record.transcript == "Quelle est la capitale de l'Italie ?"
    first, second, last = (m for m in server.received if isinstance(m, VoiceInput))
    assert first.utterance_id != second.utterance_id == last.utterance_id
    dropped = [m for m in server.received if isinstance(m, Interrupt)]
    assert [(m.utterance_id, m.spoken) for m in dropped] == [(first.utterance_id, None)]


def test_without_a_server_it_says_once_that_it_is_degraded(tmp_path: Path) -> None:
    async def scene() -> list[TurnRecord]:
        async with house(tmp_path, ScriptedStt("Qui a peint la Joconde ?")) as at:
            return [await at.hear(-0.2, 0.8), await at.hear(-0.2, 0.8)]

    first, second = run(scene())
    assert first.answer == f"{message('degraded')} {message('cannot_answer_offline')}"
    assert second.answer == message("cannot_answer_offline")
    assert (first.route, first.intent) == ("none", "server_away")


def test_a_server_that_dies_in_the_middle_is_told_after_what_was_said(tmp_path: Path) -> None:
    async def half(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput) and not said.speculative:
            await talk.send(
                ResponseChunk(
                    content="Il était une fois un chat. ",
                    is_final=False,
                    chunk_index=0,
                    turn_id="t1",
                    utterance_id=said.utterance_id,
                )
            )
            servers[0].kill()

    servers: list[ScriptedServer] = []

    async def scene() -> tuple[TurnRecord, TurnRecord]:
        stt = ScriptedStt("Raconte une histoire.", "Lance un chrono")
        async with scripted_server(half) as server, house(tmp_path, stt, server.url) as at:
            servers.append(server)
            return await at.hear(-0.2, 0.8), await at.hear(-0.2, 0.8)

    story, command = run(scene())
    assert story.outcome == "failed"
    assert story.answer.startswith("Il était une fois un chat. ")
    assert len(story.answer) > len("Il était une fois un chat. ")
    assert command.intent == "start_stopwatch"


def test_speech_over_the_answer_stops_it_and_tells_what_was_heard(tmp_path: Path) -> None:
    async def long(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput) and not said.speculative:
            await talk.answer(said, *["Un deux trois quatre cinq six sept huit neuf dix. "] * 8, "")

    async def scene() -> tuple[list[TurnRecord], ScriptedServer]:
        stt = ScriptedStt("Raconte une histoire.", "Stop le chrono")
        async with (
            scripted_server(long) as server,
            house(tmp_path, stt, server.url, barge_in=True) as at,
        ):
            await at.client.loop.run(at.microphone(-0.2, 0.8, -5.0, 0.8, tail_s=4.0))
            return at.records, server

    records, server = run(scene())
    assert [r.intent for r in records] == ["stop_stopwatch"]
    (interrupt,) = (m for m in server.received if isinstance(m, Interrupt))
    assert interrupt.spoken is not None
    assert interrupt.spoken.startswith("Un deux trois")
    assert len(interrupt.spoken) < 8 * 50


def test_a_question_that_goes_on_before_its_answer_sounds_is_asked_as_a_whole(tmp_path: Path) -> None:
    async def slow(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput) and said.transcription.endswith("Italie ?"):
            await rome(talk, said)

    async def scene() -> tuple[list[TurnRecord], ScriptedServer, list[float]]:
        stt = ScriptedStt("Quelle est la capitale", "Quelle est la capitale de l'Italie ?")
        async with scripted_server(slow) as server, house(tmp_path, stt, server.url) as at:
            await at.client.loop.run(at.microphone(-0.3, 1.0, -1.0, 0.8, tail_s=5.0))
            return at.records, server, stt.heard_s

    (record,), server, heard = run(scene())
    assert record.transcript == "Quelle est la capitale de l'Italie ?"
    assert record.answer.startswith("La capitale de l'Italie est Rome.")
    (interrupt,) = (m for m in server.received if isinstance(m, Interrupt))
    assert interrupt.spoken == ""
    assert heard[-1] > 2.8


def test_its_own_voice_does_not_stop_an_answer(tmp_path: Path) -> None:
    async def scene() -> tuple[list[TurnRecord], ScriptedServer]:
        async with scripted_server(rome) as server:
            stt = ScriptedStt("Quelle est la capitale de l'Italie ?")
            async with house(tmp_path, stt, server.url) as at:
                await at.client.loop.run(at.microphone(-0.2, 0.8, -1.2, 0.8, tail_s=2.5))
                return at.records, server

    (record,), server = run(scene())
    assert record.answer.startswith("La capitale")
    assert not server.of_type(Interrupt)


def test_noise_alone_ends_with_an_answer(tmp_path: Path) -> None:
    async def scene() -> TurnRecord:
        async with house(tmp_path, ScriptedStt("jamais")) as at:
            return await at.hear(-30.0)

    record = run(scene())
    assert (record.intent, record.answer, record.transcript) == ("no_speech", message("not_heard"), "")


def test_sound_that_takes_no_breath_is_no_question(tmp_path: Path) -> None:
    async def scene() -> tuple[list[TurnRecord], list[float]]:
        stt = ScriptedStt("jamais")
        async with house(tmp_path, stt) as at:
            await at.client.loop.run(at.microphone(15.0, tail_s=1.0))
            return at.records, stt.heard_s

    records, heard = run(scene())
    assert records == []
    assert 9.5 < heard[0] < 10.5


def test_speech_without_end_is_bounded(tmp_path: Path) -> None:
    async def scene() -> TurnRecord:
        async with house(tmp_path, ScriptedStt("jamais")) as at:
            return await at.hear(*[3.0, -0.2] * 14)

    record = run(scene())
    assert (record.intent, record.answer) == ("too_long", message("too_long"))


def test_words_that_mean_nothing_are_not_a_question(tmp_path: Path) -> None:
    async def scene() -> TurnRecord:
        async with scripted_server(silent) as server, house(tmp_path, ScriptedStt("..."), server.url) as at:
            return await at.hear(-0.2, 0.8)

    assert run(scene()).intent == "no_speech"


def test_a_slow_recogniser_is_stopped_when_speech_goes_on(tmp_path: Path) -> None:
    async def scene() -> tuple[TurnRecord, int]:
        stt = ScriptedStt("Lance un chrono", seconds=0.6)
        async with house(tmp_path, stt) as at:
            return await at.hear(-0.3, 1.0, -0.3, 1.0), stt.cancelled

    record, cancelled = run(scene())
    assert record.intent == "start_stopwatch"
    assert cancelled == 1


def test_a_voice_that_fails_leaves_the_written_answer(tmp_path: Path) -> None:
    async def scene() -> TurnRecord:
        voice = ToneVoice(failing=["La capitale de l'Italie est Rome."])
        async with scripted_server(rome) as server:
            stt = ScriptedStt("Quelle est la capitale de l'Italie ?")
            async with house(tmp_path, stt, server.url, voice=voice) as at:
                return await at.hear(-0.2, 0.8)

    assert run(scene()).answer.startswith("La capitale de l'Italie est Rome.")


def test_the_clock_of_a_second_recording_starts_anew(tmp_path: Path) -> None:
    async def scene() -> tuple[TurnRecord, TurnRecord]:
        async with house(tmp_path, ScriptedStt("Lance un chrono")) as at:
            return await at.hear(-0.3, 1.0), await at.hear(-0.3, 1.0)

    first, second = run(scene())
    assert first.timeline_ms.keys() == second.timeline_ms.keys()
    assert abs(first.timings_ms["endpoint"] - second.timings_ms["endpoint"]) < 50
    assert abs(first.question_end_s - second.question_end_s) < 0.05
