"""Days of the week on which something comes back: "tous les jours de semaine", "chaque lundi"."""

from collections.abc import Sequence

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_EVERY_DAY = tuple(range(7))
_WORKDAYS = tuple(range(5))
_WEEKEND = (5, 6)
_FIXED: dict[str, tuple[int, ...]] = {
    "tous les jours de la semaine": _WORKDAYS,
    "tous les jours de semaine": _WORKDAYS,
    "tous les jours ouvres": _WORKDAYS,
    "tous les jours ouvrables": _WORKDAYS,
    "tous les matins de la semaine": _WORKDAYS,
    "tous les matins de semaine": _WORKDAYS,
    "chaque jour de la semaine": _WORKDAYS,
    "chaque jour de semaine": _WORKDAYS,
    "chaque jour ouvre": _WORKDAYS,
    "les jours de semaine": _WORKDAYS,
    "les jours de la semaine": _WORKDAYS,
    "les jours ouvres": _WORKDAYS,
    "la semaine": _WORKDAYS,
    "en semaine": _WORKDAYS,
    "tous les jours": _EVERY_DAY,
    "tous les jours sans exception": _EVERY_DAY,
    "tous les matins": _EVERY_DAY,
    "tous les soirs": _EVERY_DAY,
    "chaque jour": _EVERY_DAY,
    "chaque matin": _EVERY_DAY,
    "chaque soir": _EVERY_DAY,
    "quotidiennement": _EVERY_DAY,
    "tous les week ends": _WEEKEND,
    "tous les weekends": _WEEKEND,
    "chaque week end": _WEEKEND,
    "chaque weekend": _WEEKEND,
    "le week end": _WEEKEND,
    "le weekend": _WEEKEND,
    "les week ends": _WEEKEND,
    "les weekends": _WEEKEND,
}
_PHRASES = {tuple(said.split()): days for said, days in _FIXED.items()}
_LONGEST = max(map(len, _PHRASES))
_LEADS = (("tous", "les"), ("chaque",), ("les",), ("le",), ())


def read_weekdays(keys: Sequence[str], at: int = 0) -> list[tuple[tuple[int, ...], int]]:
    """Sets of days that start at `at`, as numbers from Monday 0, each with the place after it.

    One weekday by itself ("lundi", "le lundi") is a date and none of these.
    """
    found = [
        (_PHRASES[tuple(keys[at : at + size])], at + size)
        for size in range(min(_LONGEST, len(keys) - at), 0, -1)
        if tuple(keys[at : at + size]) in _PHRASES
    ]
    span = _from_to(keys, at)
    if span is not None:
        found.append(span)
    named = _named(keys, at)
    if named is not None:
        found.append(named)
    return found


def _from_to(keys: Sequence[str], at: int) -> tuple[tuple[int, ...], int] | None:
    """Read "du lundi au vendredi"."""
    words = tuple(keys[at : at + 4])
    if len(words) < 4 or words[0] not in ("du", "de") or words[2] not in ("au", "a"):
        return None
    first, last = _day(words[1]), _day(words[3])
    if first is None or last is None:
        return None
    days = [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return tuple(sorted(days)), at + 4


def _named(keys: Sequence[str], at: int) -> tuple[tuple[int, ...], int] | None:
    """Read "tous les lundis et jeudis", "chaque lundi", "le lundi et le jeudi"."""
    lead = next(lead for lead in _LEADS if tuple(keys[at : at + len(lead)]) == lead)
    place = at + len(lead)
    days: list[int] = []
    plural = lead in (("tous", "les"), ("chaque",), ("les",))
    end = place
    while place < len(keys):
        day = _day(keys[place])
        if day is None:
            break
        plural = plural or keys[place].endswith("s")
        days.append(day)
        end = place = place + 1
        for joint in (("et", "tous", "les"), ("et", "le"), ("et", "les"), ("et",), ("le",), ("les",)):
            if tuple(keys[place : place + len(joint)]) == joint:
                place += len(joint)
                break
    if not days or (len(days) == 1 and not plural):
        return None
    return tuple(sorted(set(days))), end


def _day(key: str) -> int | None:
    bare = key.removesuffix("s")
    return DAYS.index(bare) if bare in DAYS else None
