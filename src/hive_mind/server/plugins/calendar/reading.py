"""How an agenda is read out. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from hive_mind.language.moments import Moment
from hive_mind.language.spoken import DAYS, date_text, moment_text, time_text
from hive_mind.server.plugins.phrases import Phrases, capitalised
from hive_mind.server.plugins.recurrence import repeat_text

from .event import Draft, Event
from .titles import spoken_title

MOST_TOLD = 6


def agenda_text(events: Sequence[Event], when: str, now: datetime, phrases: Phrases) -> str:
    """Read out the entries of a day, or of several, after the span that they were asked for.

    Args:
        events: by time.
        when: the span that was asked for, in French.
        now: aware.
        phrases: the pieces.
    """
    if not events:
        return capitalised(phrases.say("nothing", when=when))
    told = events[:MOST_TOLD]
    days = {event.start.date() for event in events}
    pieces = [
        (phrases.say("on_day", day=_day(event.start.date(), now, phrases)) if len(days) > 1 else "")
        + item_text(event, phrases)
        for event in told
    ]
    if len(days) > 1:
        pieces = _day_once(told, pieces, phrases)
    text = phrases.count("agenda", len(events), when=when, events=phrases.listed(pieces))
    if len(events) > MOST_TOLD:
        text = phrases.count("agenda_more", len(events), when=when, events=phrases.listed(pieces))
    return capitalised(text)


def item_text(event: Event, phrases: Phrases) -> str:
    """One entry of a day: "à 9h, dentiste"; "toute la journée, vacances"."""
    title = spoken_title(event, phrases.say("untitled"))
    if event.all_day:
        return phrases.say("item_all_day", title=title)
    return phrases.say("item", title=title, time=time_text(event.start.hour, event.start.minute))


def when_text(event: Event, now: datetime, phrases: Phrases) -> str:
    """When an entry takes place: "demain à 15h"; "samedi"; "du 18 juin au 20 juin"."""
    if not event.all_day:
        return moment_text(Moment(event.start, None, "minute"), now)
    last = event.end - timedelta(days=1)
    if last.date() > event.start.date():
        return phrases.say("from_to", first=_short(event.start.date()), last=_short(last.date()))
    return moment_text(Moment(event.start, None, "day"), now)


def draft_text(draft: Draft, now: datetime, phrases: Phrases) -> str:
    """An entry that is being made: "dentiste, demain à 9h"; "yoga, tous les mardis à 18h"."""
    event = Event("", draft.title, draft.start, draft.end, draft.all_day)
    if draft.repeat is None:
        return one_text(event, now, phrases)
    title = spoken_title(event, phrases.say("untitled"))
    return phrases.say("one", title=title, when=repeat_text(draft.repeat, draft.start, phrases))


def one_text(event: Event, now: datetime, phrases: Phrases) -> str:
    """An entry among others on other days: "dentiste, demain à 9h"."""
    title = spoken_title(event, phrases.say("untitled"))
    return phrases.say("one", title=title, when=when_text(event, now, phrases))


def _day_once(told: Sequence[Event], pieces: list[str], phrases: Phrases) -> list[str]:
    """A day is named with its first entry only."""
    named: set[date] = set()
    out = []
    for event, piece in zip(told, pieces, strict=True):
        day = event.start.date()
        out.append(item_text(event, phrases) if day in named else piece)
        named.add(day)
    return out


def _day(day: date, now: datetime, phrases: Phrases) -> str:
    ahead = (day - now.date()).days
    if ahead in (0, 1):
        return phrases.say("today" if ahead == 0 else "tomorrow")
    return DAYS[day.weekday()] if 0 < ahead < 7 else _short(day)


def _short(day: date) -> str:
    """Without its year: "mardi 3 mars"."""
    return date_text(day).rsplit(" ", 1)[0]
