"""Periods in words: "la semaine prochaine", "les trois prochains jours", "fin mars", "le 1er jour de mai"."""

from collections.abc import Iterator, Sequence

from hive_mind.language.calendar_data import calendar_words
from hive_mind.language.cardinals import read_integer
from hive_mind.language.dates import months, read_days, years
from hive_mind.language.ordinals import read_ordinal
from hive_mind.language.periods import GRAINS, HalfMonth, Nth, Run, Share, WeekOf
from hive_mind.language.wall import Grain
from hive_mind.language.when import Found, Month, Season, Unit, Weekend, When, Year
from hive_mind.language.words import key_at

_THIS = frozenset({"ce", "cet", "cette"})
_THE = frozenset({"le", "la", "l", "les", "ce", "cet", "cette", "ces"})
_OF = frozenset({"de", "du", "d", "des"})
_SHARES = {"debut": 0, "milieu": 1, "mi": 1, "fin": 2, "courant": 3}
_SOME = 3
_WHOLE = frozenset({"toute", "tout"})


def read_periods(keys: Sequence[str], at: int) -> Iterator[Found]:
    """Every period that starts at `at`, its article included or not."""
    yield from _runs(keys, at)
    yield from _shares(keys, at)
    yield from _nths(keys, at)
    yield from containers(keys, at, alone=False)


def containers(keys: Sequence[str], at: int, *, alone: bool) -> Iterator[Found]:
    """Months, seasons, years, and units this, next or last; a unit `alone` ("du mois") is this one."""
    words = calendar_words()
    for _, start in [*words.leads["period"].at(keys, at), (True, at)]:
        phrase = tuple(keys[at:start])
        yield from _units(keys, start, phrase, alone=alone)
        yield from _months(keys, start, named=start > at or alone)
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
        here = lead and (lead[-1] in _THIS or lead[0] in _WHOLE)
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
    return Weekend(step) if unit == "weekend" else Unit(GRAINS[unit], step)


def _runs(keys: Sequence[str], at: int) -> Iterator[Found]:
    words = calendar_words()
    start = at + (key_at(keys, at) in ("les", "ces", "des"))
    ahead = words.steps.first(keys, start) if key_at(keys, start) != "ci" else None
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
            yield Found(Run(GRAINS[unit], count * step), after)


def _shares(keys: Sequence[str], at: int) -> Iterator[Found]:
    leads = calendar_words().leads["share"].at(keys, at)
    start = next((end for _, end in leads if key_at(keys, end) in _SHARES), at)
    share = _SHARES.get(key_at(keys, start))
    if share is None:
        return
    for found in containers(keys, start + 1, alone=True):
        yield Found(Share(found.when, share, _again(found.when)), found.end)
    named = key_at(keys, start + 2)
    if keys[start : start + 2] == ("fin", "de") and named in ("semaine", "mois"):
        grain: Grain = "week" if named == "semaine" else "month"
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
    elif key_at(keys, start) == "avant" and key_at(keys, start + 1) in ("dernier", "derniere"):
        nth, place = -2, start + 2
    else:
        ordinal = read_ordinal(keys, start)
        if ordinal is None or not 0 < ordinal[0] <= 366:
            return
        nth, place = ordinal
    if key_at(keys, place) == "quinzaine" and key_at(keys, place + 1) in _OF:
        for found in containers(keys, place + 1, alone=True):
            yield Found(HalfMonth(nth if nth > 0 else 2, found.when), found.end)
    units: list[tuple[str | int, int]] = [*words.weekdays.at(keys, place), *words.units.at(keys, place)]
    for unit, end in units:
        if unit in ("second", "minute", "hour", "year"):
            continue
        if unit == "quarter":
            for year, after in years(keys, end):
                yield Found(Nth(nth, unit, Year(year)), after)
            if nth > 0:
                yield Found(Nth(nth, unit, Unit("year", 0)), end)
        if key_at(keys, end) in _OF:
            for found in containers(keys, end, alone=True):
                yield Found(Nth(nth, unit, found.when), found.end)
