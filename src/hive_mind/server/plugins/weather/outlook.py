"""What a report says of a stretch of time: the steps that fall into it, summed up. Pure."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from .model import Report, Sky, Weather

Fall: TypeAlias = Literal["rain", "snow"]
"""What falls from the sky."""

LIKELY = 0.5
"""Chance from which one says that it will rain."""
POSSIBLE = 0.25
"""Chance from which one says that it may."""

_TRACE = 0.1
_BY_DAY = range(7, 22)
_BAD: tuple[Sky, ...] = ("drizzle", "rain", "snow", "thunder")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time without a break."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Outlook:
    """The weather of a stretch of time.

    Attributes:
        start: of what is known of it, on the clocks of the place.
        end: exclusive.
        sky: the one that prevails by day.
        coldest: degrees Celsius.
        warmest: degrees Celsius.
        feels_coldest: degrees Celsius, with wind and damp.
        wind: strongest mean, km/h.
        gust: strongest, km/h.
        chance: greatest chance of rain or snow, 0 to 1.
        rain: when rain is likely.
        snow: when snow is likely.
    """

    start: datetime
    end: datetime
    sky: Sky
    coldest: float
    warmest: float
    feels_coldest: float
    wind: float
    gust: float
    chance: dict[Fall, float]
    rain: tuple[Stretch, ...]
    snow: tuple[Stretch, ...]

    def falls(self, what: Fall) -> tuple[Stretch, ...]:
        """When rain, or snow, is likely."""
        return self.rain if what == "rain" else self.snow


def outlook(report: Report, start: datetime, end: datetime) -> Outlook | None:
    """Sum up `[start, end)`, aware; None when the report reaches nothing of it."""
    inside = [step for step in report.steps if step.end > start and step.start < end]
    if not inside:
        return None
    return Outlook(
        start=max(start, inside[0].start.astimezone(start.tzinfo)),
        end=min(end, inside[-1].end.astimezone(end.tzinfo)),
        sky=_prevailing([s for s in inside if s.start.astimezone(start.tzinfo).hour in _BY_DAY] or inside),
        coldest=min(step.temperature for step in inside),
        warmest=max(step.temperature for step in inside),
        feels_coldest=min(step.feels_like for step in inside),
        wind=max(step.wind for step in inside),
        gust=max(step.gust for step in inside),
        chance={
            "rain": max(chance_of(step, "rain") for step in inside),
            "snow": max(chance_of(step, "snow") for step in inside),
        },
        rain=_stretches(inside, start, end, lambda step: chance_of(step, "rain") >= LIKELY),
        snow=_stretches(inside, start, end, lambda step: chance_of(step, "snow") >= LIKELY),
    )


def chance_of(step: Weather, what: Fall) -> float:
    """How likely rain, or snow, is in a step; a service that gives no chance is believed."""
    amount, other = (step.rain, step.snow) if what == "rain" else (step.snow, step.rain)
    snows = step.sky == "snow"
    falls = amount >= _TRACE or (other < _TRACE and step.sky in _BAD and snows == (what == "snow"))
    if step.chance is None:
        return 1.0 if falls else 0.0
    if falls:
        return step.chance
    # Only a chance, of nothing measurable: it counts for what the cold would make of it.
    dry = other < _TRACE and (step.temperature <= 0.5) == (what == "snow")
    return min(step.chance, LIKELY - 0.01) if dry else 0.0


def _prevailing(steps: Sequence[Weather]) -> Sky:
    """The most usual sky; of two as usual, the worse."""
    skies = Counter[Sky]()
    for step in steps:
        skies[step.sky] += max(1, round(step.hours))
    order: tuple[Sky, ...] = ("clear", "fair", "fog", "cloudy", "drizzle", "rain", "snow", "thunder")
    return max(skies, key=lambda sky: (skies[sky], order.index(sky)))


def _stretches(
    steps: Sequence[Weather], start: datetime, end: datetime, holds: Callable[[Weather], bool]
) -> tuple[Stretch, ...]:
    """The times when something holds, those that touch put together, cut to `[start, end)`."""
    found: list[Stretch] = []
    for step in steps:
        if not holds(step):
            continue
        begin = max(start, step.start.astimezone(start.tzinfo))
        finish = min(end, step.end.astimezone(start.tzinfo))
        if found and found[-1].end >= begin:
            found[-1] = Stretch(found[-1].start, finish)
        else:
            found.append(Stretch(begin, finish))
    return tuple(found)
