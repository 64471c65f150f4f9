"""The one shape that everything is made of: a rounded rectangle with two lids."""

import math
from typing import NamedTuple, TypeAlias

Colour: TypeAlias = tuple[int, int, int]
Point: TypeAlias = tuple[float, float]


def _across(steps: int) -> tuple[float, ...]:
    """From -1 to 1, closer together at the ends, where the corners are."""
    return tuple(-math.cos(math.pi * i / steps) for i in range(steps + 1))


_EYE, _MARK = _across(40), _across(12)
_MARK_W = 0.25


class Eye(NamedTuple):
    """An eye or a mark beside it, on a stage that is 2 wide and 1 high with its centre at (0, 0), y down.

    Attributes:
        x, y: of the centre.
        w, h: of the rectangle when the lids are open.
        radius: of the corners.
        tilt: degrees, clockwise.
        upper, lower: share of the height that a lid covers; below 0 the edge is raised.
        upper_slant, lower_slant: share of the height by which the right end of an edge is the lower one.
        upper_bend, lower_bend: share of the height by which the middle of the edge is lower than its ends.
        light: 0 to 1, times the colour.
    """

    x: float = 0.0
    y: float = 0.0
    w: float = 0.4
    h: float = 0.5
    radius: float = 0.15
    tilt: float = 0.0
    upper: float = 0.0
    upper_slant: float = 0.0
    upper_bend: float = 0.0
    lower: float = 0.0
    lower_slant: float = 0.0
    lower_bend: float = 0.0
    light: float = 1.0

    def mirrored(self) -> "Eye":
        """The same on the other side of the face."""
        return self._replace(
            x=-self.x, tilt=-self.tilt, upper_slant=-self.upper_slant, lower_slant=-self.lower_slant
        )

    def plus(self, change: "Eye", share: float = 1.0) -> "Eye":
        """Each field plus a share of the field of `change`."""
        return Eye(*[a + share * b for a, b in zip(self, change, strict=True)])

    def towards(self, other: "Eye", share: float) -> "Eye":
        """On the way to `other`; a share above 1 goes past it."""
        return Eye(*[a + share * (b - a) for a, b in zip(self, other, strict=True)])

    def gone(self) -> "Eye":
        """As it is before it appears: small and dark."""
        return self._replace(w=0.3 * self.w, h=0.3 * self.h, radius=0.3 * self.radius, light=0.0)


NO_CHANGE = Eye(*[0.0] * len(Eye._fields))


class Shape(NamedTuple):
    """An eye in its colour, ready to be drawn."""

    eye: Eye
    colour: Colour


def outline(eye: Eye, lid_radius: float, thinnest: float) -> list[Point]:
    """The closed outline as it is seen between the lids, clockwise from the upper left.

    Args:
        eye: on the stage.
        lid_radius: of the corners where a lid has covered the rectangle's own.
        thinnest: what is left of a shut eye.
    """
    w, h = max(eye.w, 0.001), max(eye.h, 0.001)
    top = _Edge(-h / 2 + eye.upper * h, eye.upper_slant * h, eye.upper_bend * h)
    bottom = _Edge(h / 2 - eye.lower * h, eye.lower_slant * h, eye.lower_bend * h)
    thinnest = min(thinnest, h)
    above: list[Point] = []
    below: list[Point] = []
    corners = [
        (
            _corner(eye.radius, lid_radius, eye.upper * h, gap, w),
            _corner(eye.radius, lid_radius, eye.lower * h, gap, w),
        )
        for gap in (max(bottom.at(side) - top.at(side), thinnest) for side in (-1, 1))
    ]
    cos, sin = math.cos(math.radians(eye.tilt)), math.sin(math.radians(eye.tilt))
    for u in _EYE if w > _MARK_W else _MARK:
        x = u * w / 2
        high, low = top.at(u), bottom.at(u)
        if low - high < thinnest:
            high, low = (high + low - thinnest) / 2, (high + low + thinnest) / 2
        upper_radius, lower_radius = corners[u > 0]
        from_side = w / 2 - abs(x)
        half = (low - high) / 2
        high += min(_arc(from_side, upper_radius), half)
        low -= min(_arc(from_side, lower_radius), half)
        above.append((eye.x + x * cos - high * sin, eye.y + x * sin + high * cos))
        below.append((eye.x + x * cos - low * sin, eye.y + x * sin + low * cos))
    return above + below[::-1]


class _Edge(NamedTuple):
    middle: float
    slant: float
    bend: float

    def at(self, u: float) -> float:
        """Height at `u`, which goes from -1 at the left end to 1 at the right."""
        return self.middle + self.slant * u / 2 + self.bend * (1 - u * u)


def _corner(radius: float, lid_radius: float, covered: float, gap: float, w: float) -> float:
    """A lid takes the rectangle's corner away little by little and leaves its own."""
    under_lid = min(max(covered / radius, 0.0), 1.0) if radius > 0 else 0.0
    own = radius + under_lid * (min(lid_radius, radius) - radius)
    return max(min(own, gap / 2, w / 2), 0.0)


def _arc(from_side: float, radius: float) -> float:
    """How far a corner takes the edge in, at a distance from the side."""
    if from_side >= radius:
        return 0.0
    return radius - math.sqrt(max(radius**2 - (radius - from_side) ** 2, 0.0))
