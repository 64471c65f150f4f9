"""A client that remembers what was said: several orders, follow-ups, corrections, alarms that insist."""

import asyncio
from pathlib import Path

from hive_mind.client.core.timers import AGAIN_S, StateFile, Timekeeper
from hive_mind.client.core.turn import TurnRecord
from hive_mind.commands.interpret import Rung
from hive_mind.protocol.messages import ClientMessage, FollowUp, VoiceInput
from hive_mind.understanding.grammar import Match
from tests.fakes.scripted_server import Talk, scripted_server
from tests.fakes.scripted_speech import ScriptedStt
from tests.fakes.virtual_time import VirtualClock, run
from tests.unit.client.house import House, house


async def converse(folder: Path, *said: str) -> tuple[list[TurnRecord], House]:
    """What a client without a server makes of these utterances."""
    async with house(folder, ScriptedStt(*said)) as at:
        return [await at.hear(-0.3, 1.0) for _ in said], at


def test_several_orders_are_all_carried_out_and_answered(tmp_path: Path) -> None:
    (record,), at = run(converse(tmp_path, "Mets un minuteur de dix minutes et lance un chrono"))
    assert record.answer == "Minuteur de 10 minutes lancé. Chronomètre démarré."
    state = at.client.parts.keeper.state
    assert [timer.duration_s for timer in state.timers] == [600]
    assert state.stopwatch is not None


def test_a_correction_replaces_and_annule_le_takes_back(tmp_path: Path) -> None:
    records, at = run(
        converse(tmp_path, "Mets un minuteur de dix minutes", "non, j'ai dit quinze", "annule-le")
    )
    assert [record.answer for record in records] == [
        "Minuteur de 10 minutes lancé.",
        "Minuteur de 15 minutes lancé.",
        "Minuteur annulé.",
    ]
    assert at.client.parts.keeper.state.timers == ()


def test_an_answer_to_a_question_back_can_be_corrected_too(tmp_path: Path) -> None:
    records, at = run(converse(tmp_path, "mets un minuteur", "dix minutes", "non, douze"))
    assert records[-1].answer == "Minuteur de 12 minutes lancé."
    assert [timer.duration_s for timer in at.client.parts.keeper.state.timers] == [720]


def test_the_last_answer_is_said_again(tmp_path: Path) -> None:
    records, _ = run(converse(tmp_path, "répète", "combien font douze fois treize", "répète"))
    assert [record.answer for record in records] == [
        "Je n'ai encore rien dit.",
        "Douze fois treize, ça fait 156.",
        "Douze fois treize, ça fait 156.",
    ]


def test_the_volume_is_kept_and_heard(tmp_path: Path) -> None:
    records, at = run(converse(tmp_path, "mets le volume à 50", "coupe le son"))
    assert records[0].answer == "Volume à 50 %."
    assert at.client.parts.keeper.state.volume == 50
    assert at.client.parts.loudness() == 0.0


def test_the_speed_is_kept_and_heard_at_once(tmp_path: Path) -> None:
    records, at = run(
        converse(tmp_path, "combien font douze fois treize", "répète plus lentement", "répète", "plus vite")
    )
    assert [record.answer for record in records][1:] == [
        "Douze fois treize, ça fait 156.",
        "Douze fois treize, ça fait 156.",
        "D'accord, je reprends ma vitesse normale.",
    ]
    product = [speed for text, speed in at.voice.speeds if "cent cinquante-six" in text]
    assert product == [1.0, 0.85], "said again from memory, at the speed that was asked for"
    assert [speed for text, speed in at.voice.speeds if "vitesse normale" in text] == [1.0]
    assert at.client.parts.keeper.state.speed == 100


async def weather(talk: Talk, said: ClientMessage) -> None:
    if isinstance(said, VoiceInput) and said.speculative:
        await talk.answer(said, "Il fait beau. ")
    elif isinstance(said, VoiceInput):
        await talk.end(said)


def test_what_is_not_ours_goes_to_the_server_after_our_answer(tmp_path: Path) -> None:
    async def scene() -> tuple[TurnRecord, list[str]]:
        stt = ScriptedStt("Mets un minuteur de dix minutes et raconte-moi une blague.")
        async with scripted_server(weather) as server, house(tmp_path, stt, server.url) as at:
            record = await at.hear(-0.3, 1.0)
            assert len(at.client.parts.keeper.state.timers) == 1
            asked = [m.transcription for m in server.of_type(VoiceInput) if isinstance(m, VoiceInput)]
            return record, asked

    record, asked = run(scene())
    assert record.answer == "Minuteur de 10 minutes lancé. Il fait beau."
    assert set(asked) == {"raconte-moi une blague."}


def test_without_a_server_our_part_is_done_all_the_same(tmp_path: Path) -> None:
    (record,), at = run(converse(tmp_path, "Mets un minuteur de dix minutes et raconte-moi une blague."))
    assert record.answer.startswith("Minuteur de 10 minutes lancé.")
    assert len(at.client.parts.keeper.state.timers) == 1


def test_giving_up_answers_the_server_when_it_asked(tmp_path: Path) -> None:
    async def asking(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput) and said.speculative:
            await talk.answer(said, "Pour quel jour ? ")
        elif isinstance(said, VoiceInput):
            await talk.end(said)
            await talk.send(FollowUp(seconds=8))

    async def scene() -> list[str]:
        stt = ScriptedStt("Ajoute un rendez-vous chez le dentiste", "annule")
        async with scripted_server(asking) as server, house(tmp_path, stt, server.url) as at:
            await at.hear(-0.3, 1.0)
            await asyncio.sleep(0.1)
            await at.hear(-0.3, 1.0)
            return [m.transcription for m in server.of_type(VoiceInput) if isinstance(m, VoiceInput)]

    assert "annule" in run(scene())


def test_an_alarm_rings_again_until_it_is_silenced(tmp_path: Path) -> None:
    async def scene() -> list[float]:
        clock, rung = VirtualClock(), list[float]()

        async def ring(_: Rung) -> None:
            rung.append(clock.now())

        keeper = Timekeeper(StateFile(tmp_path / "time.json"), clock, ring)
        running = asyncio.ensure_future(keeper.run())
        outcome = keeper.interpret(Match("set_alarm", {"when": "dans une minute"}), clock.today())
        await keeper.accept(outcome.state)
        assert len(keeper.device_state("salon").alarms) == 1
        await asyncio.sleep(60 + 2 * AGAIN_S + 1)
        await keeper.accept(keeper.interpret(Match("stop"), clock.today()).state)
        await asyncio.sleep(1000)
        running.cancel()
        await asyncio.wait([running])
        return rung

    assert [round(at) for at in run(scene())] == [60, 90, 120]


def test_an_alarm_survives_a_restart(tmp_path: Path) -> None:
    async def set_it() -> None:
        clock = VirtualClock()

        async def ring(_: Rung) -> None:
            raise AssertionError("too early")

        keeper = Timekeeper(StateFile(tmp_path / "time.json"), clock, ring)
        await keeper.accept(
            keeper.interpret(Match("set_alarm", {"when": "dans deux heures"}), clock.today()).state
        )

    run(set_it())
    (alarm,) = StateFile(tmp_path / "time.json").load().alarms
    assert alarm.days == ()
