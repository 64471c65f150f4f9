"""What words about time mean, before it is known when they are said: days, feasts, seasons, periods."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from hive_mind.language.calendar_data import Feast
from hive_mind.language.wall import Grain, Now, Span, day_span, easter, floor, shift, unit_span

_FAR_YEARS = 9
_FAR_MONTHS = 60


class When(Protocol):
    """A time that depends on now."""

    def span(self, now: Now) -> Span | None:
        """The stretch of time meant; None when there is no such day."""


class Found(NamedTuple):
    """A time found in words.

    Attributes:
        when: what was found.
        end: the place after its last word.
        weak: words that mean something else as often ("le 2", "mars"): a time only when nothing is around.
    """

    when: When
    end: int
    weak: bool = False


@dataclass(frozen=True, slots=True)
class InDays:
    """So many days from today: "demain", "avant-hier"."""

    days: int

    def span(self, now: Now) -> Span:
        """See `When`."""
        return unit_span(now.wall, "day", self.days)


@dataclass(frozen=True, slots=True)
class Weekday:
    """A weekday.

    Attributes:
        weekday: 0 is Monday.
        step: 1 the one of next week, -1 the last before today, 0 the next that comes.
        today: whether it may be today ("ce mardi").
        weeks: weeks added ("mardi en huit").
    """

    weekday: int
    step: int = 0
    today: bool = False
    weeks: int = 0

    def span(self, now: Now) -> Span:
        """See `When`."""
        today = floor(now.wall, "day")
        ahead = (self.weekday - today.weekday()) % 7
        if self.step > 0:
            ahead = 7 - today.weekday() + self.weekday
        elif self.step < 0:
            ahead = ahead - 7
        elif ahead == 0 and not self.today:
            ahead = 7
        return day_span(today + timedelta(days=ahead + 7 * self.weeks))


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day by its number, with or without month and year; what is missing is chosen to lie ahead.

    Attributes:
        day: of the month.
        month: 1 to 12, or None.
        year: four digits, or None.
        weekday: chooses the month when that is missing.
        step: -1 for the last one before today ("le 3 mars dernier").
    """

    day: int
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    step: int = 0

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        today = now.wall.date()
        if self.month is not None and self.year is not None:
            found = _day(self.year, self.month, self.day)
            return day_span(found) if found else None
        way = -1 if self.step < 0 else 1
        if self.month is not None:
            days = (_day(today.year + way * n, self.month, self.day) for n in range(_FAR_YEARS))
        else:
            first = today.year * 12 + today.month - 1
            months = (divmod(first + way * n, 12) for n in range(_FAR_MONTHS))
            days = (_day(year, month + 1, self.day) for year, month in months)
        for day in days:
            if day is None or (day < today if way > 0 else day >= today):
                continue
            if self.month is not None or self.weekday is None or day.weekday() == self.weekday:
                return day_span(day)
        return None


@dataclass(frozen=True, slots=True)
class FeastDay:
    """A feast; without a year the next one, or the last when `step` is -1."""

    feast: Feast
    year: int | None = None
    step: int = 0

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        if self.year is not None:
            return day_span(_feast(self.feast, self.year))
        today = now.wall.date()
        years = (today.year, today.year - 1) if self.step < 0 else (today.year, today.year + 1)
        for year in years:
            day = _feast(self.feast, year)
            if (day < today) if self.step < 0 else (day >= today):
                return day_span(day)
        return None


@dataclass(frozen=True, slots=True)
class Season:
    """A season by its first day and its end: the one of now or to come, of a year, the next or last."""

    ends: tuple[int, ...]
    year: int | None = None
    step: int = 0

    def span(self, now: Now) -> Span:
        """See `When`."""
        if self.year is not None:
            return self._of(self.year)
        near = [self._of(now.wall.year + n) for n in range(-2, 3)]
        here = next(n for n, span in enumerate(near) if span.end > now.wall)
        if self.step > 0 and near[here].start <= now.wall:
            here += 1
        return near[here + min(self.step, 0)]

    def _of(self, year: int) -> Span:
        month, day, end_month, end_day = self.ends
        start = datetime(year, month, day)  # noqa: DTZ001 - the wall clock has no zone
        later = year + (end_month < month)
        end = datetime(later, end_month, end_day)  # noqa: DTZ001 - the wall clock has no zone
        return Span(start, end, "day", point=False)


@dataclass(frozen=True, slots=True)
class Month:
    """A month by its number: the one that is or comes, or that of a year, or the last."""

    month: int
    year: int | None = None
    step: int = 0

    def span(self, now: Now) -> Span:
        """See `When`."""
        year = now.wall.year
        if self.year is not None:
            year = self.year
        elif self.step < 0:
            year -= self.month >= now.wall.month
        else:
            year += self.month < now.wall.month or (self.step > 0 and self.month == now.wall.month)
        start = datetime(year, self.month, 1)  # noqa: DTZ001 - the wall clock has no zone
        return Span(start, shift(start, "month", 1), "month")


@dataclass(frozen=True, slots=True)
class Unit:
    """The week, month, year … so many from this one: "la semaine prochaine", "cette année"."""

    grain: Grain
    step: int

    def span(self, now: Now) -> Span:
        """See `When`."""
        return unit_span(now.wall, self.grain, self.step)


@dataclass(frozen=True, slots=True)
class Weekend:
    """A weekend, from Friday 18 h to Sunday night: this one, or so many from it, or that of a day's week."""

    step: int = 0

    def span(self, now: Now) -> Span:
        """See `When`."""
        return weekend_span(floor(now.wall, "week") + timedelta(weeks=self.step))


def weekend_span(monday: datetime) -> Span:
    """The weekend at the end of the week that starts on a Monday."""
    return Span(monday + timedelta(days=4, hours=18), monday + timedelta(days=7), "hour", point=False)


@dataclass(frozen=True, slots=True)
class Year:
    """A year by its number."""

    year: int

    def span(self, now: Now) -> Span:  # noqa: ARG002 - a year needs no now
        """See `When`."""
        return unit_span(datetime(self.year, 1, 1), "year")  # noqa: DTZ001 - the wall clock has no zone


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _feast(feast: Feast, year: int) -> date:
    if feast.easter is not None:
        return easter(year) + timedelta(days=feast.easter)
    if feast.day:
        return date(year, feast.month, feast.day)
    if feast.nth > 0:
        first = date(year, feast.month, 1)
        return first + timedelta(days=(feast.weekday - first.weekday()) % 7 + 7 * (feast.nth - 1))
    last = date(year, feast.month, 31)
    sunday = last - timedelta(days=(last.weekday() - feast.weekday) % 7)
    # The French feast of mothers moves on by a week when Pentecost falls on it (law of 24 May 1950).
    return sunday + timedelta(weeks=1) if sunday == easter(year) + timedelta(days=49) else sunday
