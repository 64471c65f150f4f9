"""How the times of rain or snow are said: by hours, by parts of the day, or by days. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hive_mind.language.spoken import DAYS, time_text
from hive_mind.server.plugins.phrases import Phrases

from .outlook import Outlook, Stretch

_PARTS = ((0, "night"), (6, "morning"), (12, "afternoon"), (18, "evening"))
_SHORT = timedelta(hours=7)
_DAY = timedelta(hours=26)


def times_text(stretches: Sequence[Stretch], within: Outlook, phrases: Phrases) -> str:
    """When something happens in a stretch of time: "l'après-midi", "vers 15h", "samedi et dimanche".

    Args:
        stretches: when it does; at least one.
        within: the whole; what happens all along is said so.
        phrases: the pieces.
    """
    length = within.end - within.start
    if sum((s.end - s.start for s in stretches), timedelta()) >= length * 0.9:
        return phrases.say("all_along" if length <= _SHORT else "all_day" if length <= _DAY else "every_day")
    if length <= _SHORT:
        return phrases.say("around", time=_hour(stretches[0].start))
    if length <= _DAY:
        parts = list(dict.fromkeys(part for s in stretches for part in _parts(s)))
        return phrases.listed([phrases.say(f"part_{part}") for part in parts])
    days = list(dict.fromkeys(DAYS[at.weekday()] for s in stretches for at in _hours(s)))
    return phrases.listed(days)


def first_time_text(stretch: Stretch, now: datetime, phrases: Phrases) -> str:
    """When something begins: "demain vers 15h", "samedi vers 9h", or "dans l'heure"."""
    start = stretch.start
    if start - now < timedelta(hours=1):
        return phrases.say("within_the_hour")
    days = (start.date() - now.date()).days
    around = phrases.say("around", time=_hour(start))
    if days < 2:
        return phrases.say("today_at" if days == 0 else "tomorrow_at", time=around)
    return phrases.say("day_at", day=DAYS[start.weekday()], time=around)


def _hours(stretch: Stretch) -> list[datetime]:
    count = max(1, int((stretch.end - stretch.start) / timedelta(hours=1)))
    return [stretch.start + timedelta(hours=n) for n in range(count)]


def _parts(stretch: Stretch) -> list[str]:
    return [next(name for start, name in reversed(_PARTS) if at.hour >= start) for at in _hours(stretch)]


def _hour(at: datetime) -> str:
    return time_text(at.hour, 0)
