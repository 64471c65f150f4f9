"""Where the answer goes: sinks that play in real time, or keep time as if they did.

A sink knows when its first *audible* sample left, how much was heard, and where it ran dry.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hive_mind.speech.audio import Clip, Samples

AUDIBLE = 0.01
"""Amplitude (-40 dBFS) from which a sample counts as heard."""

GAP_S = 0.25
"""A silence longer than this, made by a clause that came late, is a gap that the listener notices."""

AHEAD_S = 2.0
"""How much audio a sink takes beyond what it has played."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A pause that nobody intended.

    Attributes:
        at_s: position in the answer's audio.
        seconds: how long the sink had nothing to play.
    """

    at_s: float
    seconds: float


@dataclass(frozen=True, slots=True)
class PlayoutReport:
    """What became of one answer.

    Attributes:
        first_audible_at: moment, on the client's clock, when the first audible sample leaves, if any.
        played_s: seconds of the answer's audio that were played, gaps not counted.
        gaps: pauses longer than `GAP_S` made by late audio.
    """

    first_audible_at: float | None
    played_s: float
    gaps: tuple[Gap, ...]


class Clock(Protocol):
    """Seconds that only go forward, and a way to wait."""

    def now(self) -> float:
        """Seconds since an arbitrary moment; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; at once when `seconds` is not positive."""
        ...


class PlayoutSink(Protocol):
    """Plays one answer at a time."""

    @property
    def rate(self) -> int:
        """Samples per second that `write` expects."""
        ...

    def begin(self) -> None:
        """A new answer starts; what was left of the last one is thrown away."""
        ...

    async def write(self, samples: Samples) -> None:
        """Play after what was written before; waits while `AHEAD_S` is ahead. Nothing after `interrupt`."""
        ...

    def interrupt(self) -> float:
        """Be silent at once; returns the seconds of the answer that were played."""
        ...

    def duck(self, factor: float) -> None:
        """Play at this fraction of the loudness from now on; 1 ends it, as does the next answer."""
        ...

    async def wait_for_playout(self) -> None:
        """Wait until all that was written has sounded, or `interrupt`."""
        ...

    def report(self) -> PlayoutReport:
        """What became of the present answer so far."""
        ...


def first_audible(samples: Samples) -> int | None:
    """Index of the first sample that can be heard."""
    loud = np.flatnonzero(np.abs(samples) >= AUDIBLE)
    return int(loud[0]) if len(loud) else None


class NullSink:
    """Keeps exact time and plays nothing.

    Args:
        rate: samples per second of what it is given.
        clock: paces the playout.
    """

    def __init__(self, rate: int, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self.begin()

    @property
    def rate(self) -> int:
        """Samples per second that `write` expects."""
        return self._rate

    def begin(self) -> None:
        """Forget the last answer."""
        self._end: float | None = None
        self._written_s = 0.0
        self._first_audible_at: float | None = None
        self._gaps: list[Gap] = []
        self._cut_at_s: float | None = None

    async def write(self, samples: Samples) -> None:
        """Take samples at the pace at which they would sound."""
        if self._cut_at_s is not None or not len(samples):
            return
        now = self._clock.now()
        start = now if self._end is None else max(now, self._end)
        late = 0.0 if self._end is None else start - self._end
        if late > GAP_S:
            self._gaps.append(Gap(self._written_s, late))
        if self._first_audible_at is None and (index := first_audible(samples)) is not None:
            self._first_audible_at = start + index / self._rate
        self._end = start + len(samples) / self._rate
        self._written_s += len(samples) / self._rate
        self._record(samples, late)
        await self._clock.sleep(self._end - AHEAD_S - self._clock.now())

    def interrupt(self) -> float:
        """Stop the time of this answer."""
        if self._cut_at_s is None:
            self._cut_at_s = self._played_s()
            self._cut(self._cut_at_s)
        return self._cut_at_s

    def duck(self, factor: float) -> None:
        """Nobody hears the difference."""

    async def wait_for_playout(self) -> None:
        """Wait until the last sample is due."""
        while (
            self._cut_at_s is None and self._end is not None and (left := self._end - self._clock.now()) > 0
        ):
            await self._clock.sleep(min(left, 0.05))

    def report(self) -> PlayoutReport:
        """What became of the present answer so far."""
        played = self._played_s() if self._cut_at_s is None else self._cut_at_s
        return PlayoutReport(self._first_audible_at, played, tuple(self._gaps))

    def _played_s(self) -> float:
        left = 0.0 if self._end is None else max(0.0, self._end - self._clock.now())
        return max(0.0, self._written_s - left)

    def _record(self, samples: Samples, late_s: float) -> None:
        """For sinks that keep the audio."""

    def _cut(self, played_s: float) -> None:
        """For sinks that keep the audio."""


class WavSink(NullSink):
    """Keeps time as `NullSink` does and, in memory, what would have been heard, pauses included."""

    def __init__(self, rate: int, clock: Clock) -> None:
        self._pieces: list[Samples] = []
        super().__init__(rate, clock)

    def begin(self) -> None:
        """Forget the last answer."""
        self._pieces.clear()
        super().begin()

    def clip(self) -> Clip:
        """What was heard so far."""
        return Clip(np.concatenate([np.zeros(0, np.float32), *self._pieces]), self.rate)

    def _record(self, samples: Samples, late_s: float) -> None:
        if late_s > 0:
            self._pieces.append(np.zeros(int(late_s * self.rate), np.float32))
        self._pieces.append(samples)

    def _cut(self, played_s: float) -> None:
        heard = self.clip().samples[: int(played_s * self.rate)]
        self._pieces[:] = [heard]
