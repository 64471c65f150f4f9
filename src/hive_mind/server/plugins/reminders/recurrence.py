"""Reading how often a reminder comes back: "jours", "lundis", "matins", "semaine". Pure."""

from dataclasses import dataclass

from hive_mind.language.spoken import DAYS
from hive_mind.language.words import fold

from .reminder import Repeat

_TIMES = {"matin": "8h", "midi": "midi", "apres midi": "14h", "soir": "19h", "nuit": "22h"}


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
