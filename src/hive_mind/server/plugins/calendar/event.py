"""An entry of a calendar. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hive_mind.server.plugins.recurrence import Repeat


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be.

    Attributes:
        title: what it is, as it is read out.
        start: aware, in the household's zone; midnight for a whole day.
        end: exclusive.
        all_day: whole days, whatever the zone.
        location: where; empty when nobody said.
        repeat: how it comes back; None: once.
    """

    title: str
    start: datetime
    end: datetime
    all_day: bool = False
    location: str = ""
    repeat: Repeat | None = None


RULES: Mapping[Repeat, str] = {
    "daily": "FREQ=DAILY",
    "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "weekends": "FREQ=WEEKLY;BYDAY=SA,SU",
    "weekly": "FREQ=WEEKLY",
}
"""Recurrence rules of RFC 5545."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a calendar; of one that comes back, one occurrence.

    Attributes:
        key: how its calendar finds it again.
        title: from the calendar; written by anybody.
        start: aware, in the household's zone; midnight for a whole day.
        end: exclusive.
        all_day: whole days.
        location: where; empty when it says none.
        recurring: it is one of a series.
    """

    key: str
    title: str
    start: datetime
    end: datetime
    all_day: bool = False
    location: str = ""
    recurring: bool = False


def by_time(events: Iterable[Event]) -> list[Event]:
    """In the order in which they are read out."""
    return sorted(events, key=lambda e: (e.start, not e.all_day, e.end, e.title))


def overlapping(events: Iterable[Event], start: datetime, end: datetime) -> list[Event]:
    """Those that take place during `[start, end)` at a time of day; whole days get in nobody's way."""
    return by_time(e for e in events if not e.all_day and e.start < end and start < e.end)
