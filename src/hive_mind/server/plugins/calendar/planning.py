"""From moments in words to the times of entries. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from hive_mind.language.moments import Moment, read_moment
from hive_mind.language.words import keys_of

_DAY = timedelta(days=1)
_CLOCK = frozenset({"h", "heure", "heures", "midi", "minuit", "am", "pm"})
_RELATIVE = frozenset({"aujourd", "hui", "ce", "cet", "cette", "dans", "demain", "maintenant"})
_BY_CLOCK = ("second", "minute", "hour")


@dataclass(frozen=True, slots=True)
class Times:
    """When something takes place.

    Attributes:
        start: aware.
        end: exclusive.
        all_day: whole days.
        vague: a day or a part of one was said, and no time of day.
    """

    start: datetime
    end: datetime
    all_day: bool
    vague: bool


def times_of(words: str, now: datetime, length: timedelta) -> Times | None:
    """When an entry takes place that was said to be `words`; None when they are no time.

    Args:
        words: "demain à 15 h", "du 18 au 20 juin", "samedi soir".
        now: aware.
        length: of an entry for which only a beginning was said.
    """
    moment = read_moment(words, now)
    if moment is None:
        return None
    if moment.grain not in _BY_CLOCK:
        return Times(_midnight(moment.start), _midnight(_end(moment)), all_day=True, vague=True)
    if moment.end is not None and moment.end - moment.start >= timedelta(hours=2) and not names_clock(words):
        return Times(moment.start, moment.end, all_day=False, vague=True)
    end = moment.end if moment.end is not None and _spans(words) else moment.start + length
    return Times(moment.start, end, all_day=False, vague=False)


def span_of(words: str, now: datetime, length: timedelta) -> tuple[datetime, datetime] | None:
    """The stretch of time in which to look for entries; None when the words are no time."""
    moment = read_moment(words, now)
    if moment is None:
        return None
    if moment.grain in _BY_CLOCK:
        end = moment.end if moment.end is not None else moment.start + length
        return moment.start, max(end, moment.start + timedelta(minutes=1))
    return _midnight(moment.start), _midnight(_end(moment))


def moved_to(words: str, start: datetime, end: datetime, now: datetime, *, all_day: bool) -> Times | None:
    """The new times of an entry at `start` to `end` that is put to `words`; it stays as long as it was.

    A time alone ("à 16 h") is one of its own day; a day alone ("à vendredi") keeps its time.
    """
    length = end - start
    own_day = _midnight(start)
    if not set(keys_of(words)) & _RELATIVE and (there := read_moment(words, own_day)) is not None:
        next_day = read_moment(words, own_day + _DAY)
        follows = next_day is not None and next_day.start.date() == (own_day + _DAY).date()
        if there.grain in _BY_CLOCK and there.start.date() == own_day.date() and follows:
            return Times(there.start, there.start + length, all_day=False, vague=False)
    moment = read_moment(words, now)
    if moment is None:
        return None
    if moment.grain in _BY_CLOCK and (moment.end is None or names_clock(words)):
        finish = moment.end if moment.end is not None and _spans(words) else moment.start + length
        return Times(moment.start, finish, all_day=False, vague=False)
    new = datetime.combine(moment.start.date(), start.time(), start.tzinfo)
    return Times(new, new + length, all_day=all_day, vague=False)


def names_clock(words: str) -> bool:
    """Whether a time of day is named, rather than a part of the day."""
    keys = keys_of(words)
    return any(key in _CLOCK for key in keys)


def _spans(words: str) -> bool:
    """Whether an end was said ("de 14 h à 16 h", "entre 2 et 3", "10 h jusqu'à midi")."""
    keys = keys_of(words)
    return (
        "entre" in keys
        or "jusqu" in keys
        or (("de" in keys or "du" in keys) and ("a" in keys or "au" in keys))
    )


def _end(moment: Moment) -> datetime:
    if moment.end is not None:
        return moment.end
    if moment.grain == "week":
        return moment.start + timedelta(days=7)
    if moment.grain == "day":
        return moment.start + _DAY
    months = {"month": 1, "quarter": 3}.get(moment.grain, 12)
    month = moment.start.month - 1 + months
    return moment.start.replace(year=moment.start.year + month // 12, month=month % 12 + 1, day=1)


def _midnight(at: datetime) -> datetime:
    """The beginning of its day."""
    return datetime.combine(at.date(), time(), at.tzinfo)
