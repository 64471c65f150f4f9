"""Devices that vanish, in virtual time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hive_mind.client.platform.base import Device
from hive_mind.client.platform.keeper import LOST_S, START_S, DeviceKeeper
from hive_mind.errors import AudioError
from tests.fakes.virtual_time import VirtualClock, run


class Plug:
    """A socket into which devices are plugged; those that are open call every 50 ms."""

    def __init__(self) -> None:
        self.there = ["usb"]
        self.stuck = False
        self.refuses = False
        self.open: list[Wire] = []

    def __call__(self, name: str | None) -> "Wire | None":
        if self.refuses:
            raise AudioError("taken", code="DEVICE_BUSY")
        found = [here for here in self.there if name in (None, here)]
        if not found:
            return None
        wire = Wire(found[0])
        self.open.append(wire)
        return wire

    def works(self) -> bool:
        return not self.stuck and any(w.device.name in self.there for w in self.open if not w.closed)


class Wire:
    def __init__(self, name: str) -> None:
        self._name = name
        self.closed = False

    @property
    def device(self) -> Device:
        return Device(self._name, self._name)

    def close(self) -> None:
        self.closed = True


class Scene:
    def __init__(self, wanted: str | None) -> None:
        self.plug = Plug()
        self.told: list[str] = []
        self.stood_in = 0.0
        self.renewed = 0
        self.clock = VirtualClock()
        self.keeper = DeviceKeeper("GONE", self.plug, wanted, self._stand_in, self._renew, self.clock)

    def _stand_in(self, seconds: float) -> None:
        assert seconds >= 0
        self.stood_in += seconds

    def _renew(self) -> None:
        self.renewed += 1

    async def beats(self) -> None:
        while True:
            await asyncio.sleep(0.05)
            if self.plug.works():
                self.keeper.beat()


@asynccontextmanager
async def scene(wanted: str | None = "usb") -> AsyncIterator[Scene]:
    made = Scene(wanted)
    assert made.keeper.open()
    watch = made.keeper.run(made.told.append, lambda code: made.told.append(f"not {code}"))
    tasks = [asyncio.ensure_future(part) for part in (watch, made.beats())]
    yield made
    assert not any(task.done() for task in tasks)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    made.keeper.close()


def test_a_device_that_works_is_left_alone() -> None:
    async def story() -> None:
        async with scene() as s:
            await asyncio.sleep(20)
            assert (s.told, s.stood_in, len(s.plug.open)) == ([], 0.0, 1)

    run(story())


def test_a_device_that_is_pulled_is_told_once_stood_in_for_and_opened_again() -> None:
    async def story() -> None:
        async with scene() as s:
            await asyncio.sleep(10)
            s.plug.there.clear()
            await asyncio.sleep(LOST_S + 0.3)
            assert s.told == ["GONE"]
            await asyncio.sleep(10)
            assert s.told == ["GONE"]
            assert s.stood_in == pytest.approx(LOST_S + 10.3, abs=0.3)
            s.plug.there.append("usb")
            await asyncio.sleep(1.5)
            assert s.told == ["GONE", "not GONE"]
            assert s.renewed == 1
            stood_in = s.stood_in
            await asyncio.sleep(5)
            assert s.stood_in == stood_in

    run(story())


def test_another_one_stands_in_until_the_wanted_one_is_back() -> None:
    async def story() -> None:
        async with scene() as s:
            s.plug.there[:] = ["built-in"]
            await asyncio.sleep(START_S + LOST_S + 1)
            assert s.keeper.stream is not None
            assert s.keeper.stream.device.name == "built-in"
            assert s.told == ["GONE", "not GONE"]
            s.plug.there.append("usb")
            await asyncio.sleep(7)
            assert s.keeper.stream.device.name == "usb"
            assert s.told == ["GONE", "not GONE"]

    run(story())


def test_one_that_is_stuck_is_opened_again_without_haste() -> None:
    async def story() -> None:
        async with scene(None) as s:
            await asyncio.sleep(5)
            s.plug.stuck = True
            await asyncio.sleep(20)
            assert s.told == ["GONE"]
            assert 4 <= len(s.plug.open) <= 8
            s.plug.stuck = False
            await asyncio.sleep(1)
            assert s.told == ["GONE", "not GONE"]

    run(story())


def test_one_that_refuses_is_tried_again() -> None:
    async def story() -> None:
        async with scene() as s:
            s.plug.there.clear()
            s.plug.refuses = True
            await asyncio.sleep(5)
            s.plug.refuses = False
            s.plug.there.append("usb")
            await asyncio.sleep(2)
            assert s.told == ["GONE", "not GONE"]

    run(story())


def test_a_slow_starter_is_given_its_time() -> None:
    async def story() -> None:
        async with scene() as s:
            s.plug.stuck = True
            await asyncio.sleep(START_S + LOST_S - 0.3)
            s.plug.stuck = False
            await asyncio.sleep(5)
            assert s.told == []

    run(story())
