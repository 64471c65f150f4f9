"""Timers of the client: on its disk, rung by itself, whatever happens in between."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hive_mind.client.core.timers import StateFile, Timekeeper
from hive_mind.commands.state import CommandState
from hive_mind.protocol.messages import TimerState
from hive_mind.protocol.messages.client import AlarmState
from hive_mind.understanding.grammar import Grammar
from tests.fakes.virtual_time import VirtualClock, run

GRAMMAR = Grammar.load()


class Bell:
    """Notes who rang when."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.rung: list[tuple[float, TimerState]] = []

    async def __call__(self, timer: TimerState | AlarmState) -> None:
        assert isinstance(timer, TimerState)
        self.rung.append((self.clock.now(), timer))


async def order(keeper: Timekeeper, clock: VirtualClock, text: str) -> str:
    match = GRAMMAR.match(text)
    assert match is not None
    outcome = keeper.interpret(match, clock.today())
    await keeper.accept(outcome.state)
    return outcome.reply


def test_a_timer_rings_when_it_is_due(tmp_path: Path) -> None:
    async def scene() -> tuple[list[tuple[float, TimerState]], int]:
        clock = VirtualClock()
        bell = Bell(clock)
        mirrored: list[None] = []
        keeper = Timekeeper(StateFile(tmp_path / "time.json"), clock, bell, lambda: mirrored.append(None))
        running = asyncio.ensure_future(keeper.run())
        await asyncio.sleep(1)
        await order(keeper, clock, "mets un minuteur de dix minutes")
        await order(keeper, clock, "mets un minuteur de 30 secondes")
        assert len(keeper.device_state("salon").timers) == 2
        await asyncio.sleep(700)
        running.cancel()
        await asyncio.wait([running])
        return bell.rung, len(mirrored)

    rung, mirrored = run(scene())
    assert [round(at) for at, _ in rung] == [31, 601]
    assert [timer.duration_s for _, timer in rung] == [30, 600]
    assert mirrored == 4


def test_a_timer_survives_a_restart_and_rings_late_rather_than_never(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "time.json"

    async def before() -> None:
        clock = VirtualClock()
        keeper = Timekeeper(StateFile(path), clock, Bell(clock))
        await order(keeper, clock, "minuteur 5 minutes")

    async def after() -> list[tuple[float, TimerState]]:
        clock = VirtualClock(datetime(2026, 11, 22, 14, 30, tzinfo=UTC) + timedelta(hours=1))
        bell = Bell(clock)
        keeper = Timekeeper(StateFile(path), clock, bell)
        running = asyncio.ensure_future(keeper.run())
        await asyncio.sleep(5)
        running.cancel()
        await asyncio.wait([running])
        return bell.rung

    run(before())
    assert [p.name for p in path.parent.iterdir()] == ["time.json"]
    (rung,) = run(after())
    assert rung[0] < 1
    assert run(after()) == []


def test_a_cancelled_timer_stays_silent(tmp_path: Path) -> None:
    async def scene() -> list[tuple[float, TimerState]]:
        clock = VirtualClock()
        bell = Bell(clock)
        keeper = Timekeeper(StateFile(tmp_path / "time.json"), clock, bell)
        running = asyncio.ensure_future(keeper.run())
        await order(keeper, clock, "minuteur 5 minutes")
        await asyncio.sleep(100)
        await order(keeper, clock, "annule le minuteur")
        await asyncio.sleep(1000)
        running.cancel()
        await asyncio.wait([running])
        return bell.rung

    assert run(scene()) == []


def test_a_damaged_file_is_kept_aside_and_the_client_starts(tmp_path: Path) -> None:
    path = tmp_path / "time.json"
    path.write_bytes(b'{"timers": [{"timer_id"')
    assert StateFile(path).load() == CommandState()
    assert path.with_suffix(".damaged").exists()
    assert StateFile(tmp_path / "none.json").load() == CommandState()
