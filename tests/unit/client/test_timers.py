"""Timers of the client: on its disk, rung by itself, whatever happens in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from hive_mind.client.core.timers import AGAIN_S, LOOK_S, RETRY_S, StateFile, Timekeeper
from hive_mind.commands.alarms import RING_FOR_S
from hive_mind.commands.interpret import Rung, ring_text
from hive_mind.commands.state import CommandState
from hive_mind.commands.timers import RING_FOR_S as TIMER_RING_FOR_S
from hive_mind.understanding.grammar import Grammar
from tests.fakes.virtual_time import VirtualClock, run
from tests.fakes.wall_clock import SetClock, SetUptime

GRAMMAR = Grammar.load()
PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)


class Bell:
    """Notes what is said when, by the loop's time."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.rung: list[tuple[float, str]] = []

    async def __call__(self, rung: Rung) -> None:
        self.rung.append((self.clock.now(), ring_text((rung,), self.clock.today())))

    @property
    def firsts(self) -> list[tuple[int, str]]:
        """When each thing rang for the first time, to the second."""
        found: dict[str, int] = {}
        for at, text in self.rung:
            found.setdefault(text, round(at))
        return [(at, text) for text, at in found.items()]


class Home:
    """A keeper at work, and those around it."""

    def __init__(self, path: Path, clock: VirtualClock, look_s: float = LOOK_S) -> None:
        self.clock = clock
        self.bell = Bell(clock)
        self.mirrored = 0
        uptime = SetUptime(clock) if isinstance(clock, SetClock) else None
        self.keeper = Timekeeper(StateFile(path), clock, self.bell, self._mirror, uptime, look_s)

    def _mirror(self) -> None:
        self.mirrored += 1

    async def order(self, text: str) -> str:
        match = GRAMMAR.match(text, expecting=self.keeper.expecting(self.clock.today()))
        assert match is not None, text
        outcome = self.keeper.interpret(match, self.clock.today())
        await self.keeper.accept(outcome.state)
        return outcome.reply


@asynccontextmanager
async def home(path: Path, clock: VirtualClock | None = None, look_s: float = LOOK_S) -> AsyncIterator[Home]:
    at = Home(path, clock or VirtualClock(), look_s)
    running = asyncio.ensure_future(at.keeper.run())
    try:
        yield at
    finally:
        running.cancel()
        await asyncio.wait([running])


def test_a_timer_rings_when_it_is_due_until_somebody_says_stop(tmp_path: Path) -> None:
    async def scene() -> None:
        async with home(tmp_path / "time.json") as at:
            await asyncio.sleep(1)
            await at.order("mets un minuteur de dix minutes")
            await at.order("mets un minuteur de 30 secondes")
            assert len(at.keeper.device_state("salon").timers) == 2
            assert at.mirrored == 2
            await asyncio.sleep(30 + 2 * AGAIN_S + 1)
            assert await at.order("stop") == "Minuteur arrêté."
            assert [round(when) for when, _ in at.bell.rung] == [31, 46, 61]
            await asyncio.sleep(540)
            assert round(at.bell.rung[3][0]) == 601
            assert at.bell.rung[3][1] == "Le minuteur de 10 minutes est terminé."

    run(scene())


def test_nobody_there_a_timer_and_an_alarm_stop_ringing_at_last(tmp_path: Path) -> None:
    async def scene() -> list[tuple[float, str]]:
        async with home(tmp_path / "time.json", VirtualClock(START.astimezone(PARIS))) as at:
            await at.order("mets un minuteur de 30 secondes")
            await at.order("réveille-moi à 17 heures")
            await asyncio.sleep(7200)
            assert at.keeper.ringing == ()
            return at.bell.rung

    rung = run(scene())
    timer = [when for when, text in rung if "minuteur" in text]
    alarm = [when for when, text in rung if "éveil" in text]
    assert TIMER_RING_FOR_S - AGAIN_S <= timer[-1] - timer[0] <= TIMER_RING_FOR_S
    assert RING_FOR_S - AGAIN_S <= alarm[-1] - alarm[0] <= RING_FOR_S
    assert {round(b - a) for a, b in pairwise(alarm)} == {round(AGAIN_S)}


def test_what_fell_due_while_we_were_off_rings_at_once_and_says_how_late_it_is(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "time.json"

    async def before() -> None:
        at = Home(path, VirtualClock(START))
        await at.order("minuteur pâtes 5 minutes")
        await at.order("mets un minuteur de 30 minutes")

    async def after() -> list[tuple[float, str]]:
        async with home(path, VirtualClock(START + timedelta(minutes=17))) as at:
            await asyncio.sleep(5)
            return at.bell.rung

    run(before())
    assert [p.name for p in path.parent.iterdir()] == ["time.json"]
    (rung,) = run(after())
    assert rung[0] < 1
    assert rung[1] == "Le minuteur pâtes est terminé depuis 12 minutes."
    again = run(after())
    assert [text for _, text in again] == [rung[1]], "it was not silenced before we were stopped"


def test_a_cancelled_timer_stays_silent(tmp_path: Path) -> None:
    async def scene() -> list[tuple[float, str]]:
        async with home(tmp_path / "time.json") as at:
            await at.order("minuteur 5 minutes")
            await asyncio.sleep(100)
            await at.order("annule le minuteur")
            await asyncio.sleep(1000)
            return at.bell.rung

    assert run(scene()) == []


def test_a_clock_that_is_set_moves_alarms_and_leaves_timers_alone(tmp_path: Path) -> None:
    async def scene(jump: timedelta) -> list[tuple[int, str]]:
        clock = SetClock(START.astimezone(PARIS))  # 15:30
        async with home(tmp_path / f"{jump}.json", clock, look_s=20.0) as at:
            await at.order("minuteur pâtes 10 minutes")
            await at.order("réveille-moi à 16 heures")
            await asyncio.sleep(60)
            clock.set(jump)
            left = await at.order("combien reste-t-il au minuteur pâtes ?")
            assert left == "Il reste 9 minutes au minuteur pâtes."
            await asyncio.sleep(1200)
            await at.keeper.silence()
            await asyncio.sleep(7800)
            return at.bell.firsts

    on_time = (600, "Le minuteur pâtes est terminé.")
    ahead = run(scene(timedelta(hours=2)))
    assert on_time in ahead
    assert ahead[0][0] <= 60 + 21, "16:00 is past on the new clock"
    assert ahead[0][1] == "Réveil de 16h : c'était il y a 1 heure 31 minutes."
    back = run(scene(timedelta(hours=-2)))
    assert on_time in back
    assert (1800 + 7200, "C'est l'heure : réveil de 16h.") in back
    print(f"clock +2 h: {ahead}; clock -2 h: {back}")


def test_a_machine_that_slept_rings_at_once_what_it_missed(tmp_path: Path) -> None:
    async def scene() -> list[tuple[int, str]]:
        clock = SetClock(START)
        async with home(tmp_path / "time.json", clock) as at:
            await at.order("minuteur pâtes 10 minutes")
            await asyncio.sleep(60)
            clock.sleep_through(timedelta(minutes=21))
            await asyncio.sleep(10)
            return at.bell.firsts

    ((rang, said),) = run(scene())
    assert rang <= 60 + LOOK_S + 1
    assert said == "Le minuteur pâtes est terminé depuis 12 minutes."


def test_a_clock_set_while_the_client_was_off_is_noticed_on_the_same_machine(tmp_path: Path) -> None:
    path = tmp_path / "time.json"

    async def scene() -> list[tuple[int, str]]:
        clock = SetClock(START)
        async with home(path, clock) as at:
            await at.order("minuteur pâtes 10 minutes")
            await asyncio.sleep(60)
        clock.set(timedelta(hours=-2))
        async with home(path, clock) as at:
            await asyncio.sleep(700)
            return at.bell.firsts

    assert run(scene())[0] == (600, "Le minuteur pâtes est terminé.")


def test_after_a_restart_of_the_machine_the_first_correction_of_its_clock_is_no_reason_to_wait(
    tmp_path: Path,
) -> None:
    """A Raspberry Pi has no clock of its own: it starts with the time at which it was stopped."""
    path = tmp_path / "time.json"

    async def before() -> None:
        async with home(path, SetClock(START, boot_id="first")) as at:
            await at.order("minuteur pâtes 30 minutes")
            await asyncio.sleep(60)

    async def after() -> list[tuple[int, str]]:
        clock = SetClock(START + timedelta(seconds=61), boot_id="second")
        async with home(path, clock) as at:
            await asyncio.sleep(20)
            clock.set(timedelta(hours=1))
            await asyncio.sleep(10)
            return at.bell.firsts

    run(before())
    ((rang, said),) = run(after())
    assert rang <= 20 + LOOK_S + 1
    assert said == "Le minuteur pâtes est terminé depuis 31 minutes."


def test_what_happens_while_an_answer_is_worked_out_is_not_undone_by_it(tmp_path: Path) -> None:
    async def scene() -> tuple[CommandState, int]:
        async with home(tmp_path / "time.json") as at:
            await at.order("minuteur pâtes 1 minute")
            await asyncio.sleep(59)
            match = GRAMMAR.match("mets un minuteur de dix minutes")
            assert match is not None
            worked_out = at.keeper.interpret(match, at.clock.today()).state
            await asyncio.sleep(2)
            await at.keeper.accept(worked_out)
            await asyncio.sleep(0)
            return at.keeper.state, len(at.bell.rung)

    state, rung = run(scene())
    assert [timer.duration_s for timer in state.timers] == [600]
    assert [timer.name for timer in state.ringing] == ["pâtes"]
    assert rung == 1


def test_a_disk_that_refuses_is_told_of_and_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "deep"
    folder.write_text("no folder can be made here")

    async def scene() -> list[tuple[int, str]]:
        async with home(folder / "time.json") as at:
            assert await at.order("minuteur 5 minutes") == "Minuteur de 5 minutes lancé."
            await asyncio.sleep(60)
            folder.unlink()
            await asyncio.sleep(RETRY_S + LOOK_S + 1)
            assert len(StateFile(folder / "time.json").load().timers) == 1
            await asyncio.sleep(300)
            return at.bell.firsts

    assert run(scene())[0] == (300, "Le minuteur de 5 minutes est terminé.")


def test_a_damaged_file_is_kept_aside_and_the_client_starts(tmp_path: Path) -> None:
    path = tmp_path / "time.json"
    path.write_bytes(b'{"timers": [{"timer_id"')
    assert StateFile(path).load() == CommandState()
    assert path.with_suffix(".damaged").exists()
    assert StateFile(tmp_path / "none.json").load() == CommandState()
