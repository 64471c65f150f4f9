"""Calendar arithmetic on the time of a wall clock (naive datetimes), and back to a zone with its DST."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

Grain = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year"]
"""How fine a time was said."""

_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time on the wall clock.

    Attributes:
        start: first instant.
        end: instant after the last.
        grain: how fine it was said.
        point: whether the end was not said: it only is the end of the grain.
    """

    start: datetime
    end: datetime
    grain: Grain
    point: bool = True


@dataclass(frozen=True, slots=True)
class Now:
    """The moment from which words are understood.

    Attributes:
        real: with its zone; naive where no zone matters.
    """

    real: datetime

    @property
    def wall(self) -> datetime:
        """What the clock on the wall shows."""
        return self.real.replace(tzinfo=None)

    def after(self, seconds: float) -> datetime:
        """What the wall clock shows after so many real seconds, changes to and from DST counted."""
        if self.real.tzinfo is None:
            return self.real + timedelta(seconds=seconds)
        later = self.real.astimezone(UTC) + timedelta(seconds=seconds)
        return later.astimezone(self.real.tzinfo).replace(tzinfo=None)

    def zoned(self, wall: datetime) -> datetime:
        """A time of the wall clock in the zone; one that DST skips moves on by the hour skipped.

        Of two instants with the same wall time the first is meant, or the second if the first is past.
        """
        zone = self.real.tzinfo
        if zone is None:
            return wall.replace(fold=0)
        found = wall.replace(tzinfo=zone).astimezone(UTC)
        again = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
        if found < self.real.astimezone(UTC) <= again:
            found = again
        return found.astimezone(zone)


def floor(at: datetime, grain: Grain) -> datetime:
    """The beginning of the second, day, week … in which `at` lies."""
    if grain in _SECONDS:
        kept = {"microsecond": 0}
        if grain != "second":
            kept["second"] = 0
        if grain == "hour":
            kept["minute"] = 0
        return at.replace(**kept)  # type: ignore[arg-type]
    day = at.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain in _MONTHS:
        size = _MONTHS[grain]
        return day.replace(day=1, month=(day.month - 1) // size * size + 1)
    return day


def shift(at: datetime, grain: Grain, count: int) -> datetime:
    """`count` grains later; a day that the month lacks becomes its last."""
    if grain in _SECONDS:
        return at + timedelta(seconds=count * _SECONDS[grain])
    if grain in _MONTHS:
        return add_months(at, count * _MONTHS[grain])
    return at + timedelta(days=count * (7 if grain == "week" else 1))


def add_months(at: datetime, months: int) -> datetime:
    """The same day so many months later, or the month's last."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    first = at.replace(year=year, month=month + 1, day=1)
    return first.replace(day=min(at.day, (add_month_start(first) - timedelta(days=1)).day))


def add_month_start(first: datetime) -> datetime:
    """The first of the next month."""
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def unit_span(at: datetime, grain: Grain, count: int = 0) -> Span:
    """The whole day, week, month … that lies `count` of them after the one of `at`."""
    start = shift(floor(at, grain), grain, count)
    return Span(start, shift(start, grain, 1), grain)


def day_span(day: datetime | date) -> Span:
    """A whole day."""
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the wall clock has no zone
    return Span(start, start + timedelta(days=1), "day")


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)
