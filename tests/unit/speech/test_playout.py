"""Sinks: when sound leaves, what is heard of it, where it runs dry. Sources: frames on time."""

import asyncio

import numpy as np
import pytest

from hive_mind.client.core.source import MicrophoneSource, WavSource
from hive_mind.client.core.speaker import SpeakerSink
from hive_mind.client.platform.ring import SampleRing
from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Clip, Samples, silence
from hive_mind.speech.playout import AHEAD_S, GAP_S, NullSink, WavSink, first_audible
from tests.fakes.scripted_microphone import voice
from tests.fakes.virtual_time import VirtualClock, run

RATE = 1000


def loud(seconds: float) -> Samples:
    return np.full(int(seconds * RATE), 0.5, np.float32)


def test_leading_silence_does_not_count_as_a_start() -> None:
    async def scene() -> tuple[float | None, float]:
        sink = NullSink(RATE, VirtualClock())
        await asyncio.sleep(3)
        await sink.write(silence(0.4, RATE))
        await sink.write(loud(0.5))
        await sink.wait_for_playout()
        return sink.report().first_audible_at, sink.report().played_s

    at, played = run(scene())
    assert at == pytest.approx(3.4)
    assert played == pytest.approx(0.9)
    assert first_audible(silence(1, RATE)) is None


def test_a_clause_that_comes_late_is_a_gap_and_is_heard_as_one() -> None:
    async def scene() -> WavSink:
        sink = WavSink(RATE, VirtualClock())
        await sink.write(loud(1))
        await asyncio.sleep(1 + GAP_S - 0.05)
        await sink.write(loud(1))
        await asyncio.sleep(1 + GAP_S + 0.25)
        await sink.write(loud(1))
        return sink

    sink = run(scene())
    (gap,) = sink._gaps
    assert gap.at_s == pytest.approx(2)
    assert gap.seconds == pytest.approx(0.5, abs=0.01)
    assert sink.clip().seconds == pytest.approx(3 + 0.2 + 0.5, abs=0.01)


def test_it_takes_no_more_than_a_little_ahead() -> None:
    async def scene() -> float:
        clock = VirtualClock()
        sink = NullSink(RATE, clock)
        for _ in range(10):
            await sink.write(loud(1))
        return clock.now()

    assert run(scene()) == pytest.approx(10 - AHEAD_S, abs=0.01)


def test_an_interruption_silences_at_once_and_knows_what_was_heard() -> None:
    async def scene() -> tuple[float, float, float]:
        clock = VirtualClock()
        sink = WavSink(RATE, clock)
        await sink.write(loud(2))
        await asyncio.sleep(0.5)
        heard = sink.interrupt()
        await sink.write(loud(2))
        await sink.wait_for_playout()
        return heard, clock.now(), sink.clip().seconds

    heard, now, kept = run(scene())
    assert [heard, now, kept] == pytest.approx([0.5, 0.5, 0.5])


def test_a_recording_is_heard_in_real_time_and_silence_follows() -> None:
    async def scene() -> None:
        clock = VirtualClock()
        source = WavSource(Clip(voice(0.1), SAMPLE_RATE), clock, tail_s=0.9)
        frames = []
        async for frame in source.frames():
            frames.append(frame)
            assert len(frame) == FRAME_SAMPLES
            assert clock.now() >= source.time_of(len(frames) * FRAME_SAMPLES) - 1e-6
        assert len(frames) == -(-SAMPLE_RATE // FRAME_SAMPLES)
        assert not np.any(frames[-1])
        assert clock.now() == pytest.approx(1, abs=0.05)

    run(scene())


def test_a_source_of_another_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="8000"):
        WavSource(Clip(voice(0.1), 8000), VirtualClock())


def test_a_ring_drops_the_oldest_and_counts_them() -> None:
    ring = SampleRing(10)
    ring.put(np.arange(8, dtype=np.float32))
    ring.put(np.arange(8, 13, dtype=np.float32))
    assert ring.dropped == 3
    assert ring.take(20) is None
    assert list(ring.take_up_to(20)) == list(range(3, 13))
    ring.put(np.arange(25, dtype=np.float32))
    assert ring.dropped == 18
    assert list(ring.take_up_to(3)) == [15, 16, 17]
    assert ring.clear() == 7
    assert (ring.waiting, ring.room) == (0, 10)


def test_a_microphone_gives_frames_as_its_device_writes_them() -> None:
    async def scene() -> int:
        ring = SampleRing(SAMPLE_RATE, channels=2)
        source = MicrophoneSource(ring, VirtualClock())
        wake = source.notify

        async def device() -> None:
            for _ in range(10):
                await asyncio.sleep(0.02)
                ring.put(np.stack([voice(0.02), np.full(320, 0.5, np.float32)], axis=1))
                wake()
            await asyncio.sleep(0.02)
            source.close()

        task = asyncio.ensure_future(device())
        count = 0
        async for frame in source.frames():
            assert frame.shape == (FRAME_SAMPLES,)
            assert source.own == 0.5
            count += 1
        await task
        return count

    assert run(scene()) == 10 * 320 // FRAME_SAMPLES


def test_a_speaker_hears_what_was_written_and_tells_of_gaps() -> None:
    async def scene() -> None:
        clock = VirtualClock()
        sink = SpeakerSink(RATE, clock)
        sink.begin()
        await sink.write(silence(0.1, RATE))
        await sink.write(loud(0.4))
        assert np.count_nonzero(sink.pull(300)) == 200
        assert sink.report().first_audible_at == pytest.approx(0.1)
        await asyncio.sleep(0.3)
        assert len(sink.pull(300)) == 300
        await asyncio.sleep(1)
        await sink.write(loud(0.5))
        (gap,) = sink.report().gaps
        assert gap.seconds == pytest.approx(0.8, abs=0.01)
        assert gap.at_s == pytest.approx(0.5)
        assert sink.interrupt() == pytest.approx(0.5)
        assert not np.any(sink.pull(100)[5:])
        await sink.wait_for_playout()

    run(scene())


def test_a_speaker_takes_no_more_than_its_ring() -> None:
    async def scene() -> float:
        sink = SpeakerSink(RATE, VirtualClock())
        writing = asyncio.ensure_future(sink.write(loud(10)))
        pulled = 0.0
        for _ in range(100):
            await asyncio.sleep(0.2)
            pulled += np.count_nonzero(sink.pull(200)) / RATE
            assert sink._ring.dropped == 0
        await writing
        return pulled

    assert run(scene()) == pytest.approx(10)


def test_a_speaker_that_is_ducked_is_quieter_without_a_click() -> None:
    async def scene() -> None:
        sink = SpeakerSink(RATE, VirtualClock())
        sink.begin()
        await sink.write(np.full(RATE, 0.5, np.float32))
        sink.pull(100)
        sink.duck(0.2)
        ducked = sink.pull(200)
        assert ducked[-1] == pytest.approx(0.1)
        assert np.max(np.abs(np.diff(ducked))) < 0.05
        sink.duck(1.0)
        assert sink.pull(200)[-1] == pytest.approx(0.5)
        sink.duck(0.0)
        sink.begin()
        await sink.write(np.full(RATE, 0.5, np.float32))
        assert sink.pull(200)[-1] == pytest.approx(0.5), "the next answer is as loud as ever"

    run(scene())


def test_an_answer_that_is_cut_ends_in_a_slope() -> None:
    async def scene() -> None:
        sink = SpeakerSink(24_000, VirtualClock())
        sink.begin()
        await sink.write(np.full(24_000, 0.5, np.float32))
        sink.pull(1000)
        sink.interrupt()
        sink.interrupt()
        end = sink.pull(1000)
        assert np.max(np.abs(np.diff(end))) < 0.01
        assert not np.any(end[int(0.005 * 24_000) :])

    run(scene())
