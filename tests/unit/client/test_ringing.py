"""What rings, as it is heard."""

import asyncio
from datetime import UTC, datetime, timedelta

from hive_mind.client.core.ringing import Ringer
from hive_mind.protocol.messages import TimerState
from tests.fakes.virtual_time import VirtualClock, run

NOW = datetime(2026, 1, 6, 14, 30, tzinfo=UTC)


def timer(name: str) -> TimerState:
    return TimerState(timer_id=name, name=name, duration_s=60, due=NOW, changed=NOW - timedelta(minutes=1))


class Floor:
    """A room where somebody may be speaking; saying a thing takes two seconds."""

    def __init__(self) -> None:
        self.free = asyncio.Event()
        self.begun: list[str] = []
        self.finished: list[str] = []

    async def announce(self, text: str) -> None:
        await self.free.wait()
        self.begun.append(text)
        await asyncio.sleep(2)
        self.finished.append(text)


def test_what_falls_due_while_somebody_speaks_is_said_in_one_go_afterwards() -> None:
    async def scene() -> list[str]:
        floor = Floor()
        ringer = Ringer(floor.announce, VirtualClock(NOW).today)
        floor.free.set()
        await ringer.ring(timer("pâtes"))
        await asyncio.sleep(1)
        for name in ("four", "thé"):
            await ringer.ring(timer(name))
        await ringer.ring(timer("four"))
        await asyncio.sleep(10)
        return floor.finished

    assert run(scene()) == [
        "Le minuteur pâtes est terminé.",
        "Le minuteur four est terminé. Le minuteur thé est terminé.",
    ]


def test_silenced_it_falls_silent_at_once_and_says_nothing_later() -> None:
    async def scene() -> tuple[list[str], list[str]]:
        floor = Floor()
        ringer = Ringer(floor.announce, VirtualClock(NOW).today)
        await ringer.ring(timer("pâtes"))
        await asyncio.sleep(1)
        ringer.hush(())  # while it waited for the floor
        floor.free.set()
        await asyncio.sleep(1)
        await ringer.ring(timer("four"))
        await asyncio.sleep(1)
        ringer.hush(())  # in the middle
        await asyncio.sleep(10)
        assert not ringer.sounding
        return floor.begun, floor.finished

    assert run(scene()) == (["Le minuteur four est terminé."], [])


def test_of_two_the_one_that_was_silenced_is_left_out() -> None:
    async def scene() -> list[str]:
        floor = Floor()
        ringer = Ringer(floor.announce, VirtualClock(NOW).today)
        await ringer.ring(timer("pâtes"))
        await ringer.ring(timer("four"))
        ringer.hush((timer("four"),))
        floor.free.set()
        await asyncio.sleep(5)
        return floor.finished

    assert run(scene()) == ["Le minuteur four est terminé."]
