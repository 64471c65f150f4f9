"""Cables are pulled while a client runs; real devices made of air, real time."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from hive_mind.client.config import load_config
from hive_mind.client.core.turn import TurnRecord
from hive_mind.client.engines import Engines
from hive_mind.client.microphone import Devices, open_devices, run_client
from hive_mind.client.platform.keeper import LOST_S
from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Clip, Samples
from hive_mind.speech.tts.cached import CachedVoice
from hive_mind.understanding.grammar import Grammar
from tests.fakes.air import Air
from tests.fakes.scripted_microphone import LoudnessVad, voice
from tests.fakes.scripted_speech import ScriptedStt, ToneVoice
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.audio

RATE = 24_000
NOTICED_S = LOST_S + 1.0


class Watched:
    """Open devices, what they delivered, and what was told."""

    def __init__(self, devices: Devices) -> None:
        self.devices = devices
        self.told: list[str] = []
        self.frames: list[Samples] = []

    @property
    def loud(self) -> bool:
        return any(float(np.max(np.abs(frame))) > 0.1 for frame in self.frames[-20:])

    async def listen(self) -> None:
        async for frame in self.devices.source.frames():
            self.frames.append(frame)


@asynccontextmanager
async def watched(
    air: Air, microphone: str | None = None, speaker: str | None = None
) -> AsyncIterator[Watched]:
    scene = Watched(open_devices(air.platform(), load_config(speaker=speaker), RATE))
    keep = scene.devices.keep(scene.told.append, lambda code: scene.told.append(f"not {code}"))
    tasks = [asyncio.ensure_future(part) for part in (keep, scene.listen())]
    try:
        await eventually(lambda: len(scene.frames) > 10)
        yield scene
        assert not any(task.done() for task in tasks), "no task may die"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        scene.devices.close()


def test_a_microphone_is_pulled_and_comes_back(air: Air) -> None:
    async def scene() -> None:
        async with watched(air) as seen:
            air.unplug_microphone()
            began, at = len(seen.frames), asyncio.get_running_loop().time()
            await eventually(lambda: seen.told == ["MICROPHONE_LOST"], NOTICED_S)
            await asyncio.sleep(1.5)
            passed = asyncio.get_running_loop().time() - at
            heard = (len(seen.frames) - began) * FRAME_SAMPLES / SAMPLE_RATE
            assert heard == pytest.approx(passed, abs=0.5), "time goes on without a microphone"
            air.plug_microphone()
            await eventually(lambda: seen.told == ["MICROPHONE_LOST", "not MICROPHONE_LOST"], 4)
            assert seen.devices.names[0] == "ear"
            speaking = air.play(Clip(voice(2.0), SAMPLE_RATE))
            await eventually(lambda: seen.loud, 8)
            speaking.wait(10)

    asyncio.run(scene())


def test_a_microphone_that_delivers_nothing_is_told_once_and_recovers(air: Air) -> None:
    async def scene() -> None:
        async with watched(air) as seen:
            with air.stuck():
                await eventually(lambda: seen.told == ["MICROPHONE_LOST"], NOTICED_S)
                await asyncio.sleep(2.5)
            await eventually(lambda: seen.told == ["MICROPHONE_LOST", "not MICROPHONE_LOST"], 5)

    asyncio.run(scene())


def test_an_answer_ends_although_its_speaker_is_pulled_and_the_next_one_is_heard(air: Air) -> None:
    async def scene() -> None:
        async with watched(air, speaker="house") as seen:
            sink = seen.devices.sink
            sink.begin()
            await sink.write(np.full(RATE * 2, 0.1, np.float32))
            air.unplug_speaker()
            async with asyncio.timeout(4 + NOTICED_S + 2):
                await sink.write(np.full(RATE * 2, 0.1, np.float32))
                await sink.wait_for_playout()
            # Another speaker stands in, until the one that was asked for is back.
            await eventually(lambda: seen.told == ["SPEAKER_LOST", "not SPEAKER_LOST"], 5)
            assert seen.devices.names[1] == "mouth"
            air.plug_speaker()
            await eventually(lambda: seen.devices.names[1] == "house", 8)
            with air.recording() as heard:
                sink.begin()
                await sink.write(np.full(RATE * 2, 0.3, np.float32))
                await asyncio.to_thread(heard.wait_until_loud)

    asyncio.run(scene())


def test_an_interrupted_answer_is_silent_at_the_device_within_150_ms(air: Air) -> None:
    async def scene() -> list[float]:
        async with watched(air) as seen:
            sink, took = seen.devices.sink, []
            with air.recording() as heard:
                for _ in range(5):
                    sink.begin()
                    await sink.write(0.5 * voice(2.0))
                    await asyncio.sleep(0.6)
                    asked = time.monotonic()
                    sink.interrupt()
                    await asyncio.sleep(0.4)
                    last = heard.last_loud()
                    assert last is not None
                    took.append(last - asked)
            return took

    took = asyncio.run(scene())
    assert statistics.median(took) < 0.15, took


def test_a_client_says_that_its_microphone_is_gone_and_hears_again_when_it_is_back(
    air: Air, tmp_path: Path
) -> None:
    config = load_config(data=tmp_path, client_id="air", server="ws://127.0.0.1:9", listening="always")
    engines = Engines(
        LoudnessVad(), ScriptedStt("Lance un chrono"), CachedVoice(ToneVoice(RATE)), Grammar.load()
    )
    told: list[str] = []

    async def scene() -> TurnRecord:
        answered: asyncio.Future[TurnRecord] = asyncio.get_running_loop().create_future()
        devices = open_devices(air.platform(), config, RATE)
        running = run_client(config, engines, devices, on_turn=answered.set_result, on_trouble=told.append)
        client = asyncio.ensure_future(running)
        try:
            await asyncio.sleep(1)
            with air.recording() as heard:
                air.unplug_microphone()
                await asyncio.to_thread(heard.wait_until_loud)
            assert told == ["MICROPHONE_LOST"]
            air.plug_microphone()
            await eventually(lambda: not devices.microphone.lost)
            await asyncio.sleep(6)  # what it says of both
            speaking = air.play(Clip(voice(1.0), SAMPLE_RATE))
            record = await asyncio.wait_for(answered, 20)
            speaking.wait(5)
            return record
        finally:
            client.cancel()
            await asyncio.wait([client])

    assert asyncio.run(scene()).intent == "start_stopwatch"
