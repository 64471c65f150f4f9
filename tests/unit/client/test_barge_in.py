"""Speech over an answer: what stops it, what only lowers it, and what goes on with the order."""

import asyncio
from pathlib import Path

import pytest

from hive_mind.client.core.door import TurnTaking
from hive_mind.client.core.state import ClientState, Turn
from hive_mind.client.core.turn import TurnRecord
from hive_mind.errors import ModelError
from hive_mind.protocol.messages import ClientMessage, Interrupt, VoiceInput
from tests.fakes.scripted_server import ScriptedServer, Talk, scripted_server
from tests.fakes.scripted_speech import ScoringStt, ScriptedStt
from tests.fakes.scripted_wake import ScriptedWake
from tests.fakes.virtual_time import run
from tests.unit.client.house import House, house

WORDS = TurnTaking(listening="wake_word", barge_in="words", question_s=5.0, after_answer_s=0.0)
ALWAYS = TurnTaking(barge_in="words")


async def long(talk: Talk, said: ClientMessage) -> None:
    if isinstance(said, VoiceInput) and not said.speculative:
        await talk.answer(said, *["Un deux trois quatre cinq six sept huit neuf dix. "] * 8, "")


async def over(
    folder: Path, taking: TurnTaking, heard: tuple[str, ...], *pieces: float, wake: ScriptedWake | None = None
) -> tuple[House, ScriptedServer, float, list[Turn]]:
    """What the client played in all of a long answer, with `pieces` said from the fifth second on."""
    states: list[ClientState] = []
    stt = ScriptedStt("Raconte une histoire.", *heard)
    async with (
        scripted_server(long) as server,
        house(
            folder,
            stt,
            server.url,
            taking=taking,
            wake=wake or ScriptedWake(1.2),
            on_change=states.append,
        ) as at,
    ):
        await at.client.loop.run(at.microphone(-0.5, 2.1, -2.4, *pieces, tail_s=25.0))
        return at, server, at.sink.report().played_s, [s.turn for s in states]


def test_stop_silences_the_answer_and_the_server(tmp_path: Path) -> None:
    at, server, played, turns = run(over(tmp_path, WORDS, ("Stop !",), 0.4))
    assert played < 3.0
    (interrupt,) = server.of_type(Interrupt)
    assert isinstance(interrupt, Interrupt)
    assert interrupt.spoken is not None and interrupt.spoken.startswith("Un deux trois")
    assert turns[-1] is Turn.IDLE
    assert at.sink.gain == 1.0


@pytest.mark.parametrize(
    ("heard", "gain", "over_s", "silenced"),
    [
        ("C'est là.", 0.5, 0.4, True),  # "Chut !", as a recogniser writes it
        ("C'est là.", -1.0, 0.4, False),
        ("C'est là.", 0.5, 1.9, False),  # too long for one word
        ("Un deux trois.", 0.5, 0.4, False),  # the answer itself, come back
    ],
)
def test_a_word_that_is_written_wrongly_silences_by_its_sound(
    tmp_path: Path, heard: str, gain: float, over_s: float, silenced: bool
) -> None:
    async def scene() -> float:
        stt = ScoringStt("Raconte une histoire.", heard, gains={"chut": gain})
        async with (
            scripted_server(long) as server,
            house(tmp_path, stt, server.url, taking=WORDS, wake=ScriptedWake(1.2)) as at,
        ):
            await at.client.loop.run(at.microphone(-0.5, 2.1, -2.4, over_s, tail_s=25.0))
            return at.sink.report().played_s

    assert (run(scene()) < 4.0) is silenced


def test_a_word_that_cannot_be_compared_with_the_audio_is_let_go(tmp_path: Path) -> None:
    async def scene() -> float:
        gone = ModelError("The weights are gone.")
        stt = ScoringStt("Raconte une histoire.", "C'est là.", gains={}, fault=gone)
        async with (
            scripted_server(long) as server,
            house(tmp_path, stt, server.url, taking=WORDS, wake=ScriptedWake(1.2)) as at,
        ):
            await at.client.loop.run(at.microphone(-0.5, 2.1, -2.4, 0.4, tail_s=25.0))
            return at.sink.report().played_s

    assert run(scene()) > 4.0


def test_stop_is_enough_whatever_follows_it(tmp_path: Path) -> None:
    async def scene() -> tuple[float, list[float]]:
        stt = ScriptedStt("Raconte une histoire.", "Stop", "c'est assez maintenant", seconds=0.3)
        async with (
            scripted_server(long) as server,
            house(tmp_path, stt, server.url, taking=WORDS, wake=ScriptedWake(1.2)) as at,
        ):
            await at.client.loop.run(at.microphone(-0.5, 2.1, -2.4, 0.4, -0.2, 1.5, tail_s=25.0))
            return at.sink.report().played_s, stt.heard_s

    played, heard = run(scene())
    assert played < 3.0
    assert len(heard) == 2


def test_a_cough_lowers_the_answer_and_it_goes_on(tmp_path: Path) -> None:
    async def scene() -> tuple[float, float, float, ScriptedServer]:
        stt = ScriptedStt("Raconte une histoire.", "Hum.")
        async with (
            scripted_server(long) as server,
            house(tmp_path, stt, server.url, taking=WORDS, wake=ScriptedWake(1.2)) as at,
        ):
            task = asyncio.ensure_future(at.client.loop.run(at.microphone(-0.5, 2.1, -2.4, 0.4, tail_s=25.0)))
            await asyncio.sleep(5.3)
            during = at.sink.gain
            await asyncio.sleep(1.5)
            after = at.sink.gain
            await task
            return during, after, at.sink.report().played_s, server

    during, after, played, server = run(scene())
    assert (during, after) == (0.2, 1.0)
    assert played > 18
    assert not server.of_type(Interrupt)


def test_talk_at_the_table_does_not_make_the_answer_come_and_go(tmp_path: Path) -> None:
    async def scene() -> tuple[list[bool], float]:
        states: list[ClientState] = []
        stt = ScriptedStt("Raconte une histoire.", "tu me passes le sel")
        async with (
            scripted_server(long) as server,
            house(
                tmp_path, stt, server.url, taking=WORDS, wake=ScriptedWake(1.2), on_change=states.append
            ) as at,
        ):
            await at.client.loop.run(at.microphone(-0.5, 2.1, -2.4, *[1.0, -0.6] * 6, tail_s=25.0))
            return [s.doubted for s in states], at.sink.report().played_s

    doubted, played = run(scene())
    assert played > 18
    assert 1 <= doubted.count(True) <= 3


def test_a_television_over_the_answer_lowers_it_for_two_seconds_at_most(tmp_path: Path) -> None:
    _, server, played, turns = run(over(tmp_path, WORDS, ("la suite du programme",), 12.0))
    assert played > 18
    assert not server.of_type(Interrupt)
    assert turns[-1] is Turn.IDLE


def test_wait_silences_and_listens(tmp_path: Path) -> None:
    at, server, played, _ = run(over(tmp_path, WORDS, ("Attends.", "Lance un chrono"), 0.5, -1.5, 1.0))
    assert played < 8
    assert [record.intent for record in at.records] == ["start_stopwatch"]
    assert len(server.of_type(Interrupt)) == 1


def test_its_name_stops_the_answer_at_once_and_is_listened_to(tmp_path: Path) -> None:
    button = TurnTaking(listening="wake_word", barge_in="button", after_answer_s=0.0)
    at, server, _, _ = run(
        over(tmp_path, button, ("Lance un chrono",), 0.7, 1.2, wake=ScriptedWake(1.2, 5.7, late_s=0.1))
    )
    assert [record.intent for record in at.records] == ["start_stopwatch"]
    (interrupt,) = server.of_type(Interrupt)
    assert isinstance(interrupt, Interrupt) and interrupt.spoken


def test_a_doubtful_name_does_not_stop_an_answer_in_a_microphone_that_hears_it(tmp_path: Path) -> None:
    button = TurnTaking(listening="wake_word", barge_in="button", after_answer_s=0.0)

    wake = ScriptedWake(1.2, 5.7, late_s=0.1, score=0.6)
    at, server, played, _ = run(over(tmp_path, button, ("jamais",), 0.7, 1.2, wake=wake))
    assert played > 18
    assert not server.of_type(Interrupt)
    assert len(at.records) == 1


def test_our_own_voice_is_no_interruption(tmp_path: Path) -> None:
    async def stopping(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput) and not said.speculative:
            await talk.answer(said, *["Pour finir, dis stop ou attends. Alors je me tairai. "] * 6, "")

    async def scene() -> tuple[ScriptedServer, float]:
        stt = ScriptedStt("Comment te taire ?", "Stop")
        async with (
            scripted_server(stopping) as server,
            house(tmp_path, stt, server.url, taking=WORDS, wake=ScriptedWake(1.2)) as at,
        ):
            await at.client.loop.run(at.microphone(-0.5, 2.1, -2.4, 0.4, tail_s=25.0))
            return server, at.sink.report().played_s

    server, played = run(scene())
    assert not server.of_type(Interrupt)
    assert played > 10


async def order(
    folder: Path, taking: TurnTaking, *heard: str, pause_s: float = 0.6
) -> tuple[House, list[float]]:
    """An order that was answered, and went on after a pause."""
    async with house(folder, ScriptedStt(*heard), taking=taking) as at:
        await at.client.loop.run(at.microphone(-0.5, 1.5, -0.6, 0.8, tail_s=8.0))
        return at, at.stt.heard_s


def test_an_order_is_carried_out_early_and_amended_when_it_goes_on(tmp_path: Path) -> None:
    at, heard = run(
        order(tmp_path, ALWAYS, "Mets un minuteur de dix minutes", "Mets un minuteur de dix minutes et demie")
    )
    assert [timer.duration_s for timer in at.client.parts.keeper.state.timers] == [630]
    assert at.records[-1].answer == "Minuteur de 10 minutes 30 secondes lancé."
    assert heard[1] > 2.8  # both halves and the pause between them


def test_what_is_added_to_an_order_is_done_beside_it(tmp_path: Path) -> None:
    at, _ = run(
        order(
            tmp_path,
            ALWAYS,
            "Mets un minuteur de dix minutes",
            "Mets un minuteur de dix minutes et lance un chrono",
        )
    )
    state = at.client.parts.keeper.state
    assert [timer.duration_s for timer in state.timers] == [600]
    assert state.stopwatch is not None
    assert at.records[-1].answer == "Chronomètre démarré."


def test_an_order_that_may_go_on_is_not_waited_for_long(tmp_path: Path) -> None:
    async def alone() -> TurnRecord:
        async with house(tmp_path / "1", ScriptedStt("Mets un minuteur d'une heure"), taking=ALWAYS) as at:
            return await at.hear(-0.5, 1.5)

    assert run(alone()).timings_ms["endpoint"] < 300
    at, _ = run(
        order(tmp_path, ALWAYS, "Mets un minuteur d'une heure", "Mets un minuteur d'une heure et demie")
    )
    assert [timer.duration_s for timer in at.client.parts.keeper.state.timers] == [5400]


def test_talk_after_an_order_leaves_it_as_it_is(tmp_path: Path) -> None:
    async def scene() -> House:
        heard = ("Mets un minuteur de dix minutes", "Mets un minuteur de dix minutes tu viens", "tu viens")
        async with house(tmp_path, ScriptedStt(*heard), taking=WORDS, wake=ScriptedWake(1.2)) as at:
            await at.client.loop.run(at.microphone(-0.5, 2.1, -0.6, 0.8, tail_s=8.0))
            return at

    at = run(scene())
    assert [timer.duration_s for timer in at.client.parts.keeper.state.timers] == [600]
    assert [record.answer for record in at.records] == ["Minuteur de 10 minutes lancé."]


def test_a_microphone_that_hears_the_answer_waits_for_the_end_of_an_order(tmp_path: Path) -> None:
    at, _ = run(
        order(tmp_path, TurnTaking(), "Mets un minuteur d'une heure", "Mets un minuteur d'une heure et demie")
    )
    (record,) = at.records
    assert [timer.duration_s for timer in at.client.parts.keeper.state.timers] == [5400]
    assert record.outcome == "completed"
