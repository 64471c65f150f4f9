"""A client that is called by its name: in one breath, alone, wrongly, from another room."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hive_mind.client.core.door import TurnTaking
from hive_mind.client.core.state import ClientState, Turn
from hive_mind.client.core.turn import TurnRecord
from hive_mind.language.messages import message
from hive_mind.protocol.messages import ClientMessage, Playout, VoiceInput, WakeDetected, WakeVerdict
from hive_mind.speech.wake_word.lessons import Lesson, Seen
from hive_mind.wake_lessons_file import LessonsFile
from tests.fakes.scripted_server import ScriptedServer, Talk, scripted_server
from tests.fakes.scripted_speech import ScriptedStt
from tests.fakes.scripted_wake import ScriptedVerifier, ScriptedWake
from tests.fakes.virtual_time import run
from tests.unit.client.house import House, house

CALLED = TurnTaking(listening="wake_word", barge_in="words", question_s=5.0, after_answer_s=0.0)


async def live(at: House, *pieces: float, tail_s: float = 3.0) -> list[TurnRecord]:
    await at.client.loop.run(at.microphone(*pieces, tail_s=tail_s))
    return at.records


def test_what_is_said_without_its_name_is_not_heard(tmp_path: Path) -> None:
    async def scene() -> tuple[list[TurnRecord], list[float], list[Turn]]:
        stt = ScriptedStt("Lance un chrono")
        seen: list[ClientState] = []
        async with house(tmp_path, stt, taking=CALLED, wake=ScriptedWake(), on_change=seen.append) as at:
            return await live(at, -0.5, 1.0, -1.5, 1.0), stt.heard_s, [s.turn for s in seen]

    records, heard, turns = run(scene())
    assert (records, heard, set(turns)) == ([], [], {Turn.IDLE})


def test_a_question_in_the_same_breath_is_heard_whole_and_without_the_name(tmp_path: Path) -> None:
    async def scene() -> tuple[list[TurnRecord], list[float]]:
        stt = ScriptedStt("Jarvis, lance un chrono")
        # its name from 0.5 s to 1.2 s, the question on to 2.6 s; the detector is sure 0.4 s late
        async with house(tmp_path, stt, taking=CALLED, wake=ScriptedWake(1.2, late_s=0.4)) as at:
            return await live(at, -0.5, 2.1), stt.heard_s

    (record,), heard = run(scene())
    assert (record.intent, record.transcript) == ("start_stopwatch", "lance un chrono")
    assert 2.4 < record.question_end_s < 2.7
    assert record.timings_ms["wake"] == pytest.approx(400, abs=40)  # from the end of its name
    assert 2.3 < heard[0] < 2.5  # its name, the question, and the pause


def test_its_name_alone_opens_the_ear_with_a_sound_and_waits(tmp_path: Path) -> None:
    async def scene() -> tuple[list[TurnRecord], float, Turn]:
        async with house(
            tmp_path, ScriptedStt("Lance un chrono"), taking=CALLED, wake=ScriptedWake(1.2)
        ) as at:
            task = asyncio.ensure_future(live(at, -0.5, 0.7, -2.0, 1.0))
            await asyncio.sleep(2.5)
            sounded, turn = at.sink.clip().seconds, at.client.parts.status.state.turn
            return await task, sounded, turn

    (record,), sounded, turn = run(scene())
    assert record.intent == "start_stopwatch"
    assert turn is Turn.LISTENING
    assert 0.1 < sounded < 0.3


def test_nobody_who_speaks_closes_the_ear_with_a_sound(tmp_path: Path) -> None:
    async def scene() -> tuple[list[TurnRecord], list[Turn], float]:
        seen: list[ClientState] = []
        async with house(
            tmp_path, ScriptedStt("jamais"), taking=CALLED, wake=ScriptedWake(1.2), on_change=seen.append
        ) as at:
            records = await live(at, -0.5, 0.7, tail_s=7.5)
            return records, [s.turn for s in seen], at.sink.clip().seconds

    records, turns, sounded = run(scene())
    assert records == []
    assert turns[-2:] == [Turn.LISTENING, Turn.IDLE]
    assert sounded > 0.1


def test_a_cough_after_its_name_leaves_the_ear_open(tmp_path: Path) -> None:
    async def scene() -> list[TurnRecord]:
        stt = ScriptedStt("...", "Lance un chrono")
        async with house(tmp_path, stt, taking=CALLED, wake=ScriptedWake(1.2)) as at:
            return await live(at, -0.5, 0.7, -0.6, 0.3, -1.2, 1.0)

    assert [record.intent for record in run(scene())] == ["start_stopwatch"]


def test_the_last_syllable_of_its_name_is_no_question_but_a_short_order_is_one(tmp_path: Path) -> None:
    async def scene(heard: str) -> tuple[list[TurnRecord], Turn]:
        # its name from 0.5 s to 1.5 s; the detector was sure at 1.0 s
        async with house(tmp_path, ScriptedStt(heard), taking=CALLED, wake=ScriptedWake(1.0)) as at:
            task = asyncio.ensure_future(live(at, -0.5, 1.0, tail_s=2.0))
            await asyncio.sleep(3.0)
            turn = at.client.parts.status.state.turn
            return await task, turn

    assert run(scene("C'est un service.")) == ([], Turn.LISTENING)
    assert [record.intent for record in run(scene("Lance un chrono"))[0]] == ["start_stopwatch"]


def test_its_name_after_an_answer_is_enough_although_the_detector_is_late(tmp_path: Path) -> None:
    async def scene() -> list[TurnRecord]:
        stt = ScriptedStt("Lance un chrono", "Hey Jarvis, chante-moi une chanson")
        taking = replace(CALLED, after_answer_s=4.0)
        wake = ScriptedWake(1.2, 7.0, late_s=2.2)
        async with house(tmp_path, stt, taking=taking, wake=wake) as at:
            return await live(at, -0.5, 2.1, -3.7, 2.1, tail_s=6.0)

    first, second = run(scene())
    assert (first.intent, second.transcript) == ("start_stopwatch", "chante-moi une chanson")


def test_a_vetoed_name_shows_nothing_and_a_verified_one_loses_nothing(tmp_path: Path) -> None:
    async def scene() -> tuple[list[TurnRecord], list[Turn], list[float]]:
        seen: list[ClientState] = []
        verifier = ScriptedVerifier(False, True)
        async with house(
            tmp_path,
            ScriptedStt("Lance un chrono"),
            taking=CALLED,
            wake=ScriptedWake(1.2, 5.2),
            wake_verifier=verifier,
            on_change=seen.append,
        ) as at:
            task = asyncio.ensure_future(live(at, -0.5, 2.1, -1.9, 2.1))
            await asyncio.sleep(4.4)
            early = [s.turn for s in seen]
            return await task, early, verifier.shown_s

    (record,), early, shown = run(scene())
    assert set(early) <= {Turn.IDLE}
    assert record.intent == "start_stopwatch"
    assert [round(s, 1) for s in shown] == [0.9, 0.9]


def test_its_name_is_told_to_the_server_with_its_loudness(tmp_path: Path) -> None:
    async def nothing(_: Talk, __: ClientMessage) -> None:
        return

    async def scene() -> ScriptedServer:
        async with scripted_server(nothing) as server:
            stt = ScriptedStt("Lance un chrono")
            async with house(tmp_path, stt, server.url, taking=CALLED, wake=ScriptedWake(1.2)) as at:
                await live(at, -0.5, 2.1)
                return server

    (told,) = run(scene()).of_type(WakeDetected)
    assert isinstance(told, WakeDetected)
    assert (told.word, told.score) == ("hey_jarvis", 0.95)
    assert -20 < told.loudness < -10


def test_how_long_the_wake_took_is_told_once(tmp_path: Path) -> None:
    async def reply(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput):
            await talk.answer(said, "Rome.")

    async def scene() -> ScriptedServer:
        async with scripted_server(reply) as server:
            stt = ScriptedStt("Quelle est la capitale de l'Italie ?", "Et de la France ?")
            taking = replace(CALLED, after_answer_s=4.0)
            async with house(tmp_path, stt, server.url, taking=taking, wake=ScriptedWake(1.2)) as at:
                await live(at, -0.5, 2.1, -3.0, 1.0)
                return server

    told = [one for one in run(scene()).of_type(Playout) if isinstance(one, Playout)]
    first, second = [one.stages_ms for one in told if one.state == "started"]
    assert first is not None and first["wake"] == pytest.approx(200, abs=40)
    assert second is not None and "wake" not in second


def test_another_room_answers(tmp_path: Path) -> None:
    async def refuse(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, WakeDetected):
            await talk.send(WakeVerdict(accepted=False, reason="better heard in the kitchen"))

    async def scene() -> tuple[list[TurnRecord], ClientState, ClientState, ScriptedServer]:
        async with scripted_server(refuse) as server:
            stt = ScriptedStt("Quelle est la capitale de l'Italie ?")
            async with house(tmp_path, stt, server.url, taking=CALLED, wake=ScriptedWake(1.2)) as at:
                task = asyncio.ensure_future(live(at, -0.5, 2.1, tail_s=8))
                await asyncio.sleep(2.5)
                shown = at.client.parts.status.state
                records = await task
                return records, shown, at.client.parts.status.state, server

    records, shown, after, server = run(scene())
    assert records == []
    assert (shown.turn, shown.elsewhere, after.elsewhere) == (Turn.IDLE, True, False)
    assert not server.of_type(VoiceInput)


def test_a_television_after_its_name_is_closed_after_ten_seconds(tmp_path: Path) -> None:
    async def scene() -> tuple[list[TurnRecord], list[float]]:
        stt = ScriptedStt("et maintenant la suite de notre programme")
        async with house(tmp_path, stt, taking=CALLED, wake=ScriptedWake(1.2)) as at:
            return await live(at, -0.5, 40.0), stt.heard_s

    (record,), heard = run(scene())
    assert (record.intent, record.answer) == ("too_noisy", message("too_noisy"))
    assert len(heard) == 1 and 10.5 < heard[0] < 11.5  # and its name


def test_an_order_before_a_television_is_carried_out(tmp_path: Path) -> None:
    async def scene() -> list[TurnRecord]:
        stt = ScriptedStt("Mets un minuteur de dix minutes. Le président a déclaré que la loi passera.")
        async with house(tmp_path, stt, taking=CALLED, wake=ScriptedWake(1.2)) as at:
            return await live(at, -0.5, 14.0)

    (record,) = run(scene())
    assert (record.intent, record.answer) == ("start_timer", "Minuteur de 10 minutes lancé.")


def test_after_an_answer_only_what_is_for_us_is_taken(tmp_path: Path) -> None:
    taking = TurnTaking(listening="wake_word", barge_in="words", after_answer_s=4.0)

    async def scene() -> tuple[list[TurnRecord], Turn, Turn]:
        stt = ScriptedStt("Lance un chrono", "Passe-moi le sel, chérie.", "Arrête le chrono")
        async with house(tmp_path, stt, taking=taking, wake=ScriptedWake(1.2)) as at:
            task = asyncio.ensure_future(live(at, -0.5, 2.1, -3.0, 0.8, -1.0, 0.8, -10.0))
            await asyncio.sleep(5.0)
            open_ = at.client.parts.status.state.turn
            records = await task
            return records, open_, at.client.parts.status.state.turn

    records, opened, closed = run(scene())
    assert [record.intent for record in records] == ["start_stopwatch", "stop_stopwatch"]
    assert (opened, closed) == (Turn.FOLLOW_UP, Turn.IDLE)


def test_a_microphone_that_is_off_hears_nothing(tmp_path: Path) -> None:
    async def scene() -> tuple[list[TurnRecord], list[float], ClientState]:
        stt = ScriptedStt("Lance un chrono")
        async with house(tmp_path, stt, taking=CALLED, wake=ScriptedWake(1.2)) as at:
            at.client.loop.mute(on=True)
            records = await live(at, -0.5, 2.1)
            at.client.loop.listen()
            shown = at.client.parts.status.state
            return records, stt.heard_s, shown

    records, heard, shown = run(scene())
    assert (records, heard) == ([], [])
    assert (shown.turn, shown.muted) == (Turn.IDLE, True)


class LearningWake(ScriptedWake):
    """Hears its words and is a `Learner`."""

    def __init__(self, *at_s: float) -> None:
        super().__init__(*at_s)
        self.taught: Sequence[Lesson] = ()

    def seen(self, word: str) -> Seen | None:
        del word
        return Seen(np.ones((16, 96), dtype=np.float32), 0.9)

    def adapt(self, lessons: Sequence[Lesson]) -> None:
        self.taught = lessons


def disowned(folder: Path, wake: LearningWake, *, consent: bool) -> TurnRecord:
    async def scene() -> TurnRecord:
        stt = ScriptedStt("Ce n'était pas pour toi.")
        async with house(folder, stt, taking=CALLED, wake=wake, learn_wake_words=consent) as at:
            (record,) = await live(at, -0.5, 0.7, -2.0, 1.2)
            return record

    return run(scene())


def test_a_wake_that_was_not_for_it_is_learnt_from_with_consent_alone(tmp_path: Path) -> None:
    asked, silent = LearningWake(1.2), LearningWake(1.2)
    record = disowned(tmp_path / "yes", asked, consent=True)
    assert (record.intent, record.answer) == ("false_wake", "Pardon.")
    assert [(each.word, each.meant) for each in asked.taught] == [("hey_jarvis", False)]
    assert len(LessonsFile(tmp_path / "yes").load()) == 1
    assert disowned(tmp_path / "no", silent, consent=False).answer == "Pardon."
    assert not silent.taught
    assert LessonsFile(tmp_path / "no").load() == ()


def test_a_tap_closes_the_ear_and_teaches_that_the_wake_was_false(tmp_path: Path) -> None:
    async def scene(folder: Path, wake: LearningWake, *, consent: bool) -> tuple[Turn, Turn]:
        stt = ScriptedStt()
        async with house(folder, stt, taking=CALLED, wake=wake, learn_wake_words=consent) as at:
            task = asyncio.ensure_future(live(at, -0.5, 0.7, tail_s=3.0))
            await asyncio.sleep(2.5)
            before = at.client.parts.status.state.turn
            at.client.not_for_you()
            after = at.client.parts.status.state.turn
            assert await task == []
            return before, after

    asked, silent = LearningWake(1.2), LearningWake(1.2)
    assert run(scene(tmp_path / "yes", asked, consent=True)) == (Turn.LISTENING, Turn.IDLE)
    assert [(each.word, each.meant) for each in asked.taught] == [("hey_jarvis", False)]
    assert run(scene(tmp_path / "no", silent, consent=False)) == (Turn.LISTENING, Turn.IDLE)
    assert not silent.taught
