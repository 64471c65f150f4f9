"""Periods: runs of units, shares of a period, the nth of something, weeks of a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hive_mind.language.wall import Grain, Now, Span, day_span, floor, shift, unit_span
from hive_mind.language.when import Unit, When, weekend_span

GRAINS: dict[str, Grain] = {
    "second": "second", "minute": "minute", "hour": "hour", "day": "day", "week": "week", "month": "month",
    "quarter": "quarter", "year": "year",
}  # fmt: skip
"""Grains by the names of `calendar.toml`."""

_MONTH_SHARES = ((1, 11), (10, 20), (25, 32))
_THIRDS = ((1, 11), (11, 21), (21, 32))


@dataclass(frozen=True, slots=True)
class Run:
    """Several units in a row before or after this one: "les trois prochains jours"."""

    grain: Grain
    count: int

    def span(self, now: Now) -> Span:
        """See `When`."""
        here = floor(now.wall, self.grain)
        if self.count > 0:
            begin = shift(here, self.grain, 1)
            return Span(begin, shift(begin, self.grain, self.count), self.grain, point=False)
        return Span(shift(here, self.grain, self.count), here, self.grain, point=False)


@dataclass(frozen=True, slots=True)
class Share:
    """The beginning (0), middle (1), end (2) or course (3) of a period."""

    of: When
    share: int
    again: When | None = None
    """The same period once later, for when this share of it is past."""

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        found = self._of(self.of, now)
        if found is not None and found.end <= now.wall and self.again is not None:
            return self._of(self.again, now)
        return found

    def _of(self, period: When, now: Now) -> Span | None:
        whole = period.span(now)
        if whole is None or self.share == 3:
            return whole
        start, end = whole.start, whole.end
        days = (end - start).days
        if whole.grain == "week":
            begin, finish = ((0, 2), (2, 4), (3, 7))[self.share]
            return Span(start + timedelta(days=begin), start + timedelta(days=finish), "day", point=False)
        if whole.grain == "month":
            begin, finish = (_THIRDS if isinstance(period, Unit) else _MONTH_SHARES)[self.share]
            last = min(finish - 1, days)
            return Span(start + timedelta(days=begin - 1), start + timedelta(days=last), "day", point=False)
        if whole.grain == "year":
            begin, finish = ((0, 2), (5, 8), (10, 12))[self.share]
            return Span(shift(start, "month", begin), shift(start, "month", finish), "month", point=False)
        if days >= 80:
            first = start.replace(day=15)
            edges = (start, shift(first, "month", 1), shift(first, "month", 2), end)
            return Span(edges[self.share], edges[self.share + 1], "day", point=False)
        third = (end - start) / 3
        return Span(start + third * self.share, start + third * (self.share + 1), whole.grain, point=False)


@dataclass(frozen=True, slots=True)
class Nth:
    """The nth weekday, day, week, weekend, month or quarter of a period; -1 is the last, -2 the one before.

    Attributes:
        nth: from 1, or -1.
        unit: a grain, "weekend", or a weekday's number.
        of: the period; the weeks that begin in it are counted; the last is one that ends in it, too.
    """

    nth: int
    unit: str | int
    of: When

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        whole = self.of.span(now)
        if whole is None:
            return None
        if self.unit == "weekend":
            friday = self._weekday(whole, 4)
            return weekend_span(friday - timedelta(days=4)) if friday else None
        if isinstance(self.unit, int) or self.unit == "week":
            day = self._weekday(whole, self.unit if isinstance(self.unit, int) else 0)
            if day is None:
                return None
            if self.unit == "week" and day + timedelta(days=7) > whole.end and self.nth < 0:
                day -= timedelta(weeks=1)
            return unit_span(day, "week") if self.unit == "week" else day_span(day)
        grain = GRAINS[self.unit]
        begin = shift(whole.start, grain, self.nth - 1) if self.nth > 0 else shift(whole.end, grain, self.nth)
        inside = whole.start <= begin < whole.end
        return unit_span(begin, grain) if inside else None

    def _weekday(self, whole: Span, weekday: int) -> datetime | None:
        if self.nth > 0:
            first = whole.start + timedelta(days=(weekday - whole.start.weekday()) % 7)
            found = first + timedelta(weeks=self.nth - 1)
        else:
            last = whole.end - timedelta(days=1)
            found = last - timedelta(days=(last.weekday() - weekday) % 7) + timedelta(weeks=self.nth + 1)
        return found if whole.start <= found < whole.end else None


@dataclass(frozen=True, slots=True)
class HalfMonth:
    """The first or second half of a month: "la deuxième quinzaine de mars"."""

    half: int
    of: When

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        whole = self.of.span(now)
        if whole is None or whole.grain != "month" or self.half not in (1, 2):
            return None
        middle = whole.start + timedelta(days=15)
        start, end = (whole.start, middle) if self.half == 1 else (middle, whole.end)
        return Span(start, end, "day", point=False)


@dataclass(frozen=True, slots=True)
class Inside:
    """A weekday of a week: "mardi de la semaine prochaine"."""

    weekday: int
    of: When

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        whole = self.of.span(now)
        if whole is None:
            return None
        return day_span(floor(whole.start, "week") + timedelta(days=self.weekday))


@dataclass(frozen=True, slots=True)
class DayOf:
    """The day of a month that is named by its distance: "le 15 du mois prochain"."""

    day: int
    of: When

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        whole = self.of.span(now)
        found = whole.start + timedelta(days=self.day - 1) if whole else None
        return day_span(found) if whole and found and found < whole.end else None


@dataclass(frozen=True, slots=True)
class WeekOf:
    """The week, or weekend, in which a day lies."""

    day: When
    weekend: bool = False

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        day = self.day.span(now)
        if day is None:
            return None
        return weekend_span(floor(day.start, "week")) if self.weekend else unit_span(day.start, "week")
