"""What is said unasked, and what rings: queued, never over somebody, never lost."""

import asyncio
from pathlib import Path

from hive_mind.client.core.button import Button
from hive_mind.client.core.door import TurnTaking
from hive_mind.client.core.state import ClientState, Turn
from hive_mind.commands.interpret import interpret
from hive_mind.understanding.grammar import Match
from tests.fakes.scripted_speech import ScriptedStt
from tests.fakes.scripted_wake import ScriptedWake
from tests.fakes.virtual_time import run
from tests.unit.client.house import House, house

CALLED = TurnTaking(listening="wake_word", barge_in="words", after_answer_s=0.0)


async def timer(at: House, seconds: float) -> None:
    keeper = at.client.parts.keeper
    order = Match("start_timer", {"duration_s": seconds})
    await keeper.accept(interpret(order, keeper.state, at.clock.today()).state)


def test_announcements_are_said_in_order_and_one_at_a_time(tmp_path: Path) -> None:
    async def scene() -> list[str]:
        async with house(tmp_path, ScriptedStt("jamais")) as at:
            texts = [f"Message {word}." for word in ("un", "deux", "trois")]
            await asyncio.gather(*(at.client.loop.announce(text) for text in texts))
            return [text for text in at.voice.said if text.startswith("Message")]

    assert run(scene()) == ["Message un.", "Message deux.", "Message trois."]


def test_one_that_somebody_spoke_over_is_said_again(tmp_path: Path) -> None:
    async def scene() -> tuple[list[str], float]:
        stt = ScriptedStt("Lance un chrono")
        async with house(tmp_path, stt, taking=CALLED, wake=ScriptedWake(1.7)) as at:
            listening = asyncio.ensure_future(at.client.loop.run(at.microphone(-1.0, 1.7, tail_s=12.0)))
            await asyncio.sleep(0.2)
            await at.client.loop.announce("Pense à sortir les poubelles, elles passent demain matin.")
            said = at.clock.now()
            await listening
            return [r.intent for r in at.records], said

    intents, said = run(scene())
    assert intents == ["start_stopwatch"]
    assert said > 5.5  # after the answer, from the beginning


def test_one_that_was_silenced_is_not_said_again(tmp_path: Path) -> None:
    async def scene() -> float:
        stt = ScriptedStt("Stop.")
        async with house(tmp_path, stt, taking=CALLED, wake=ScriptedWake()) as at:
            listening = asyncio.ensure_future(at.client.loop.run(at.microphone(-1.0, 0.4, tail_s=8.0)))
            await asyncio.sleep(0.2)
            await at.client.loop.announce("Pense à sortir les poubelles, elles passent demain matin.")
            said = at.clock.now()
            await listening
            return said

    assert run(scene()) < 2.0


def test_a_timer_that_rings_while_somebody_asks_waits_for_the_answer(tmp_path: Path) -> None:
    async def scene() -> tuple[list[str], list[ClientState]]:
        seen: list[ClientState] = []
        stt = ScriptedStt("Quelle heure est-il ?")
        async with house(tmp_path, stt, taking=CALLED, wake=ScriptedWake(1.2), on_change=seen.append) as at:
            await timer(at, 1.5)  # rings in the middle of the question
            await at.client.loop.run(at.microphone(-0.5, 2.5, tail_s=10.0))
            assert [r.intent for r in at.records] == ["get_time"]
            assert at.records[0].outcome == "completed"
            return at.voice.said, seen

    said, seen = run(scene())
    rung = next(i for i, text in enumerate(said) if "terminé" in text)
    assert rung >= 0
    turns = [state.turn for state in seen if state.ringing]
    assert turns[:2] == [Turn.LISTENING, Turn.PROCESSING]
    assert turns.count(Turn.RESPONDING) >= 2  # the answer, then the ring


def test_stop_alone_silences_what_rings(tmp_path: Path) -> None:
    async def scene() -> tuple[House, list[ClientState]]:
        seen: list[ClientState] = []
        stt = ScriptedStt("tu me passes le sel", "Stop !")
        async with house(tmp_path, stt, taking=CALLED, wake=ScriptedWake(), on_change=seen.append) as at:
            await timer(at, 1)
            # the ring is over after about three seconds; somebody talks, then means us
            await at.client.loop.run(at.microphone(-7.0, 0.8, -2.0, 0.4, tail_s=8.0))
            return at, seen

    at, seen = run(scene())
    assert [r.intent for r in at.records] == ["stop"]
    assert not at.client.parts.keeper.state.ringing
    assert any(state.ringing for state in seen) and not seen[-1].ringing


def test_stop_over_the_bell_silences_it(tmp_path: Path) -> None:
    async def scene() -> House:
        stt = ScriptedStt("Stop !")
        async with house(tmp_path, stt, taking=CALLED, wake=ScriptedWake()) as at:
            await timer(at, 1)
            await at.client.loop.run(at.microphone(-1.6, 0.4, tail_s=8.0))
            return at

    at = run(scene())
    assert [r.intent for r in at.records] == ["stop"]
    assert not at.client.parts.keeper.state.ringing


def test_a_press_silences_what_rings(tmp_path: Path) -> None:
    async def scene() -> House:
        async with house(tmp_path, ScriptedStt("jamais"), taking=CALLED, wake=ScriptedWake()) as at:
            await timer(at, 1)
            listening = asyncio.ensure_future(at.client.loop.run(at.microphone(-8.0, tail_s=0.0)))
            await asyncio.sleep(1.8)
            at.client.loop.press()
            await listening
            return at

    at = run(scene())
    assert [r.intent for r in at.records] == ["stop"]
    assert not at.client.parts.status.state.ringing


def test_a_press_ends_what_is_said_or_opens_the_ear(tmp_path: Path) -> None:
    async def scene() -> House:
        stt = ScriptedStt("Lance un chrono")
        async with house(tmp_path, stt, button=True) as at:
            listening = asyncio.ensure_future(at.client.loop.run(at.microphone(-1.0, 9.0, tail_s=2.0)))
            await asyncio.sleep(0.5)
            at.client.loop.press()
            await asyncio.sleep(1.5)
            at.client.loop.press()
            await asyncio.sleep(0.2)
            assert at.stt.heard_s and at.stt.heard_s[0] < 1.5
            await listening
            return at

    assert [r.intent for r in run(scene()).records] == ["start_stopwatch"]


def test_a_button_keeps_one_press_at_most(tmp_path: Path) -> None:
    async def scene() -> int:
        button, taken = Button(), 0

        async def take() -> None:
            nonlocal taken
            while True:
                await button.pressed()
                taken += 1

        await asyncio.to_thread(button.press)
        button.press()
        taking = asyncio.ensure_future(take())
        await asyncio.sleep(0.1)
        button.press()
        await asyncio.sleep(0.1)
        taking.cancel()
        return taken

    assert run(scene()) == 2
