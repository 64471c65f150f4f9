"""When something is: French dates, clock times and intervals, understood from a given now.

Grammar by composition: a day ("demain", "le premier lundi de mars"), a part of the day ("matin"), a clock
time ("midi moins le quart"), distances ("dans dix minutes") and intervals ("de lundi à vendredi"), together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from hive_mind.language.intervals import read_intervals
from hive_mind.language.time_tokens import tokens_of
from hive_mind.language.time_words import may_start, time_words
from hive_mind.language.wall import Grain, Now, unit_span
from hive_mind.language.when import Found


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that was meant.

    Attributes:
        start: its first instant, aware; "dans trois jours" keeps the time of day of now.
        end: the instant after its last; None for a point, whose span is its grain.
        grain: how fine it was said ("demain": day).
    """

    start: datetime
    end: datetime | None
    grain: Grain


def read_moment(text: str, now: datetime) -> Moment | None:
    """Understand a text that is, from beginning to end, a time expression; None when it is not.

    Args:
        text: "demain matin", "mardi en huit à 15 h", "de 14h à 16h".
        now: from when; what is ambiguous or would be past is taken to lie ahead. The result is in its zone.
    """
    keys = tokens_of(text)
    for found in moments_in(keys, 0):
        if found.end == len(keys) and (moment := resolve(found, now)) is not None:
            return moment
    return None


def stretch(moment: Moment) -> tuple[datetime, datetime]:
    """All the time that a moment covers, its end excluded: the whole day, minute, month … of a point."""
    if moment.end is not None:
        return moment.start, moment.end
    clock = Now(moment.start)
    span = unit_span(clock.wall, moment.grain)
    return clock.zoned(span.start), clock.zoned(span.end)


def moments_at(words: Sequence[str], at: int) -> list[int]:
    """Where time expressions that start at `at` end (exclusive), the longest first.

    Args:
        words: folded keys, as `words.keys_of` gives them.
        at: place of the first word.
    """
    return sorted({found.end for found in moments_in(tuple(words), at)}, reverse=True)


def may_begin_moment(words: Sequence[str], at: int) -> bool:
    """Whether the words from `at` to the end are an unfinished time expression ("mardi en", "dans")."""
    keys = tuple(words)
    left = keys[next(iter(moments_at(keys, at)), at) :]
    if not left or len(left) > _LONGEST_OPENING:
        return False
    return all(key in time_words() or key[0].isdigit() for key in left)


_LONGEST_OPENING, _LONGEST = 6, 40


def resolve(found: Found, now: datetime) -> Moment | None:
    """The moment that words mean when they are said `now`; None for a day that does not exist."""
    try:
        span = found.when.span(Now(now))
        if span is None:
            return None
        clock = Now(now)
        start, end = clock.zoned(span.start), clock.zoned(span.end)
    except (OverflowError, ValueError):
        return None
    if span.grain not in ("second", "minute") or span.point:
        start = start.replace(microsecond=0)
    return Moment(start, None if span.point else end, span.grain)


def moments_in(keys: Sequence[str], at: int) -> tuple[Found, ...]:
    """All time expressions that start at `at`, the surest first; none is longer than some forty words."""
    if not may_start(keys, at):
        return ()
    low = max(0, at - 1)
    window = tuple(keys[low : at + _LONGEST])
    return tuple(found._replace(end=found.end + low) for found in _in_window(window, at - low))


@lru_cache(maxsize=1024)
def _in_window(keys: tuple[str, ...], at: int) -> tuple[Found, ...]:
    return tuple(sorted(read_intervals(keys, at), key=lambda found: found.weak))
