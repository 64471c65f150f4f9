"""What somebody says about entries, made into times, titles and questions back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hive_mind.language.moments import read_moment
from hive_mind.language.spoken import moment_text
from hive_mind.server.plugins.failure import Failure
from hive_mind.server.plugins.phrases import Phrases

from .backend import Backend
from .choice import chosen
from .event import Event
from .planning import span_of
from .reading import MOST_TOLD, one_text
from .titles import Vocabulary, meant

Result = dict[str, Any]

AHEAD = timedelta(days=366)
"""How far one looks for an entry that is known by its name alone."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How this household keeps its calendar.

    Attributes:
        words: that titles are made of.
        length: of an entry for which only a beginning was said.
    """

    words: Vocabulary
    length: timedelta


class Question(Exception):
    """Something must be asked back before going on.

    Args:
        slot: that the answer fills.
        text: the question, in French.
    """

    def __init__(self, slot: str, text: str) -> None:
        super().__init__(slot)
        self.slot = slot
        self.text = text

    def result(self) -> Result:
        """What `execute` answers for it."""
        return {"success": False, "ask": {"slot": self.slot, "question": self.text}}


def word(params: Mapping[str, Any], name: str) -> str:
    """A parameter that is words; empty when it is missing."""
    return str(params.get(name) or "").strip()


def span(words: str, now: datetime, habits: Habits) -> tuple[datetime, datetime, str]:
    """The stretch that words mean, and how it is said.

    Raises:
        Failure: WHEN_UNKNOWN.
    """
    found, moment = span_of(words, now, habits.length), read_moment(words, now)
    if found is None or moment is None:
        raise Failure("WHEN_UNKNOWN", "The time asked for cannot be read.")
    return *found, moment_text(moment, now)


async def the_one(
    params: Mapping[str, Any], backend: Backend, habits: Habits, phrases: Phrases, now: datetime
) -> Event:
    """The entry that is meant by `title`, `when` and `which`.

    Raises:
        Failure: EVENT_UNKNOWN, WHEN_UNKNOWN; or as `Backend`.
        Question: several may be meant.
    """
    title, when = word(params, "title"), word(params, "when")
    if not title and not when:
        raise Question("title", phrases.say("ask_which_title"))
    start, end = (now, now + AHEAD) if not when else span(when, now, habits)[:2]
    events = [e for e in await backend.between(start, end) if not when or e.start >= start or e.all_day]
    found = meant(title, events, habits.words)
    if which := word(params, "which"):
        found = chosen(which, found, now, habits.words)
    if not found:
        raise Failure("EVENT_UNKNOWN", "No entry of the calendar is meant.")
    found = _next_of_series(found)
    if len(found) > 1:
        raise Question("which", which_text(found, now, phrases))
    return found[0]


def which_text(found: Sequence[Event], now: datetime, phrases: Phrases) -> str:
    """The question which of several entries is meant."""
    told = [one_text(event, now, phrases) for event in found[:MOST_TOLD]]
    return phrases.say("ask_which", count=len(found), events=phrases.listed(told))


def _next_of_series(found: list[Event]) -> list[Event]:
    """Of entries that are all the same series, the next one is meant."""
    same = {(event.title, event.start.time()) for event in found}
    return found[:1] if len(same) == 1 and all(event.recurring for event in found) else found
