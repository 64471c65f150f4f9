"""A room in which the microphone hears the speaker: devices made of air, real time."""

import asyncio

import numpy as np
import pytest
from numpy.typing import NDArray

from hive_mind.client.config import load_config
from hive_mind.client.core.echo.base import EchoCanceller, NoEcho
from hive_mind.client.core.echo.canceller import AdaptiveCanceller
from hive_mind.client.microphone import open_devices
from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples
from tests.fakes.air import Air

pytestmark = pytest.mark.audio

RATE = 24_000


def babble(seconds: float, rate: int, seed: int) -> Samples:
    """As wide and as restless as speech: noise in syllables."""
    random = np.random.default_rng(seed)
    t = np.arange(int(seconds * rate)) / rate
    syllables = np.clip(np.sin(2 * np.pi * 3.7 * t + seed) + 0.3 * np.sin(2 * np.pi * 0.4 * t), 0, 1)
    wide = random.standard_normal(len(t))
    low = np.convolve(wide, np.hanning(9) / np.hanning(9).sum(), mode="same")
    return (0.25 * syllables * low / np.std(low)).clip(-1, 1).astype(np.float32)


async def levels(
    air: Air, canceller: EchoCanceller, seconds: float, near_at: float | None
) -> NDArray[np.float64]:
    """Level in dB of what is left, a tenth of a second each, while we speak, and somebody at `near_at`."""
    devices = open_devices(air.platform(), load_config(), RATE, canceller=canceller)
    keeping = asyncio.ensure_future(devices.keep())
    heard = [np.zeros(0, np.float32)]

    async def _listen() -> None:
        async for frame in devices.source.frames():
            heard[0] = np.concatenate([heard[0], frame])

    listening = asyncio.ensure_future(_listen())
    devices.sink.begin()
    speaking = asyncio.ensure_future(devices.sink.write(babble(seconds, RATE, 1)))
    near = None
    await asyncio.sleep(seconds if near_at is None else near_at)
    if near_at is not None:
        near = air.play(Clip(babble(1.5, SAMPLE_RATE, 2), SAMPLE_RATE))
        await asyncio.sleep(seconds - near_at)
    for task in (keeping, listening, speaking):
        task.cancel()
    await asyncio.wait([keeping, listening, speaking])
    devices.close()
    if near is not None:
        await asyncio.to_thread(near.wait, 10)
    sound = heard[0]
    tenth = SAMPLE_RATE // 10
    return np.array(
        [
            10 * np.log10(np.mean(sound[at : at + tenth] ** 2) + 1e-9)
            for at in range(0, len(sound) - tenth, tenth)
        ]
    )


def test_our_own_voice_is_gone_and_the_other_one_stays(air: Air) -> None:
    air.echo(gain_db=-12, latency_ms=60)
    plain = asyncio.run(levels(air, NoEcho(), 5, None))
    assert np.percentile(plain[20:], 80) > -40, "the room gives our voice back"
    clean = asyncio.run(levels(air, AdaptiveCanceller(), 14, 9.0))
    alone, both = clean[40:85], clean[90:]
    assert np.percentile(alone, 80) < np.percentile(plain[20:], 80) - 25
    assert both.max() > -25
