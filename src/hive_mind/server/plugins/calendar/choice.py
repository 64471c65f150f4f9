"""Which of several entries somebody means: "le deuxième", "celui de 15 h", "le dentiste". Pure."""

from collections.abc import Sequence
from datetime import datetime

from hive_mind.language.moments import read_moment
from hive_mind.language.spoken import ordinal
from hive_mind.language.words import fold, keys_of

from .event import Event
from .planning import span_of
from .titles import Vocabulary, meant


def chosen(words: str, events: Sequence[Event], now: datetime, vocabulary: Vocabulary) -> list[Event]:
    """Those that an answer to "which one?" may mean; best exactly one."""
    keys = keys_of(words)
    for number, event in enumerate(events, 1):
        names = {fold(ordinal(number)), fold(ordinal(number, feminine=True))}
        names |= (
            {"second", "seconde"}
            if number == 2
            else {"dernier", "derniere"}
            if number == len(events)
            else set()
        )
        if names & set(keys):
            return [event]
    for at in range(len(keys)):
        text = " ".join(keys[at:])
        if read_moment(text, now) is None:
            continue
        found = _at(text, events, now)
        if found:
            return found
    return meant(words, events, vocabulary)


def _at(words: str, events: Sequence[Event], now: datetime) -> list[Event]:
    """Those that begin then, on any day if only a time was said."""
    moment = read_moment(words, now)
    span = span_of(words, now, now - now)
    if moment is None or span is None:
        return []
    if moment.grain in ("minute", "hour", "second") and moment.end is None:
        same_clock = [e for e in events if e.start.time() == moment.start.time() and not e.all_day]
        return [e for e in same_clock if e.start == moment.start] or same_clock
    return [e for e in events if span[0] <= e.start < span[1]]
