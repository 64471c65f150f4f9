"""Where the voice of the user comes from: frames of `FRAME_SAMPLES` at `SAMPLE_RATE`, in real time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Protocol

import numpy as np

from hive_mind.client.core.clock import Clock
from hive_mind.client.platform.ring import SampleRing
from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Clip, Samples


class AudioSource(Protocol):
    """A microphone, or something that plays its part."""

    def frames(self) -> AsyncIterator[Samples]:
        """Frames as they are heard; ends when the source is closed or exhausted."""
        ...

    def time_of(self, sample: int) -> float:
        """Moment, on the client's clock, when this sample (counted from 0) was heard."""
        ...

    @property
    def own(self) -> float:
        """How much of the energy of the newest frame was our own voice before it was cleaned, in [0, 1]."""
        ...


class WavSource:
    """Plays a clip as a microphone would deliver it, then silence for a while.

    Args:
        clip: mono, at `SAMPLE_RATE`.
        clock: paces the frames.
        tail_s: seconds of silence after the clip; the source ends then.
    """

    def __init__(self, clip: Clip, clock: Clock, *, tail_s: float = 60.0) -> None:
        if clip.rate != SAMPLE_RATE:
            raise ValueError(f"a source plays {SAMPLE_RATE} Hz, not {clip.rate}")
        self._samples = clip.samples
        self._clock = clock
        self._total = len(clip.samples) + int(tail_s * SAMPLE_RATE)
        self._start: float | None = None

    @property
    def own(self) -> float:
        """Nothing of a recording is our own."""
        return 0.0

    async def frames(self) -> AsyncIterator[Samples]:
        """Frames, each one no earlier than its last sample is due."""
        self._start = self._clock.now()
        for first in range(0, self._total, FRAME_SAMPLES):
            await self._clock.sleep(self.time_of(first + FRAME_SAMPLES) - self._clock.now())
            frame = self._samples[first : first + FRAME_SAMPLES]
            if len(frame) < FRAME_SAMPLES:
                frame = np.concatenate([frame, np.zeros(FRAME_SAMPLES - len(frame), np.float32)])
            yield frame

    def time_of(self, sample: int) -> float:
        """Moment when this sample is due."""
        start = self._clock.now() if self._start is None else self._start
        return start + sample / SAMPLE_RATE


class MicrophoneSource:
    """Frames from a device's ring buffer, which its own thread fills.

    Args:
        ring: what the device writes to, at `SAMPLE_RATE`, cleaned: two channels as `EchoGuard.clean` gives
            them.
        clock: tells when samples came.
    """

    def __init__(self, ring: SampleRing, clock: Clock) -> None:
        self._ring = ring
        self._clock = clock
        self._taken = 0
        self._anchor = 0.0
        self._own = 0.0
        self.newest: Samples = np.zeros(0, np.float32)
        """The frame that was heard last, cleaned."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._more = asyncio.Event()
        self._closed = False

    @property
    def own(self) -> float:
        """How much of the newest frame was our own voice."""
        return self._own

    @property
    def notify(self) -> Callable[[], None]:
        """What the device's thread calls after each write."""

        def _wake() -> None:
            loop = self._loop
            if loop is not None and not loop.is_closed():
                loop.call_soon_threadsafe(self._more.set)

        return _wake

    async def frames(self) -> AsyncIterator[Samples]:
        """Frames until `close`; samples dropped by a full ring are simply missing."""
        self._loop = asyncio.get_running_loop()
        while not self._closed:
            self._more.clear()
            while (frame := self._ring.take(FRAME_SAMPLES)) is not None:
                self._taken += FRAME_SAMPLES
                self._anchor = self._clock.now() - self._ring.waiting / SAMPLE_RATE
                self._own = float(np.mean(frame[:, 1]))
                self.newest = np.ascontiguousarray(frame[:, 0])
                yield self.newest
            await self._more.wait()

    def time_of(self, sample: int) -> float:
        """Counted back from the moment of the newest frame."""
        return self._anchor - (self._taken - sample) / SAMPLE_RATE

    def close(self) -> None:
        """End `frames` after the present one."""
        self._closed = True
        self._more.set()
