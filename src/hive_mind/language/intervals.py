"""Times with ends: "de 14h à 16h", "du lundi 3 au 7 mars", "entre midi et deux", "demain jusqu'à 16h"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from hive_mind.language.calendar_data import calendar_words
from hive_mind.language.clock import Clock, read_clocks
from hive_mind.language.dates import day_numbers, years
from hive_mind.language.stamps import Instant, Stamp, read_stamps
from hive_mind.language.wall import Now, Span, floor
from hive_mind.language.when import CalendarDay, Found, Month, Weekday, When, Year
from hive_mind.language.words import key_at

_NOON = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Between:
    """From one time to another, all of that included unless it is a clock time."""

    first: When
    last: When
    whole: bool = True
    """Whether the end's own day or month is within."""

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        if not self.whole:
            first, last = self.first.span(now), self.last.span(now)
            if first is None or last is None or last.start <= first.start:
                return None
            return Span(first.start, last.start, first.grain, point=False)
        if isinstance(self.first, CalendarDay) and isinstance(self.last, CalendarDay):
            return self._days(now, self.first, self.last)
        first = self.first.span(now)
        if first is None:
            return None
        last = self._last(now, first)
        if last is None:
            return None
        fine = last.grain in ("second", "minute", "hour") and last.point
        end = last.start if fine else last.end
        return Span(first.start, end, first.grain, point=False) if end > first.start else None

    def _days(self, now: Now, first: CalendarDay, last: CalendarDay) -> Span | None:
        """From a day to a day: the end lies ahead, and the beginning is the nearest before it."""
        end = last.span(now)
        if end is None:
            return None
        before = first if first.year is not None else replace(first, step=-1)
        begin = before.span(Now(end.end))
        return Span(begin.start, end.end, "day", point=False) if begin and begin.start < end.end else None

    def _last(self, now: Now, first: Span) -> Span | None:
        """The end, sought from the beginning on."""
        last = self.last
        if isinstance(last, Stamp) and last.when is None and last.clock is not None:
            day = floor(first.start, "day")
            found = last.on(day)
            while found.start <= first.start:
                later = last.clock.twelve and found.start + _NOON > first.start
                step = _NOON if later else timedelta(days=1)
                found = Span(found.start + step, found.end + step, found.grain)
            return found
        return last.span(Now(now.zoned(first.start)))


@dataclass(frozen=True, slots=True)
class On:
    """Hours of a day: "jeudi de 9h à 11h"."""

    day: When
    hours: Between

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        day = self.day.span(now)
        if day is None or day.grain != "day":
            return None
        return self.hours.span(Now(now.zoned(floor(day.start, "day"))))


@dataclass(frozen=True, slots=True)
class Until:
    """From now, or from the beginning of a day, to a time."""

    last: When
    day: When | None = None
    whole: bool = True

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        if self.day is None:
            return Between(Instant(), self.last, self.whole).span(now)
        day = self.day.span(now)
        if day is None:
            return None
        midnight = Now(now.zoned(floor(day.start, "day")))
        return Between(_Fixed(day), self.last).span(midnight)


@dataclass(frozen=True, slots=True)
class Since:
    """From a time that is past to now."""

    first: When

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        first = self.first.span(now)
        if first is None or first.start >= now.wall:
            return None
        return Span(first.start, now.wall, first.grain, point=False)


@dataclass(frozen=True, slots=True)
class _Fixed:
    """A span that is known already."""

    known: Span

    def span(self, now: Now) -> Span:  # noqa: ARG002 - known whenever it is asked
        """See `When`."""
        return self.known


def read_intervals(keys: Sequence[str], at: int) -> Iterator[Found]:
    """Every time that starts at `at`, with ends or without."""
    stamps = read_stamps(keys, at)
    yield from stamps
    betweens = list(_betweens(keys, at))
    yield from betweens
    for between in betweens:
        if isinstance(between.when, Between) and _hours_only(between.when):
            for day in read_stamps(keys, between.end):
                if not isinstance(day.when, Stamp):
                    yield Found(On(day.when, between.when), day.end)
    for day in stamps:
        if day.end < len(keys) and not (isinstance(day.when, Stamp) and day.when.clock):
            base = day.when.when if isinstance(day.when, Stamp) and day.when.when else day.when
            for hours in _betweens(keys, day.end):
                if isinstance(hours.when, Between) and _hours_only(hours.when):
                    yield Found(On(base, hours.when), hours.end)
            for last in _after(keys, day.end, "until", "before"):
                if isinstance(last.when, Stamp) and last.when.when is None:
                    yield Found(Until(last.when, base), last.end)
    for last in _after(keys, at, "until"):
        yield Found(Until(last.when), last.end, last.weak)
    for last in _after(keys, at, "before"):
        yield Found(Until(last.when, whole=False), last.end, last.weak)
    for first in _after(keys, at, "from"):
        yield Found(first.when, first.end, first.weak)
    for first in _after(keys, at, "since"):
        past = replace(first.when, step=-1) if isinstance(first.when, Weekday | CalendarDay) else first.when
        yield Found(Since(past), first.end, first.weak)


def _after(keys: Sequence[str], at: int, *leads: str) -> Iterator[Found]:
    for lead in leads:
        for _, end in calendar_words().leads[lead].at(keys, at):
            yield from read_stamps(keys, end)


def _hours_only(between: Between) -> bool:
    return all(
        isinstance(end, Stamp) and end.when is None and end.clock is not None
        for end in (between.first, between.last)
    )


def _betweens(keys: Sequence[str], at: int) -> Iterator[Found]:
    leads = calendar_words().leads
    for _, start in [*leads["open"].at(keys, at), (True, at)]:
        opener = keys[at] if start > at else ""
        for first in _firsts(keys, start):
            for end in _joined(keys, first, opener):
                for last in _lasts(keys, end):
                    pair = _shared(first.when, last.when)
                    if pair is not None:
                        yield Found(Between(*pair), last.end, first.weak and last.weak)


def _joined(keys: Sequence[str], first: Found, opener: str) -> Iterator[int]:
    """Places after what may join the ends of an interval: "et" only after "entre"."""
    if key_at(keys, first.end) in ("-", "–"):
        yield first.end + 1
    clock = isinstance(first.when, Stamp) and first.when.clock is not None
    day = isinstance(first.when, CalendarDay)
    for _, end in calendar_words().leads["joint"].at(keys, first.end):
        joint = keys[first.end]
        if joint == "et":
            allowed = opener == "entre"
        else:
            allowed = bool(opener) or joint not in ("en", "a") or (joint == "a" and (clock or day))
        if allowed:
            yield end


def _firsts(keys: Sequence[str], at: int) -> Iterator[Found]:
    yield from _ends(keys, at)
    for weekday_end in (at, at + 1):
        for day, end in day_numbers(keys, weekday_end):
            weekday = None
            if weekday_end > at:
                names = [w for w, e in _weekdays(keys, at) if e == weekday_end]
                if not names:
                    continue
                weekday = names[0]
            yield Found(CalendarDay(day, weekday=weekday), end, weak=True)


def _lasts(keys: Sequence[str], at: int) -> Iterator[Found]:
    yield from _ends(keys, at)
    for day, end in day_numbers(keys, at):
        yield Found(CalendarDay(day), end, weak=True)


def _ends(keys: Sequence[str], at: int) -> Iterator[Found]:
    yield from read_stamps(keys, at)
    for year, end in years(keys, at):
        if keys[at] not in ("de", "en"):
            yield Found(Year(year), end, weak=True)
    for clock, end in read_clocks(keys, at, bare=True):
        if clock.grain == "hour":
            yield Found(Stamp(clock=clock), end, weak=True)


def _weekdays(keys: Sequence[str], at: int) -> list[tuple[int, int]]:
    return calendar_words().weekdays.at(keys, at)


def _shared(first: When, last: When) -> tuple[When, When] | None:
    """Both ends, each with what only the other says: "du 13 au 15 juillet", "lundi de 9h à 11h"."""
    if isinstance(first, CalendarDay) and isinstance(last, CalendarDay):
        month = first.month or last.month
        year = first.year or last.year
        if first.month is None and last.month is None and first.year is None and last.year is None:
            return first, last
        return replace(first, month=month, year=year), replace(
            last, month=last.month or month, year=last.year or year
        )
    if isinstance(first, Month) and isinstance(last, Month):
        return replace(first, year=first.year or last.year), last
    if isinstance(first, Year) != isinstance(last, Year):
        return None
    first_clock = isinstance(first, Stamp) and first.clock is not None
    last_clock = isinstance(last, Stamp) and last.clock is not None
    if first_clock != last_clock and not (_own_day(first) and _own_day(last)):
        return None
    if isinstance(first, Stamp) and isinstance(last, Stamp) and first.clock and last.clock:
        return _same_half(first, last)
    return first, last


def _own_day(end: When) -> bool:
    return not isinstance(end, Stamp) or end.when is not None


def _same_half(first: Stamp, last: Stamp) -> tuple[When, When]:
    """A part of the day said once is meant for both hours: "de 2 à 4 heures de l'après-midi"."""
    clock = first.clock
    if last.part is not None and first.part is None and isinstance(clock, Clock):
        moved = last.part.place(clock)
        if last.clock is not None and moved.second <= last.part.place(last.clock).second:
            first = replace(first, clock=moved)
        first = replace(first, when=first.when or last.when)
        if last.part.today and first.when is None:
            first = replace(first, part=last.part)
    if last.when is not None and first.when is None:
        first, last = replace(first, when=last.when), replace(last, when=None)
    return first, last
