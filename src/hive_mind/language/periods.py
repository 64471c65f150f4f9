"""Periods in words: "la semaine prochaine", "les trois prochains jours", "fin mars", "le 1er jour de mai"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hive_mind.language.calendar_data import calendar_words
from hive_mind.language.dates import months, read_days, years
from hive_mind.language.numbers import read_integer
from hive_mind.language.ordinals import read_ordinal
from hive_mind.language.wall import Grain, Now, Span, day_span, floor, shift, unit_span
from hive_mind.language.when import Found, Month, Season, Unit, Weekend, When, Year, weekend_span
from hive_mind.language.words import key_at

_GRAINS: dict[str, Grain] = {
    "second": "second", "minute": "minute", "hour": "hour", "day": "day", "week": "week", "month": "month",
    "quarter": "quarter", "year": "year",
}  # fmt: skip
_THIS = frozenset({"ce", "cet", "cette"})
_THE = frozenset({"le", "la", "l", "les", "ce", "cet", "cette", "ces"})
_OF = frozenset({"de", "du", "d", "des"})
_SHARES = {"debut": 0, "milieu": 1, "mi": 1, "fin": 2, "courant": 3}
_MONTH_SHARES = ((1, 11), (10, 20), (21, 32))
_SOME = 3


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
            begin, finish = _MONTH_SHARES[self.share]
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
    """The nth weekday, day, week, weekend, month or quarter of a period; -1 is the last.

    Attributes:
        nth: from 1, or -1.
        unit: a grain, "weekend", or a weekday's number.
        of: the period; those weeks belong to it that begin in it.
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
            return unit_span(day, "week") if self.unit == "week" else day_span(day)
        grain = _GRAINS[self.unit]
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


def read_periods(keys: Sequence[str], at: int) -> Iterator[Found]:
    """Every period that starts at `at`, its article included or not."""
    yield from _runs(keys, at)
    yield from _shares(keys, at)
    yield from _nths(keys, at)
    yield from containers(keys, at, alone=False)


def containers(keys: Sequence[str], at: int, *, alone: bool) -> Iterator[Found]:
    """Months, seasons, years, and units this, next or last; a unit `alone` ("du mois") is this one."""
    words = calendar_words()
    for length in (2, 1, 0):
        phrase = tuple(keys[at : at + length])
        if length == 2 and phrase not in (
            ("dans", "la"),
            ("dans", "le"),
            ("dans", "l"),
            ("en", "cours"),
            ("de", "la"),
            ("de", "l"),
            ("de", "cet"),
            ("de", "cette"),
            ("de", "ce"),
            ("au", "cours"),
        ):
            continue
        if length == 1 and not (set(phrase) & (_THE | _OF | {"au", "en"})):
            continue
        start = at + length
        yield from _units(keys, start, phrase, alone=alone)
        yield from _months(keys, start, named=length > 0 or alone)
        for ends, end in words.seasons.at(keys, start):
            for year, after in years(keys, end):
                yield Found(Season(ends, year), after)
            for step, after in words.steps.at(keys, end):
                yield Found(Season(ends, step=step), after)
            yield Found(Season(ends), end, weak=not phrase or phrase == ("l",))
        if phrase in (("en",), ("de",), ("l",), ()):
            for year, end in years(keys, start):
                if phrase == ("en",) or (phrase == ("de",) and alone) or (alone and not phrase):
                    yield Found(Year(year), end)
        for _, end in _word(keys, start, "annee", "an"):
            for year, after in years(keys, end):
                yield Found(Year(year), after)


def _word(keys: Sequence[str], at: int, *allowed: str) -> list[tuple[str, int]]:
    return [(keys[at], at + 1)] if at < len(keys) and keys[at] in allowed else []


def _months(keys: Sequence[str], at: int, *, named: bool) -> Iterator[Found]:
    start = at
    if tuple(keys[at : at + 2]) == ("mois", "de") or tuple(keys[at : at + 2]) == ("mois", "d"):
        start, named = at + 2, True
    words = calendar_words()
    for month, end in months(keys, start, digits=False):
        for year, after in years(keys, end):
            yield Found(Month(month, year), after)
        for step, after in words.steps.at(keys, end):
            yield Found(Month(month, step=step), after)
        if tuple(keys[end : end + 3]) == ("l", "annee", "prochaine") or tuple(keys[end : end + 4]) == (
            "de",
            "l",
            "annee",
            "prochaine",
        ):
            yield Found(Nth(month, "month", Unit("year", 1)), end + 3 + (keys[end] == "de"))
        yield Found(Month(month), end, weak=not named)


def _units(keys: Sequence[str], at: int, lead: tuple[str, ...], *, alone: bool) -> Iterator[Found]:
    words = calendar_words()
    ahead = words.steps.first(keys, at)
    place = at
    if ahead is not None and keys[at] in ("prochain", "prochaine", "dernier", "derniere"):
        place = ahead[1]
    for unit, end in words.units.at(keys, place):
        if unit in ("second", "minute", "hour", "day"):
            continue
        if place > at and ahead is not None:
            yield Found(_unit(unit, ahead[0]), end)
            continue
        for step, after in words.steps.at(keys, end):
            yield Found(_unit(unit, step), after)
        if key_at(keys, end) in ("du", "de"):
            yield from _weeks_of(keys, end, unit)
        here = lead and lead[-1] in _THIS
        within = lead[:1] == ("dans",) or (lead == ("en",) and unit == "week")
        if (
            here
            or within
            or (alone and lead and lead[-1] not in ("en", "au"))
            or (unit == "weekend" and lead)
        ):
            yield Found(_unit(unit, 0), end)


def _weeks_of(keys: Sequence[str], at: int, unit: str) -> Iterator[Found]:
    if unit in ("week", "weekend"):
        for found in read_days(keys, at + 1):
            yield Found(WeekOf(found.when, weekend=unit == "weekend"), found.end)


def _unit(unit: str, step: int) -> When:
    return Weekend(step) if unit == "weekend" else Unit(_GRAINS[unit], step)


def _runs(keys: Sequence[str], at: int) -> Iterator[Found]:
    words = calendar_words()
    start = at + (key_at(keys, at) in ("les", "ces", "des"))
    ahead = words.steps.first(keys, start) if keys[start : start + 1] != ["ci"] else None
    number = read_integer(keys, ahead[1] if ahead else start)
    count, place = (int(number[0]), number[1]) if number else (_SOME, ahead[1] if ahead else start)
    if number is None and start == at:
        return
    if number is None and key_at(keys, place) == "quelques":
        place += 1
    if not 0 < count <= 10_000:
        return
    if ahead is None and (ahead := words.steps.first(keys, place)) is not None:
        place = ahead[1]
    for unit, end in words.units.at(keys, place):
        step, after = (ahead[0], end) if ahead else (0, end)
        if ahead is None and (behind := words.steps.first(keys, end)) is not None:
            step, after = behind
        if step and unit != "weekend" and (count > 1 or keys[end - 1].endswith("s")):
            yield Found(Run(_GRAINS[unit], count * step), after)


def _shares(keys: Sequence[str], at: int) -> Iterator[Found]:
    start = at
    for lead in (
        ("a", "la"),
        ("au",),
        ("en",),
        ("vers", "la"),
        ("vers", "le"),
        ("la",),
        ("le",),
        ("l",),
        ("a",),
        ("des", "le"),
        ("dans", "le"),
    ):
        if tuple(keys[at : at + len(lead)]) == lead and key_at(keys, at + len(lead)) in _SHARES:
            start = at + len(lead)
            break
    share = _SHARES.get(key_at(keys, start))
    if share is None:
        return
    for found in containers(keys, start + 1, alone=True):
        yield Found(Share(found.when, share, _again(found.when)), found.end)
    if (
        keys[start] == "fin"
        and key_at(keys, start + 1) == "de"
        and key_at(keys, start + 2) in ("semaine", "mois")
    ):
        grain: Grain = "week" if keys[start + 2] == "semaine" else "month"
        for step, after in [*calendar_words().steps.at(keys, start + 3), (0, start + 3)]:
            yield Found(Share(Unit(grain, step), 2, Unit(grain, step + 1)), after)


def _again(period: When) -> When | None:
    if isinstance(period, Unit) and period.step == 0:
        return Unit(period.grain, 1)
    if isinstance(period, Month) and period.year is None and period.step == 0:
        return Month(period.month, step=1)
    return None


def _nths(keys: Sequence[str], at: int) -> Iterator[Found]:
    words = calendar_words()
    start = at + (key_at(keys, at) in _THE or key_at(keys, at) in ("au", "du"))
    if key_at(keys, start) in ("dernier", "derniere"):
        nth, place = -1, start + 1
    else:
        ordinal = read_ordinal(keys, start)
        if ordinal is None or not 0 < ordinal[0] <= 366:
            return
        nth, place = ordinal
    units: list[tuple[str | int, int]] = [*words.weekdays.at(keys, place), *words.units.at(keys, place)]
    for unit, end in units:
        if unit in ("second", "minute", "hour", "year"):
            continue
        if unit == "quarter":
            for year, after in [*years(keys, end)]:
                yield Found(Nth(nth, unit, Year(year)), after)
            if nth > 0:
                yield Found(Nth(nth, unit, Unit("year", 0)), end)
        if key_at(keys, end) in _OF:
            for found in containers(keys, end, alone=True):
                yield Found(Nth(nth, unit, found.when), found.end)
