"""What makes eyes look alive: blinks, glances and squints, always the same for a seed and a time."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blink:
    """When and how eyes blink. `rest` and `twice` are the chances of none and of two in a `period`.

    Attributes:
        close, hold, open: seconds.
        line: share of the height at which the lids meet.
        stretch: share by which a shut eye is wider.
    """

    period: float
    rest: float
    twice: float
    close: float
    hold: float
    open: float
    line: float
    stretch: float

    def at(self, now: float, seed: int) -> float:
        """How far the eyes are shut, 0 to 1."""
        slot = math.floor(now / self.period)
        return max(self._in_slot(now, seed, slot - 1), self._in_slot(now, seed, slot))

    def _in_slot(self, now: float, seed: int, slot: int) -> float:
        if chance(seed, slot, 1) < self.rest:
            return 0.0
        start = (slot + 0.8 * chance(seed, slot, 2)) * self.period
        first = self.once(now - start)
        if chance(seed, slot, 3) >= self.twice:
            return first
        return max(first, self.once(now - start - 1.25 * (self.close + self.hold + self.open)))

    def once(self, since: float) -> float:
        """How far the eyes are shut, `since` seconds after they began to close."""
        if since <= 0:
            return 0.0
        if since < self.close:
            return smooth(since / self.close)
        return 1 - smooth((since - self.close - self.hold) / self.open)


@dataclass(frozen=True, slots=True)
class Glance:
    """Where eyes look when nothing calls them. `rest` is the chance of looking straight ahead.

    Attributes:
        saccade: seconds of a movement.
        depth: share by which the eye on the side of the gaze is larger at full reach.
    """

    period: float
    rest: float
    reach_x: float
    reach_y: float
    saccade: float
    depth: float

    def at(self, now: float, seed: int) -> tuple[float, float]:
        """Offset of both eyes on the stage."""
        slot = math.floor(now / self.period)
        start = (slot + 0.5 * chance(seed, slot, 4)) * self.period
        share = smooth((now - start) / self.saccade)
        (x0, y0), (x1, y1) = self._aim(seed, slot - 1), self._aim(seed, slot)
        return x0 + share * (x1 - x0), y0 + share * (y1 - y0)

    def _aim(self, seed: int, slot: int) -> tuple[float, float]:
        if chance(seed, slot, 5) < self.rest:
            return 0.0, 0.0
        side = 2 * chance(seed, slot, 6) - 1
        far = math.copysign(0.35 + 0.65 * abs(side), side)
        return far * self.reach_x, (2 * chance(seed, slot, 7) - 1) * self.reach_y


@dataclass(frozen=True, slots=True)
class Squint:
    """When eyes narrow for a moment, as in a smile. `into`, `hold` and `out` are seconds."""

    period: float
    rest: float
    into: float
    hold: float
    out: float

    def at(self, now: float, seed: int) -> float:
        """How far, 0 to 1."""
        slot = math.floor(now / self.period)
        if chance(seed, slot, 8) < self.rest:
            return 0.0
        lasts = self.into + self.hold + self.out
        since = now - slot * self.period - chance(seed, slot, 9) * (self.period - lasts)
        return smooth(since / self.into) - smooth((since - self.into - self.hold) / self.out)


def smooth(share: float) -> float:
    """From 0 to 1 with a soft start and a soft end (smoothstep)."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def chance(seed: int, slot: int, salt: int) -> float:
    """A number from 0 to below 1 that depends on nothing else.

    The 32-bit finaliser of MurmurHash3, so that a browser computes the same.
    """
    bits = (seed * 0x9E3779B1 + slot * 0x85EBCA77 + salt * 0xC2B2AE3D) & 0xFFFFFFFF
    bits = ((bits ^ (bits >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
    bits = ((bits ^ (bits >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
    return (bits ^ (bits >> 16)) / 2**32
