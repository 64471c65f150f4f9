"""Calendar files (RFC 5545): their entries as ours, and changes to them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from uuid import uuid4

import icalendar
import recurring_ical_events

from .event import RULES, Draft, Event

_PRODUCT = "-//Hive Mind//calendar//FR"


def occurrences(data: str, url: str, start: datetime, end: datetime) -> Iterator[Event]:
    """The occurrences, in `[start, end)`, of what a calendar object holds.

    Args:
        data: the object, as the server keeps it.
        url: of the object; goes into the key.
        start: aware, in the household's zone, which the events get too.
        end: exclusive.

    Raises:
        ValueError: it is no calendar file.
    """
    calendar = icalendar.Calendar.from_ical(data)
    series = any(part.get("RRULE") or part.get("RDATE") for part in calendar.walk("VEVENT"))
    for found in recurring_ical_events.of(calendar).between(start, end):
        if str(found.get("STATUS", "")).upper() != "CANCELLED":
            yield _event(found, url, start.tzinfo, recurring=series)


def new_object(draft: Draft, now: datetime) -> str:
    """A calendar object with one entry."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    event = icalendar.Event()
    event.add("uid", str(uuid4()))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("summary", draft.title)
    if draft.location:
        event.add("location", draft.location)
    _set_times(event, draft.start, draft.end, whole_days=draft.all_day)
    if draft.repeat is not None:
        event["RRULE"] = icalendar.vRecur.from_ical(RULES[draft.repeat])
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return _text(calendar)


def moved(data: str, event: Event, start: datetime, end: datetime, now: datetime) -> str:
    """The object with one entry, or one occurrence of a series, at another time."""
    calendar = icalendar.Calendar.from_ical(data)
    found = _own(calendar, event)
    if found is None:
        master = _master(calendar)
        found = icalendar.Event.from_ical(master.to_ical())
        for name in ("RRULE", "RDATE", "EXDATE", "EXRULE"):
            found.pop(name, None)
        found.add("recurrence-id", _as_in(master, event))
        calendar.add_component(found)
    _set_times(found, start, end, whole_days=event.all_day)
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        found.pop(name, None)
        found.add(name, now.astimezone(UTC))
    found["SEQUENCE"] = int(found.get("SEQUENCE", 0)) + 1
    calendar.add_missing_timezones()
    return _text(calendar)


def without(data: str, event: Event) -> str | None:
    """The object without one occurrence of a series; None when nothing is left and it should be deleted."""
    if not event.recurring:
        return None
    calendar = icalendar.Calendar.from_ical(data)
    own = _own(calendar, event)
    master = _master(calendar)
    if own is not None and own is not master:
        calendar.subcomponents.remove(own)
    master.add("exdate", _as_in(master, event))
    return _text(calendar)


def _text(calendar: Any) -> str:
    return str(calendar.to_ical().decode())


def _event(found: Any, url: str, zone: tzinfo | None, *, recurring: bool) -> Event:
    start, end = found["DTSTART"].dt, found["DTEND"].dt if "DTEND" in found else None
    length = found["DURATION"].dt if "DURATION" in found else None
    all_day = not isinstance(start, datetime)
    if end is None:
        end = start + (length if length is not None else timedelta(days=1) if all_day else timedelta())
    at = found["RECURRENCE-ID"].dt if "RECURRENCE-ID" in found else start
    return Event(
        key=f"{url} {at.isoformat()}",
        title=str(found.get("SUMMARY", "")),
        start=_aware(start, zone),
        end=_aware(end, zone),
        all_day=all_day,
        location=str(found.get("LOCATION", "")),
        recurring=recurring,
    )


def _aware(at: date, zone: tzinfo | None) -> datetime:
    """An instant in the household's zone; times without a zone are the household's."""
    if not isinstance(at, datetime):
        return datetime.combine(at, time(), zone)
    return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)


def _set_times(event: Any, start: datetime, end: datetime, *, whole_days: bool) -> None:
    for name in ("DTSTART", "DTEND", "DURATION"):
        event.pop(name, None)
    event.add("dtstart", start.date() if whole_days else _portable(start))
    event.add("dtend", end.date() if whole_days else _portable(end))


def _portable(at: datetime) -> datetime:
    """With a named zone as it is; with a bare offset, which calendar files do not know, in UTC."""
    return at if getattr(at.tzinfo, "key", None) else at.astimezone(UTC)


def _occurrence(event: Event) -> datetime | date:
    """Which occurrence of its series a key means."""
    text = event.key.rsplit(" ", 1)[1]
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _own(calendar: Any, event: Event) -> Any | None:
    """The component that holds this occurrence alone: the only one, or a changed occurrence."""
    parts = calendar.walk("VEVENT")
    if not event.recurring:
        return parts[0]
    goal = _occurrence(event)
    return next((p for p in parts if "RECURRENCE-ID" in p and _same(p["RECURRENCE-ID"].dt, goal)), None)


def _master(calendar: Any) -> Any:
    return next(part for part in calendar.walk("VEVENT") if "RECURRENCE-ID" not in part)


def _as_in(master: Any, event: Event) -> datetime | date:
    """The occurrence's own time, in the form and zone in which the series writes its times."""
    goal, first = _occurrence(event), master["DTSTART"].dt
    if isinstance(goal, datetime) and isinstance(first, datetime) and goal.tzinfo and first.tzinfo:
        return goal.astimezone(first.tzinfo)
    return goal


def _same(one: date, other: date) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime) and bool(one.tzinfo) != bool(other.tzinfo):
        return one.replace(tzinfo=None) == other.replace(tzinfo=None)
    return one == other
