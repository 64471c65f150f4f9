"""Days in words: "demain", "mardi en huit", "lundi 3 mars 2027", "le 14/07", "Noël"."""

from collections.abc import Iterator, Sequence

from hive_mind.language.calendar_data import CalendarWords, calendar_words
from hive_mind.language.numbers import read_integer
from hive_mind.language.when import CalendarDay, FeastDay, Found, InDays, Weekday
from hive_mind.language.words import key_at

_FIRST_YEAR, _LAST_YEAR = 1000, 2999
_CENTURY = 69
_WEEKS = {"huit": 1, "8": 1, "quinze": 2, "15": 2}
_MARKS = frozenset({"e", "eme", "er", "ieme"})
_BEFORE_ONE = frozenset(
    {"le", "du", "au", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"}
)
_JOINTS = frozenset({"/", "-"})


def read_days(keys: Sequence[str], at: int) -> Iterator[Found]:
    """Everything that starts at `at` and names one day; no article or preposition is skipped."""
    words = calendar_words()
    for days, end in words.days.at(keys, at):
        if key_at(keys, end) == "en" and key_at(keys, end + 1) in _WEEKS:
            yield Found(InDays(days + 7 * _WEEKS[keys[end + 1]]), end + 2)
        yield Found(InDays(days), end)
    yield from _dates(keys, at, None, words)
    for weekday, end in words.weekdays.at(keys, at):
        yield from _weekdays(keys, at, weekday, end, words)
    for weekday, end in words.weekdays_short.at(keys, at):
        yield from (found for found in _dates(keys, end, weekday, words) if not found.weak)
    if key_at(keys, at) in ("prochain", "prochaine", "dernier", "derniere") and at + 1 < len(keys):
        step = 1 if keys[at].startswith("p") else -1
        for weekday, end in words.weekdays.at(keys, at + 1):
            yield Found(Weekday(weekday, step), end)
    for feast, end in words.holidays.at(keys, at):
        for year, after in years(keys, end):
            yield Found(FeastDay(feast, year), after)
        for step, after in words.steps.at(keys, end):
            yield Found(FeastDay(feast, step=step), after)
        yield Found(FeastDay(feast), end)


def _weekdays(keys: Sequence[str], at: int, weekday: int, end: int, words: CalendarWords) -> Iterator[Found]:
    after = end + (key_at(keys, end) in ("le", "du", "/", "-"))
    yield from (found._replace(weak=False) for found in _dates(keys, after, weekday, words))
    if key_at(keys, end) == "en" and key_at(keys, end + 1) in _WEEKS:
        yield Found(Weekday(weekday, today=True, weeks=_WEEKS[keys[end + 1]]), end + 2)
    for step, later in words.steps.at(keys, end):
        yield Found(Weekday(weekday, step, today=step == 0), later)
    yield Found(Weekday(weekday, today=at > 0 and keys[at - 1] in ("ce", "c")), end)


def years(keys: Sequence[str], at: int) -> Iterator[tuple[int, int]]:
    """A year of four figures, "de" before it or not: "2027", "de l'an deux mille"."""
    for skipped in (("de", "l", "an"), ("de", "l", "annee"), ("de",), ("en",), ()):
        if skipped and tuple(keys[at : at + len(skipped)]) != skipped:
            continue
        read = read_integer(keys, at + len(skipped))
        if read is None or not _FIRST_YEAR <= read[0] <= _LAST_YEAR:
            continue
        spelled = keys[at + len(skipped)]
        if not spelled[0].isdigit() or (len(spelled) == 4 and spelled.isdecimal()):
            yield read
            return


def day_numbers(keys: Sequence[str], at: int) -> Iterator[tuple[int, int]]:
    """The number of a day: "quinze", "15", "1er", "premier", "13e"."""
    if key_at(keys, at) in ("premier", "1er"):
        yield 1, at + 1
        return
    if at < len(keys) and keys[at][0].isdigit() and not (keys[at].isdecimal() and len(keys[at]) <= 2):
        return
    if key_at(keys, at) in ("un", "une") and not (at and keys[at - 1] in _BEFORE_ONE):
        return
    read = read_integer(keys, at)
    if read is not None and 1 <= read[0] <= 31:
        if key_at(keys, read[1]) in _MARKS and keys[at].isdecimal():
            yield read[0], read[1] + 1
        yield read


def months(keys: Sequence[str], at: int, *, digits: bool) -> Iterator[tuple[int, int]]:
    """A month's name; its abbreviation only next to digits."""
    words = calendar_words()
    yield from words.months.at(keys, at)
    if digits:
        yield from words.months_short.at(keys, at)


def _dates(keys: Sequence[str], at: int, weekday: int | None, words: CalendarWords) -> Iterator[Found]:
    for day, end in day_numbers(keys, at):
        digits = keys[at][0].isdigit()
        joint = end + (key_at(keys, end) in _JOINTS) if digits else end
        joint += key_at(keys, joint) == "de"
        for month, after in months(keys, joint, digits=digits):
            rest = after + (key_at(keys, after) in _JOINTS) if digits else after
            for year, last in years(keys, rest):
                yield Found(CalendarDay(day, month, year, weekday), last)
            if rest == after:
                for step, last in words.steps.at(keys, after):
                    yield Found(CalendarDay(day, month, weekday=weekday, step=step), last)
                yield Found(CalendarDay(day, month, weekday=weekday), after)
    yield from _month_first(keys, at, weekday)
    yield from _figures(keys, at, weekday)
    for day, end in day_numbers(keys, at):
        before = keys[at - 1] if at else ""
        if before in ("le", "du", "au") or weekday is not None:
            yield Found(CalendarDay(day, weekday=weekday), end, weak=True)


def _month_first(keys: Sequence[str], at: int, weekday: int | None) -> Iterator[Found]:
    """Read "mai vingt-neuf", "Sep-23-2020", "septembre-2020-23"."""
    digits = any(key_at(keys, place)[:1].isdigit() for place in (at + 1, at + 2))
    for month, end in months(keys, at, digits=digits):
        joint = end + (key_at(keys, end) in _JOINTS)
        for day, after in day_numbers(keys, joint):
            rest = after + (key_at(keys, after) in _JOINTS)
            for year, last in years(keys, rest):
                yield Found(CalendarDay(day, month, year, weekday), last)
            yield Found(CalendarDay(day, month, weekday=weekday), after)
        if joint > end:
            for year, after in years(keys, joint):
                for day, last in day_numbers(keys, after + (key_at(keys, after) in _JOINTS)):
                    yield Found(CalendarDay(day, month, year, weekday), last)


def _figures(keys: Sequence[str], at: int, weekday: int | None) -> Iterator[Found]:
    """Dates in figures: 20/02/2014, 20 2 14, 17/02, 2014-02-20, 15.12.16."""
    first = key_at(keys, at)
    if first.count(".") == 2 and at < len(keys):
        day, month, year = first.split(".")
        if len(day) <= 2 and len(month) <= 2 and len(year) in (2, 4):
            yield from _whole(day, month, year, at + 1, weekday)
        return
    joint = key_at(keys, at + 1)
    step = 2 if joint in _JOINTS else 1
    if not first.isdecimal() or (step == 2 and key_at(keys, at + 3) not in (joint, "") and joint == "-"):
        return
    second, third = key_at(keys, at + step), key_at(keys, at + 2 * step)
    same = step == 1 or key_at(keys, at + 3) == joint
    if len(first) == 4 and step == 2 and same:
        if second.isdecimal() and third.isdecimal():
            yield from _whole(third, second, first, at + 5, weekday)
        for named, end in months(keys, at + 4, digits=True):
            yield from _whole(second, str(named), first, end, weekday)
        for named, _ in months(keys, at + 2, digits=True):
            yield from _whole(third, str(named), first, at + 5, weekday)
    if len(first) > 2 or len(second) > 2:
        return
    if same and len(third) in (2, 4):
        weak = step == 1 and len(third) == 2
        yield from (
            found._replace(weak=weak) for found in _whole(first, second, third, at + 1 + 2 * step, weekday)
        )
    if _day_month(first, second) and joint != "-" and (step == 2 or len(first) == len(second) == 2):
        yield Found(CalendarDay(int(first), int(second), weekday=weekday), at + 1 + step, weak=step == 1)


def _day_month(day: str, month: str) -> bool:
    return day.isdecimal() and month.isdecimal() and 1 <= int(day) <= 31 and 1 <= int(month) <= 12


def _whole(day: str, month: str, year: str, end: int, weekday: int | None) -> Iterator[Found]:
    if not _day_month(day, month) or not year.isdecimal():
        return
    full = int(year) if len(year) == 4 else int(year) + (2000 if int(year) <= _CENTURY else 1900)
    yield Found(CalendarDay(int(day), int(month), full, weekday), end)
