"""When did the answer start to sound? Pure arithmetic on pieces of audio and the moments they became ready."""

from dataclasses import dataclass, field

import numpy as np

from hive_mind.speech.audio import Samples

AUDIBLE = 0.01
"""Amplitude (-40 dBFS) from which a sample counts as heard."""

GAP_S = 0.25
"""A start that is followed by a longer gap than this does not count as a start."""


@dataclass
class Timeline:
    """Pieces of an answer, played one after the other as soon as each is there.

    Times are in seconds on any clock, the same one for all.
    """

    pieces: list[tuple[float, Samples, int]] = field(default_factory=list)

    def add(self, ready: float, samples: Samples, rate: int) -> None:
        """A piece became ready to play at `ready`."""
        self.pieces.append((ready, samples, rate))

    def _sounding(self) -> list[tuple[float, float]]:
        """Start and end of the audible part of each piece, on the play-out clock."""
        spans = []
        clock = 0.0
        for ready, samples, rate in self.pieces:
            start = max(clock, ready)
            clock = start + len(samples) / rate
            heard = np.flatnonzero(np.abs(samples) > AUDIBLE)
            if heard.size:
                spans.append((start + heard[0] / rate, start + heard[-1] / rate))
        return spans

    def first_audible(self) -> float:
        """Moment of the first audible sample; infinity when nothing sounds."""
        spans = self._sounding()
        return spans[0][0] if spans else float("inf")

    def lasting_start(self) -> float:
        """The same, but moved behind every stall longer than `GAP_S`: the start that counts.

        A stall is waiting for the next piece; the pauses that the voice itself makes are none.
        """
        clock = 0.0
        begin: float | None = None
        for ready, samples, rate in self.pieces:
            stalled = begin is not None and ready - clock > GAP_S
            start = max(clock, ready)
            clock = start + len(samples) / rate
            heard = np.flatnonzero(np.abs(samples) > AUDIBLE)
            if heard.size and (begin is None or stalled):
                begin = start + heard[0] / rate
        return float("inf") if begin is None else begin


def speech_end(samples: Samples, rate: int) -> float:
    """Second at which a recording's speech ends: its last 10 ms block within 30 dB of its loudest one."""
    block = rate // 100
    usable = samples[: len(samples) // block * block].reshape(-1, block)
    level = np.sqrt((usable**2).mean(axis=1))
    loud = np.flatnonzero(level > level.max() * 10 ** (-30 / 20))
    return float((loud[-1] + 1) * block / rate)
