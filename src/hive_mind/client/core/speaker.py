"""The sink that a room hears."""

import threading

import numpy as np

from hive_mind.client.core.clock import Clock
from hive_mind.client.platform.ring import SampleRing
from hive_mind.speech.audio import Samples
from hive_mind.speech.playout import AHEAD_S, GAP_S, Gap, PlayoutReport, first_audible

_LOOK_S = 0.02

_FADE_S = 0.005
"""An answer that is cut ends with a slope, not a click."""

_DUCK_S = 0.05
"""Time from full loudness to none."""


class SpeakerSink:
    """Plays through a device that pulls samples from its own thread (`pull`).

    The first audible sample "leaves" when the device takes it; what the card and the air add is not seen.

    Args:
        rate: samples per second of what it is given.
        clock: for the record.
    """

    def __init__(self, rate: int, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self._ring = SampleRing(int((AHEAD_S + 1.0) * rate))
        self._lock = threading.Lock()
        self._gain = self._wanted_gain = 1.0
        self.newest: Samples = np.zeros(0, np.float32)
        """What the device took last."""
        self._reset()

    def _reset(self) -> None:
        self._written = 0
        self._pulled = 0
        self._audible: int | None = None
        self._audible_at: float | None = None
        self._dry_since: float | None = None
        self._gaps: list[Gap] = []
        self._cut = False

    @property
    def rate(self) -> int:
        """Samples per second that `write` expects."""
        return self._rate

    def pull(self, count: int) -> Samples:
        """Exactly `count` samples for the device, silence when there are none. Any thread."""
        with self._lock:
            samples = self._ring.take_up_to(count)
            now = self._clock.now()
            if self._audible is not None and self._audible_at is None:
                ahead = self._audible - self._pulled
                if ahead < len(samples):
                    self._audible_at = now + ahead / self._rate
            self._pulled += len(samples)
            if len(samples) < count and self._written and self._dry_since is None:
                self._dry_since = now + len(samples) / self._rate
            samples = self.newest = self._ducked(samples)
        if len(samples) == count:
            return samples
        padded = samples.copy()
        padded.resize(count)
        return padded

    def begin(self) -> None:
        """A new answer starts; what was left of the last one is thrown away."""
        with self._lock:
            self._ring.clear()
            self._wanted_gain = 1.0
            self._reset()

    async def write(self, samples: Samples) -> None:
        """Play after what was written before."""
        at = 0
        while at < len(samples) and not self._cut:
            with self._lock:
                piece = samples[at : at + max(0, self._ring.room)]
                if len(piece):
                    self._note(piece)
                    self._ring.put(piece)
                    at += len(piece)
            if at < len(samples):
                await self._clock.sleep(_LOOK_S)

    def interrupt(self) -> float:
        """Be silent at once."""
        with self._lock:
            if not self._cut:
                self._cut = True
                end = self._ring.take_up_to(int(_FADE_S * self._rate))
                self._ring.clear()
                self._ring.put(end * np.linspace(1, 0, len(end), dtype=np.float32))
            return self._pulled / self._rate

    def duck(self, factor: float) -> None:
        """Play at this fraction of the loudness from now on; 1 ends it, as does the next answer."""
        with self._lock:
            self._wanted_gain = min(1.0, max(0.0, factor))

    async def wait_for_playout(self) -> None:
        """Wait until the device took everything."""
        while not self._cut and self._ring.waiting:
            await self._clock.sleep(_LOOK_S)

    def report(self) -> PlayoutReport:
        """What became of the present answer so far."""
        with self._lock:
            return PlayoutReport(self._audible_at, self._pulled / self._rate, tuple(self._gaps))

    def _ducked(self, samples: Samples) -> Samples:
        gain, wanted = self._gain, self._wanted_gain
        if gain == wanted == 1.0 or not len(samples):
            self._gain = wanted
            return samples
        steps = np.arange(1, len(samples) + 1, dtype=np.float32) / np.float32(_DUCK_S * self._rate)
        ramp = np.maximum(gain - steps, wanted) if wanted < gain else np.minimum(gain + steps, wanted)
        self._gain = float(ramp[-1])
        return np.asarray(samples * ramp, np.float32)

    def _note(self, samples: Samples) -> None:
        if self._dry_since is not None:
            late = self._clock.now() - self._dry_since
            if late > GAP_S:
                self._gaps.append(Gap(self._written / self._rate, late))
            self._dry_since = None
        if self._audible is None and (index := first_audible(samples)) is not None:
            self._audible = self._written + index
        self._written += len(samples)
