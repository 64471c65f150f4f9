"""Days, parts of the day and clock times put together: "demain matin à 8 heures", "3 heures ce soir"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from hive_mind.language.calendar_data import PhraseTable, calendar_words
from hive_mind.language.cardinals import read_integer
from hive_mind.language.clock import Clock, Part, read_clocks, read_parts
from hive_mind.language.dates import day_numbers, read_days
from hive_mind.language.offsets import read_offsets
from hive_mind.language.periods import DayOf, Inside
from hive_mind.language.read_periods import containers, read_periods
from hive_mind.language.wall import Grain, Now, Span, floor, shift
from hive_mind.language.when import CalendarDay, Found, InDays, Unit, Weekday, When

_ODD_HOURS = 6.5
_FOLLOWERS = frozenset({"avec", "chez", "pour", "et", "de", "du", "d", "au", "dans", "que", "qu", "s", "si"})


@dataclass(frozen=True, slots=True)
class Instant:
    """This very moment."""

    def span(self, now: Now) -> Span:
        """See `When`."""
        return Span(now.wall, now.wall + timedelta(seconds=1), "second")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A day, a part of it and a clock time; what is missing is chosen to lie ahead."""

    when: When | None = None
    part: Part | None = None
    clock: Clock | None = None

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        if self.when is not None:
            day = self.when.span(now)
            if day is None or (self.clock is None and self.part is None):
                return day
            if day.grain not in ("day", "week") and not isinstance(self.when, InDays):
                return None
            found = self.on(floor(day.start, "day"))
            late = found.start + timedelta(hours=12)
            said_today = self.clock is not None and self.clock.twelve and self.part is None
            if said_today and late.date() == now.wall.date() and found.start < now.wall <= late:
                return Span(late, shift(late, found.grain, 1), found.grain)
            return found
        today = floor(now.wall, "day")
        if self.part is not None and self.part.today:
            return self.on(today)
        if self.clock is not None and self.part is None and self._odd(now.wall, self.clock):
            return replace(self, clock=self.clock.later_half()).span(now)
        for days in (-1, 0, 1, 2):
            found = self.on(today + timedelta(days=days))
            late = found.start if self.clock is not None else found.end
            if (days >= 0 or self.clock is None) and (
                late >= now.wall.replace(microsecond=0) if self.clock is not None else late > now.wall
            ):
                return found
        return None

    def _odd(self, wall: datetime, clock: Clock) -> bool:
        """Whether an hour of the small night, said by day without more, is rather one of the afternoon."""
        later = clock.second + 43200
        seconds = wall.hour * 3600 + wall.minute * 60 + wall.second
        return clock.twelve and clock.second < _ODD_HOURS * 3600 <= seconds < later

    def on(self, day: datetime) -> Span:
        """On a day, given as its midnight."""
        if self.clock is None:
            begin, finish = (self.part.begin, self.part.finish) if self.part is not None else (0, 24)
            grain: Grain = "day" if (begin, finish) == (0, 24) else "hour"
            return Span(
                day + timedelta(hours=begin), day + timedelta(hours=finish), grain, point=grain == "day"
            )
        clock = self.part.place(self.clock) if self.part is not None else self.clock
        start = day + timedelta(seconds=clock.second)
        if (
            self.part is not None and clock.second < 6 * 3600 and self.part.finish > 24 and self.part.today
        ) or (clock.midnight and (self.when is not None or self.part is not None)):
            start += timedelta(days=1)
        return Span(start, shift(start, clock.grain, 1), clock.grain)


@dataclass(frozen=True, slots=True)
class Beside:
    """The day before or after another: "la veille de Noël"."""

    days: int
    of: When

    def span(self, now: Now) -> Span | None:
        """See `When`."""
        day = self.of.span(now)
        if day is None:
            return None
        start = floor(day.start, "day") + timedelta(days=self.days)
        return Span(start, start + timedelta(days=1), "day")


def read_stamps(keys: Sequence[str], at: int) -> tuple[Found, ...]:
    """Every time without ends ("de … à …") that starts at `at`."""
    return _stamps(tuple(keys), at)


@lru_cache(maxsize=4096)
def _stamps(keys: tuple[str, ...], at: int) -> tuple[Found, ...]:
    found: dict[tuple[int, Stamp], Found] = {}
    _grow(keys, at, Stamp(), weak=True, found=found)
    return tuple(found.values())


def _grow(
    keys: Sequence[str], at: int, stamp: Stamp, *, weak: bool, found: dict[tuple[int, Stamp], Found]
) -> None:
    """Read one more piece that the stamp lacks, and go on from there."""
    for grown, end, piece_weak in _pieces(keys, at, stamp):
        whole_weak = weak and piece_weak
        if (end, grown) in found and not (found[end, grown].weak and not whole_weak):
            continue
        when = grown.when if grown == Stamp(grown.when) and grown.when is not None else grown
        found[end, grown] = Found(when, end, whole_weak)
        if end < len(keys):
            _grow(keys, end, grown, weak=whole_weak, found=found)


def _pieces(keys: Sequence[str], at: int, stamp: Stamp) -> Iterator[tuple[Stamp, int, bool]]:
    if stamp.when is None:
        for day in _whens(keys, at):
            yield replace(stamp, when=day.when), day.end, day.weak
    elif isinstance(stamp.when, Weekday | CalendarDay):
        yield from _within(keys, at, stamp)
    if stamp.part is None:
        for part, end, weak in read_parts(keys, at):
            yield replace(stamp, part=part), end, weak and stamp == Stamp()
    if stamp.when is None and stamp.part is not None and stamp.part.finish > 24:
        yield from _nights(keys, at, stamp)
    if stamp.when is None and stamp.part is not None:
        for step, end in calendar_words().steps.at(keys, at):
            late = stamp.part.finish > 24
            yield replace(stamp, when=InDays(0 if late and step > 0 else step)), end, False
    if stamp.clock is None:
        for start in _starts(keys, at, calendar_words().leads["clock"]):
            for clock, end in read_clocks(keys, start, bare=_bare(keys, at, start, stamp)):
                yield replace(stamp, clock=clock), end, False
    if stamp.part is not None and isinstance(stamp.when, Weekday) and stamp.when.step == 0:
        for step, end in calendar_words().steps.at(keys, at):
            yield replace(stamp, when=replace(stamp.when, step=step)), end, False


def _nights(keys: Sequence[str], at: int, stamp: Stamp) -> Iterator[tuple[Stamp, int, bool]]:
    """Read "(la nuit) de lundi à mardi"; it is the first day's."""
    names = calendar_words().weekdays
    for weekday, end in names.at(keys, at + 1) if keys[at : at + 1] in (("de",), ("du",)) else ():
        if keys[end : end + 1] in (("a",), ("au",)):
            for other, after in names.at(keys, end + 1):
                if other == (weekday + 1) % 7:
                    yield replace(stamp, when=Weekday(weekday)), after, False


def _bare(keys: Sequence[str], at: int, start: int, stamp: Stamp) -> bool:
    """Whether a number may be an hour without saying so: "demain à 7"; not "demain à 7 kilomètres"."""
    said = keys[at:start] in (("a",), ("vers",)) and (stamp.when is not None or stamp.part is not None)
    read = read_integer(keys, start) if said else None
    return read is not None and (read[1] == len(keys) or keys[read[1]] in _FOLLOWERS)


def _within(keys: Sequence[str], at: int, stamp: Stamp) -> Iterator[tuple[Stamp, int, bool]]:
    """Read "mardi de la semaine prochaine", "le 15 du mois prochain"."""
    for period in containers(keys, at, alone=False):
        unit = period.when
        if isinstance(unit, Unit) and unit.grain == "week" and isinstance(stamp.when, Weekday):
            yield replace(stamp, when=Inside(stamp.when.weekday, unit)), period.end, False
        if (
            isinstance(unit, Unit)
            and unit.grain == "month"
            and isinstance(stamp.when, CalendarDay)
            and stamp.when.month is None
        ):
            yield replace(stamp, when=DayOf(stamp.when.day, unit)), period.end, False


def _whens(keys: Sequence[str], at: int) -> Iterator[Found]:
    words = calendar_words()
    for _, end in words.now.at(keys, at):
        yield Found(Instant(), end)
    yield from read_offsets(keys, at, read_stamps)
    for days, end in words.beside.at(keys, at):
        if end < len(keys) and keys[end] in ("de", "du", "d"):
            for base in read_stamps(keys, end):
                yield Found(Beside(days, base.when), base.end)
    for start in _starts(keys, at, words.leads["day"]):
        yield from read_periods(keys, start)
        yield from read_days(keys, start)
        if start > at and keys[start - 1] == "du":
            for day, end in day_numbers(keys, start):
                yield Found(CalendarDay(day), end, weak=True)


def _starts(keys: Sequence[str], at: int, leads: PhraseTable[bool]) -> Iterator[int]:
    """The place itself, and the places after words that change nothing; at most two such phrases."""
    yield at
    for _, end in leads.at(keys, at):
        yield end
        for _, after in leads.at(keys, end):
            yield after
