"""Moments said again as a person would: "demain à 15 heures", "mardi 3 mars", "la semaine prochaine"."""

import re
from datetime import date, datetime, time, timedelta

from hive_mind.language.messages import message
from hive_mind.language.moments import Moment
from hive_mind.language.speak_forms import DAYS, MONTHS, ordinal, time_text
from hive_mind.language.wall import Now, floor

_NEAR = {0: "today", 1: "tomorrow", 2: "after_tomorrow", -1: "yesterday", -2: "before_yesterday"}
_THIS_WEEK = 6
_EVENING = 18
_PARTS: dict[tuple[float, float], str] = {
    (4, 12): "morning", (12, 19): "afternoon", (18, 24): "evening", (22, 30): "night",
}  # fmt: skip
_STEPS = {0: "this", 1: "next", -1: "last"}
_ELIDED = re.compile(r"^de (?=[ah])")
_MIDNIGHT = time.min
_FINE = frozenset({"second", "minute", "hour"})


def moment_text(moment: Moment, now: datetime) -> str:
    """Write a moment as it is said `now`: "demain à 15 heures", "ce soir", "du 3 au 7 mars".

    Read back by `moments.read_moment` at the same `now` it is the same time, to the minute.
    """
    start = Now(moment.start).wall
    end = Now(moment.end).wall if moment.end is not None else None
    wall = Now(now).wall
    if end is None:
        return _point(moment, start, wall)
    if (start.weekday(), start.hour, end - start) == (4, 18, timedelta(hours=54)):
        weeks = (floor(start, "week") - floor(wall, "week")).days // 7
        return _stepped("weekend", weeks) or _say("weekend_of", day=_short(start.date(), wall.date()))
    if start.time() == end.time() == _MIDNIGHT and end - start > timedelta(days=1):
        return _days(start.date(), (end - timedelta(days=1)).date(), wall.date())
    day = day_text(start.date(), wall.date())
    hours = (
        (start - floor(start, "day")).total_seconds() / 3600,
        (end - floor(start, "day")).total_seconds() / 3600,
    )
    part = _PARTS.get(hours)
    if part is not None:
        if start.date() == wall.date():
            return _say(f"this_{part}")
        return f"{day} {_say(part)}"
    if end <= floor(start, "day") + timedelta(days=1):
        return _say("between", day=day, start=clock_text(start), end=clock_text(end))
    midnight = end.time() == _MIDNIGHT
    ending = day_text(end.date() - timedelta(days=midnight), wall.date())
    last = _say("at", day=ending, time=clock_text(end))
    if abs(start - wall) < timedelta(minutes=1):
        return _say("until", last=ending if midnight else last)
    first = _say("at", day=day, time=clock_text(start))
    return _ELIDED.sub("d'", _say("from_at", first=first, last=last))


def day_text(day: date, today: date) -> str:
    """A day seen from today: "demain", "jeudi", "mardi 3 mars", "samedi 1er mai 2027"."""
    ahead = (day - today).days
    if ahead in _NEAR:
        return _say(_NEAR[ahead])
    if 0 < ahead <= _THIS_WEEK:
        return DAYS[day.weekday()]
    return f"{DAYS[day.weekday()]} {_short(day, today)}"


def clock_text(at: datetime) -> str:
    """A clock time within a sentence: "15 heures", "1 heure", "15h30", "midi"."""
    text = time_text(at.hour, at.minute)
    if at.minute or not text.endswith("h"):
        return text
    return _say("hours" if at.hour > 1 else "hour", count=at.hour)


def _say(key: str, **params: object) -> str:
    return message(f"when.{key}", language="fr", **params)


def _short(day: date, today: date) -> str:
    """A day by number and month, with the year when it is not the next such day."""
    plain = _dated(day).removesuffix(f" {day.year}")
    near = timedelta(0) <= day - today < timedelta(days=330)
    return plain if near or (day.year == today.year and day >= today) else f"{plain} {day.year}"


def _dated(day: date) -> str:
    """A day by number, month and year."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def _stepped(unit: str, step: int) -> str | None:
    return _say(f"{_STEPS[step]}_{unit}") if step in _STEPS else None


def _point(moment: Moment, start: datetime, wall: datetime) -> str:
    """A moment without an end of its own."""
    day, today = start.date(), wall.date()
    if moment.grain in _FINE:
        if abs(start - wall) < timedelta(seconds=1):
            return _say("now")
        if start.time() == _MIDNIGHT:
            day -= timedelta(days=1)
        evening = day == today and (start.hour >= _EVENING or day < start.date())
        said = _say("tonight") if evening else day_text(day, today)
        return _say("at", day=said, time=clock_text(start))
    if moment.grain == "day":
        return day_text(day, today)
    if moment.grain == "week":
        weeks = (floor(start, "week") - floor(wall, "week")).days // 7
        return _stepped("week", weeks) or _say("week_of", day=_short(day, today))
    if moment.grain == "month":
        months = (day.year - today.year) * 12 + day.month - today.month
        named = _say("month_of", month=MONTHS[day.month - 1], year=day.year)
        return _stepped("month", months) or (named if day.year != today.year or months < 0 else named[:-5])
    if moment.grain == "quarter":
        return _say("quarter_of", nth=ordinal((day.month + 2) // 3), year=day.year)
    return _stepped("year", day.year - today.year) or _say("year_of", year=day.year)


def _days(first: date, last: date, today: date) -> str:
    """From one day to another: "du 3 au 7 mars", "du 30 mars au 2 avril 2027"."""
    if first.year != last.year:
        first_day, last_day = _dated(first), _dated(last)
        return _say("from_to", first=first_day, last=last_day)
    end = _short(last, today)
    if (first.year, first.month) == (last.year, last.month):
        return _say("from_to", first="1er" if first.day == 1 else first.day, last=end)
    return _say("from_to", first=_dated(first).removesuffix(f" {first.year}"), last=end)
