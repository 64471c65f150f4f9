"""How often something comes back: "jours", "lundis", "matins", "semaine". Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from hive_mind.language.spoken import DAYS, time_text
from hive_mind.language.words import fold
from hive_mind.server.plugins.phrases import Phrases

Repeat: TypeAlias = Literal["daily", "weekdays", "weekends", "weekly"]
"""`weekdays` is Monday to Friday."""

_TIMES = {"matin": "8h", "apres midi": "14h", "midi": "midi", "soir": "19h", "nuit": "22h"}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often, and the first time of it in words that a moment is read from.

    Attributes:
        repeat: how often.
        day: "lundi" for what comes back on Mondays; else empty.
        time: "8h" for what comes back in the morning; else empty.
    """

    repeat: Repeat
    day: str = ""
    time: str = ""


def read_recurrence(words: str) -> Recurrence | None:
    """Read what follows "tous les", "toutes les" or "chaque"; None when it is nothing of the kind."""
    text = " ".join(fold(words).replace("-", " ").split())
    for prefix in ("tous les ", "toutes les ", "chaque ", "les "):
        text = text.removeprefix(prefix)
    if text in ("jours de la semaine", "jours de semaine", "jours ouvres", "jour de semaine", "jour ouvre"):
        return Recurrence("weekdays")
    if text in ("week ends", "week end", "weekends", "weekend"):
        return Recurrence("weekends")
    time = ""
    for name, at in _TIMES.items():
        for form in (f"{name}s", name):
            if text.endswith(form):
                text, time = text.removesuffix(form).strip(), at
                break
    single = text.removesuffix("s")
    if single in ("jour", "") and (single or time):
        return Recurrence("daily", time=time)
    if single in DAYS:
        return Recurrence("weekly", day=single, time=time)
    return Recurrence("weekly", time=time) if single == "semaine" else None


def first_time(when: str, recurrence: Recurrence | None) -> str:
    """The words that the first time is read from.

    Args:
        when: what was said of the time itself ("à 20 h"); may be empty.
        recurrence: how often; None: once.
    """
    if recurrence is None:
        return when
    return " ".join(part for part in (recurrence.day, when or recurrence.time) if part)


def falls_on(at: datetime, repeat: Repeat) -> bool:
    """Whether something that comes back may fall on that day."""
    weekend = at.weekday() >= 5
    return repeat in ("daily", "weekly") or weekend == (repeat == "weekends")


def first_due(due: datetime, repeat: Repeat | None) -> datetime:
    """The first day on which something that comes back may fall, from `due` on, at the same time of day."""
    while repeat is not None and not falls_on(due, repeat):
        due = datetime.combine(due.date() + timedelta(days=1), due.time(), due.tzinfo)
    return due


def repeat_text(repeat: Repeat, first: datetime, phrases: Phrases) -> str:
    """How often, as it is said: "tous les lundis à 20h"; from the pieces `every_…`."""
    day, time = DAYS[first.weekday()], time_text(first.hour, first.minute)
    return phrases.say(f"every_{repeat}", day=day, time=time)
