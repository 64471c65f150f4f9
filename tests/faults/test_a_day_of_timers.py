"""A day of virtual time, also over a change of the clock: everything rings, once, when it should."""

import asyncio
import random
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hive_mind.client.core.timers import StateFile, Timekeeper
from hive_mind.commands.interpret import Rung
from hive_mind.protocol.messages import TimerState
from hive_mind.understanding.grammar import Match
from tests.fakes.virtual_time import run
from tests.fakes.wall_clock import SetClock, SetUptime

PARIS = ZoneInfo("Europe/Paris")
NIGHTS = {
    "winter": datetime(2026, 10, 24, 12, tzinfo=PARIS),
    "summer": datetime(2026, 3, 28, 12, tzinfo=PARIS),
    "plain": datetime(2026, 6, 10, 12, tzinfo=PARIS),
}
HOURS = 24
TIMERS = 40
LOOK_S = 30.0


def name_of(rung: Rung) -> str:
    return rung.name or ""


@pytest.mark.parametrize("night", NIGHTS)
def test_everything_rings_once_at_its_time_whatever_happens(night: str, tmp_path: Path) -> None:
    start = NIGHTS[night]

    async def scene() -> tuple[dict[str, float], dict[str, list[str]]]:
        chance = random.Random(night)
        clock = SetClock(start)
        expected: dict[str, float] = {}
        timers: dict[str, float] = {}
        alarms: dict[str, list[str]] = {}
        names = count(1)

        async def ring(rung: Rung) -> None:
            if isinstance(rung, TimerState):
                timers.setdefault(name_of(rung), clock.now())
            else:
                alarms.setdefault(name_of(rung), []).append(f"{clock.today():%d %H:%M}")
            await keeper.silence()

        def open_keeper() -> tuple[Timekeeper, asyncio.Future[None]]:
            made = Timekeeper(
                StateFile(tmp_path / "time.json"), clock, ring, uptime=SetUptime(clock), look_s=LOOK_S
            )
            return made, asyncio.ensure_future(made.run())

        async def order(intent: str, **slots: object) -> None:
            match = Match(intent, slots)  # type: ignore[arg-type]
            await keeper.accept(keeper.interpret(match, clock.today()).state)

        keeper, running = open_keeper()
        await order("set_alarm", when="7 h", days=list(range(7)), name="levée")
        await order("set_alarm", when="2 h 30 du matin", days=list(range(7)), name="nuit")
        await order("set_alarm", when="demain à 8 h 15", name="sport")
        while clock.now() < HOURS * 3600:
            if len(expected) < TIMERS and chance.random() < 0.6:
                name, seconds = f"n{next(names)}", chance.randrange(30, 5 * 3600)
                await order("start_timer", duration_s=seconds, name=name)
                expected[name] = clock.now() + seconds
            if chance.random() < 0.2:  # the client is restarted
                running.cancel()
                await asyncio.wait([running])
                keeper, running = open_keeper()
            await asyncio.sleep(chance.randrange(60, 2400))
        await asyncio.sleep(3600)
        running.cancel()
        await asyncio.wait([running])
        late = {name: timers[name] - at for name, at in expected.items() if at < clock.now()}
        return late, alarms

    late, alarms = run(scene())
    print(f"{night}: {len(late)} timers, the latest {max(late.values()):.3f} s late; alarms at {alarms}")
    assert len(late) > TIMERS / 2
    assert all(-0.01 <= seconds < 1 for seconds in late.values()), late
    day = f"{start + timedelta(days=1):%d}"
    assert alarms["levée"] == [f"{day} 07:00"]
    assert alarms["nuit"] == [f"{day} 03:30" if night == "summer" else f"{day} 02:30"]
    assert alarms["sport"] == [f"{day} 08:15"]
