"""The four things that are done with a calendar."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from hive_mind.language.words import keys_of
from hive_mind.server.plugins.failure import Failure
from hive_mind.server.plugins.phrases import Phrases, capitalised
from hive_mind.server.plugins.recurrence import first_due, first_time, read_recurrence

from . import asking
from .asking import AHEAD, Habits, Question, Result, word
from .backend import Backend
from .event import Draft, Event, overlapping
from .planning import Times, moved_to, times_of
from .reading import agenda_text, draft_text, one_text, when_text
from .titles import full_title, meant, spoken_title


class Agenda:
    """A calendar that can be talked to.

    Args:
        backend: the calendar.
        habits: of the household.
        phrases: what is said.
    """

    def __init__(self, backend: Backend, habits: Habits, phrases: Phrases) -> None:
        self._backend = backend
        self._habits = habits
        self._phrases = phrases

    async def add(self, draft: Draft, now: datetime) -> Result:
        """Enter something, and say what is in its way.

        Raises:
            Failure: as `Backend`.
        """
        in_way = []
        if not draft.all_day:
            in_way = overlapping(await self._backend.between(draft.start, draft.end), draft.start, draft.end)
        await self._backend.add(draft)
        text = self._phrases.say("added", event=draft_text(draft, now, self._phrases))
        if in_way:
            others = self._phrases.listed([one_text(event, now, self._phrases) for event in in_way])
            text += self._phrases.say("in_way", events=others)
        return {
            "success": True,
            "speech": text,
            "title": draft.title,
            "start": draft.start.isoformat(),
            "conflicts": len(in_way),
        }

    async def query(self, params: Mapping[str, Any], now: datetime) -> Result:
        """What is in the calendar: in a stretch of time, next, or by its name.

        Raises:
            Failure: WHEN_UNKNOWN; or as `Backend`.
        """
        title, when, question = word(params, "title"), word(params, "when"), word(params, "question")
        if not title and question not in ("next", "first", "when", "where"):
            return await self._read_out(when or self._phrases.say("today"), now)
        start, end = (now, now + AHEAD) if not when else asking.span(when, now, self._habits)[:2]
        events = meant(title, await self._backend.between(start, end), self._habits.words)
        if not when or question == "next":
            events = [event for event in events if event.start >= now or event.end > now]
        if not events:
            key = "nothing_called" if title else "nothing_ahead" if not when else "nothing_then"
            return {"success": True, "speech": self._phrases.say(key, title=title), "events": []}
        event = events[0]
        title = spoken_title(event, self._phrases.say("untitled"))
        blanks = {"title": title, "when": when_text(event, now, self._phrases), "place": event.location}
        key = "is" if question != "where" else "is_where" if event.location else "is_nowhere"
        text = capitalised(self._phrases.say(key, **blanks))
        return {"success": True, "speech": text, "events": [event.title], "start": event.start.isoformat()}

    async def move(self, params: Mapping[str, Any], now: datetime) -> Result:
        """Give an entry another time.

        Raises:
            Failure: EVENT_UNKNOWN, WHEN_UNKNOWN; or as `Backend`.
            Question: which one, or to when.
        """
        event = await asking.the_one(params, self._backend, self._habits, self._phrases, now)
        title = spoken_title(event, self._phrases.say("untitled"))
        shift = params.get("shift_s")
        if isinstance(shift, int | float) and not event.all_day:
            by = timedelta(seconds=-shift if params.get("earlier") else shift)
            times: Times | None = Times(event.start + by, event.end + by, all_day=False, vague=False)
        elif to := word(params, "to"):
            times = moved_to(to, event.start, event.end, now, all_day=event.all_day)
        else:
            raise Question("to", self._phrases.say("ask_to", title=title))
        if times is None:
            raise Failure("WHEN_UNKNOWN", "The new time cannot be read.")
        if event.all_day and not times.all_day:
            raise Failure("WHOLE_DAY", "An entry of whole days cannot be put to a time of day.")
        others = await self._backend.between(times.start, times.end) if not event.all_day else []
        in_way = [o for o in overlapping(others, times.start, times.end) if o.key != event.key]
        await self._backend.move(event, times.start, times.end)
        now_at = Event(event.key, event.title, times.start, times.end, event.all_day)
        text = self._phrases.say("moved", title=title, when=when_text(now_at, now, self._phrases))
        if in_way:
            told = self._phrases.listed([one_text(other, now, self._phrases) for other in in_way])
            text += self._phrases.say("in_way", events=told)
        return {
            "success": True,
            "speech": capitalised(text),
            "title": event.title,
            "start": times.start.isoformat(),
        }

    async def delete(self, params: Mapping[str, Any], now: datetime) -> Result:
        """Take an entry out.

        Raises:
            Failure: EVENT_UNKNOWN, WHEN_UNKNOWN; or as `Backend`.
            Question: which one.
        """
        event = await asking.the_one(params, self._backend, self._habits, self._phrases, now)
        await self._backend.delete(event)
        text = self._phrases.say("deleted", event=one_text(event, now, self._phrases))
        return {"success": True, "speech": text, "title": event.title, "start": event.start.isoformat()}

    async def _read_out(self, when: str, now: datetime) -> Result:
        start, end, named = asking.span(when, now, self._habits)
        events = await self._backend.between(start, end)
        if start <= now:
            events = [event for event in events if event.end > now]
        text = agenda_text(events, named, now, self._phrases)
        return {"success": True, "speech": text, "events": [event.title for event in events]}


def draft_of(params: Mapping[str, Any], text: str, now: datetime, habits: Habits, phrases: Phrases) -> Draft:
    """The entry that is to be made, from what was said so far.

    Args:
        params: `title`, `when`, `every` ("lundis"), `time` (said when asked for), `location`, `duration_s`.
        text: the utterance that began it.
        now: aware.
        habits: of the household.
        phrases: for questions back.

    Raises:
        Failure: WHEN_UNKNOWN.
        Question: what is it, when, or at what time.
    """
    title = full_title(word(params, "title"), text, habits.words)
    if not title:
        raise Question("title", phrases.say("ask_title"))
    every = word(params, "every")
    recurrence = read_recurrence(every) if every else None
    when = first_time(word(params, "when"), recurrence)
    if not when:
        raise Question("when", phrases.say("ask_when", title=title))
    length = params.get("duration_s")
    asked = timedelta(seconds=length) if isinstance(length, int | float) and length > 0 else None
    times = times_of(when, now, asked or habits.length)
    if times is None or (every and recurrence is None):
        raise Failure("WHEN_UNKNOWN", "The time of the entry cannot be read.")
    clock = word(params, "time")
    if times.vague and clock and not set(keys_of(phrases.say("all_day_words"))) & set(keys_of(clock)):
        day = times.start.replace(hour=0, minute=0)
        timed = times_of(clock, day, asked or habits.length)
        if timed is None or timed.vague:
            raise Failure("WHEN_UNKNOWN", "The time of the entry cannot be read.")
        times = timed
    elif times.vague and not clock and _needs_clock(title, times, habits):
        raise Question("time", phrases.say("ask_time", title=title))
    repeat = recurrence.repeat if recurrence else None
    start = first_due(times.start, repeat)
    end = start + (times.end - times.start)
    return Draft(capitalised(title), start, end, times.all_day, word(params, "location"), repeat)


def _needs_clock(title: str, times: Times, habits: Habits) -> bool:
    """An appointment has a time of day; holidays, or what lasts several days, have none."""
    keys = keys_of(title)
    appointment = any(keys[: len(kind)] == kind for kind in habits.words.kinds)
    return appointment and times.end - times.start <= timedelta(days=1)
