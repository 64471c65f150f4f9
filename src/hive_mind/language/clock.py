"""Clock times and parts of the day in words: "midi moins le quart", "7h du soir", "en fin de matinée"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from hive_mind.language.calendar_data import calendar_words
from hive_mind.language.numbers import read_integer
from hive_mind.language.wall import Grain
from hive_mind.language.words import key_at

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_NOON = 12 * _HOUR
_HOUR_WORDS = frozenset({"h", "heure", "heures", "hrs", "hr"})
_MINUTE_WORDS = frozenset({"minute", "minutes", "min", "mins", "mn", "m"})
_SECOND_WORDS = frozenset({"seconde", "secondes", "sec", "s"})
_OTHER_UNITS = frozenset({
    "h", "heure", "heures", "jour", "jours", "semaine", "semaines", "mois", "an", "ans", "annee", "annees",
    "degre", "degres", "pour", "pourcent", "euro", "euros", "fois",
})  # fmt: skip
_QUARTERS = {
    ("et", "quart"): 15, ("et", "un", "quart"): 15, ("un", "quart"): 15, ("et", "demie"): 30,
    ("et", "demi"): 30, ("trois", "quarts"): 45, ("trois", "quart"): 45, ("et", "trois", "quarts"): 45,
    ("et", "trois", "quart"): 45, ("moins", "le", "quart"): -15, ("moins", "un", "quart"): -15,
    ("moins", "quart"): -15,
}  # fmt: skip
_HALVES = {("am",): 0, ("a", "m"): 0, ("pm",): 12, ("p", "m"): 12, ("mp",): 12, ("p",): 12}
_DEMONSTRATIVE = frozenset({"ce", "cet", "cette"})


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day.

    Attributes:
        second: since midnight, 0 to 86399.
        grain: "hour", "minute" or "second": as finely as it was said.
        twelve: whether the hour may be one of the afternoon ("trois heures"): 1 to 12, said as a number.
        midnight: it was said "minuit", and nothing more: the end of a day as much as its beginning.
    """

    second: int
    grain: Grain
    twelve: bool = False
    midnight: bool = False

    def later_half(self) -> "Clock":
        """The same in the second half of the day."""
        return replace(self, second=self.second + _NOON if self.second < _NOON else self.second, twelve=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day.

    Attributes:
        begin: its first hour.
        finish: its last, beyond 24 when it ends the next day.
        today: whether it was said to be today's ("ce soir").
    """

    begin: int
    finish: int
    today: bool = False

    def place(self, clock: Clock) -> Clock:
        """The clock time as it is meant in this part of the day: "huit heures" in the evening is 20 h."""
        if clock.twelve and self.begin >= 12 and clock.second < _NOON:
            if self.finish <= 24 or clock.second >= 6 * _HOUR:
                return clock.later_half()
        elif clock.twelve and clock.second // _HOUR == 12 and (self.begin < 12 or self.finish > 24):
            return replace(clock, second=clock.second - _NOON, twelve=False)
        return clock


class ClockRead(NamedTuple):
    """A clock time found in words, and the place after it."""

    clock: Clock
    end: int


class PartRead(NamedTuple):
    """A part of the day found in words; weak without an article ("nuit")."""

    part: Part
    end: int
    weak: bool


def read_clocks(keys: Sequence[str], at: int, *, bare: bool = False) -> Iterator[ClockRead]:
    """Every clock time that starts at `at`, with what may follow its hour.

    Args:
        keys: folded words.
        at: where to read.
        bare: whether a number alone is an hour, as in "entre 14 et 16 heures".
    """
    key = key_at(keys, at)
    if key in ("midi", "minuit"):
        base = _NOON if key == "midi" else 0
        for seconds, end, grain in _minutes(keys, at + 1):
            whole = grain == "hour"
            yield from _tailed(
                keys, Clock((base + seconds) % _DAY, grain, midnight=whole and key == "minuit"), end
            )
        return
    yield from _dotted(keys, at)
    read = read_integer(keys, at)
    if read is None or not 0 <= read[0] <= 24:
        return
    hour, end = int(read[0]), read[1]
    if key_at(keys, end) in _HOUR_WORDS:
        for seconds, after, grain in _minutes(keys, end + 1):
            clock = Clock((hour * _HOUR + seconds) % _DAY, grain, twelve=1 <= hour <= 12)
            yield from _tailed(keys, clock, after)
    elif (
        key_at(keys, end) == "et"
        and key_at(keys, end + 1) in ("demi", "demie")
        and key_at(keys, end + 2) in _HOUR_WORDS
    ):
        yield ClockRead(Clock((hour * _HOUR + 1800) % _DAY, "minute", twelve=1 <= hour <= 12), end + 3)
    elif key_at(keys, end) == ":" and keys[at].isdecimal():
        yield from _coloned(keys, hour, end)
    else:
        for half, after in _halves(keys, end):
            if 1 <= hour <= 12:
                yield ClockRead(Clock((hour % 12 + half) * _HOUR, "hour"), after)
        if bare and hour < 24 and key_at(keys, end) not in _OTHER_UNITS:
            yield ClockRead(Clock(hour * _HOUR, "hour", twelve=1 <= hour <= 12), end)


def _minutes(keys: Sequence[str], at: int) -> Iterator[tuple[int, int, Grain]]:
    """What follows an hour, the longest first: seconds to add, place after, grain."""
    for phrase, minutes in _QUARTERS.items():
        if tuple(keys[at : at + len(phrase)]) == phrase:
            yield minutes * _MINUTE, at + len(phrase), "minute"
    start = at
    if key_at(keys, at) in ("passe", "passee", "passes", "passees"):
        start = at + 1 + (key_at(keys, at + 1) == "de")
    elif key_at(keys, at) in ("et", "moins"):
        start = at + 1
    sign = -1 if start > at and keys[at] == "moins" else 1
    place = start
    if key_at(keys, start) in ("zero", "0") and key_at(keys, start + 1) not in _MINUTE_WORDS:
        follower = read_integer(keys, start + 1)
        place = start + 1 if follower is not None and 0 < follower[0] < 10 else start
    read = read_integer(keys, place)
    if read is not None and 0 <= read[0] < 60 and key_at(keys, read[1]) not in _OTHER_UNITS:
        seconds, end = int(read[0]) * _MINUTE, read[1]
        if key_at(keys, end) in _MINUTE_WORDS:
            end += 1
            more = read_integer(keys, end + (key_at(keys, end) == "et"))
            if more is not None and 0 <= more[0] < 60:
                named = key_at(keys, more[1]) in _SECOND_WORDS
                if named or keys[more[1] - 1].isdecimal():
                    yield seconds + int(more[0]), more[1] + named, "second"
            yield sign * seconds, end, "minute"
        elif not (keys[at] == "et" and start > at and key_at(keys, end) in _SECOND_WORDS):
            yield sign * seconds, end, "minute"
    yield 0, at, "hour"


def _coloned(keys: Sequence[str], hour: int, at: int) -> Iterator[ClockRead]:
    """Read "15:15", "7:56:30 pm"; `at` is the place of the colon."""
    minute, end = _two_digits(keys, at + 1), at + 2
    if minute is None or minute > 59:
        return
    second: int | None = None
    if key_at(keys, end) == ":":
        second, end = _two_digits(keys, end + 1), end + 2
        if second is None or second > 59:
            return
    total = (hour * _HOUR + minute * _MINUTE + (second or 0)) % _DAY
    clock = Clock(total, "minute" if second is None else "second", twelve=1 <= hour <= 12)
    yield from _tailed(keys, clock, end)


def _dotted(keys: Sequence[str], at: int) -> Iterator[ClockRead]:
    """Read "6.13 AM": a point needs "am" or "pm" after it."""
    hour, _, minute = key_at(keys, at).partition(".")
    if hour.isdecimal() and minute.isdecimal() and len(minute) == 2 and int(hour) <= 12 and int(minute) < 60:
        for half, end in _halves(keys, at + 1):
            yield ClockRead(Clock((int(hour) % 12 + half) * _HOUR + int(minute) * _MINUTE, "minute"), end)


def _tailed(keys: Sequence[str], clock: Clock, end: int) -> Iterator[ClockRead]:
    """The clock time with "pm" or "pile" after it, and without."""
    if clock.twelve:
        for half, after in _halves(keys, end):
            second = clock.second % _NOON + half * _HOUR
            yield ClockRead(replace(clock, second=second, twelve=False), after)
    for _, after in calendar_words().clock_tails.at(keys, end):
        yield ClockRead(clock, after)
    yield ClockRead(clock, end)


def _halves(keys: Sequence[str], at: int) -> Iterator[tuple[int, int]]:
    for phrase, hours in _HALVES.items():
        if tuple(keys[at : at + len(phrase)]) == phrase:
            yield hours, at + len(phrase)


def read_parts(keys: Sequence[str], at: int) -> Iterator[PartRead]:
    """Every part of the day that starts at `at`, its article skipped or not."""
    words = calendar_words()
    for _, start in [*words.leads["part"].at(keys, at), (True, at)]:
        for hours, end in words.parts.at(keys, start):
            today = start > at and keys[start - 1] in _DEMONSTRATIVE
            yield PartRead(Part(hours[0], hours[1], today), end, weak=start == at and end == at + 1)


def _two_digits(keys: Sequence[str], at: int) -> int | None:
    key = key_at(keys, at)
    return int(key) if key.isdecimal() and len(key) == 2 else None
