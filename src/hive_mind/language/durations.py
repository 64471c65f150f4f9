"""Durations: "une heure et demie", "1h30", "dix minutes trente", "trois quarts d'heure"; and back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hive_mind.language.numbers import cardinal, read_decimal, read_integer
from hive_mind.language.wall import Grain
from hive_mind.language.words import keys_of

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SIZES: dict[Grain, int] = {
    "second": 1, "minute": _MINUTE, "hour": _HOUR, "day": _DAY, "week": 7 * _DAY, "month": 30 * _DAY,
    "quarter": 91 * _DAY, "year": 365 * _DAY,
}  # fmt: skip
_UNITS: dict[str, Grain] = {
    "seconde": "second", "secondes": "second", "sec": "second", "secs": "second", "s": "second",
    "minute": "minute", "minutes": "minute", "min": "minute", "mins": "minute", "mn": "minute", "m": "minute",
    "heure": "hour", "heures": "hour", "h": "hour",
    "jour": "day", "jours": "day", "j": "day", "journee": "day", "journees": "day", "nuit": "day",
    "nuits": "day",
    "semaine": "week", "semaines": "week", "mois": "month", "trimestre": "quarter", "trimestres": "quarter",
    "an": "year", "ans": "year", "annee": "year", "annees": "year",
}  # fmt: skip
UNIT_KEYS = frozenset(_UNITS)
"""Keys of the units, abbreviations too."""

UNIT_WORDS = frozenset(key for key in _UNITS if len(key) > 3)
"""Keys of the units in full."""

_LONG: dict[str, int] = {"decennie": 10, "decennies": 10, "siecle": 100, "siecles": 100, "millenaire": 1000}
"""Units of so many years."""

_SPELLS = frozenset({"quinzaine", "huitaine", "quinzaines"})
"""Numbers of days that need not say so: "dans une quinzaine"."""

_LETTERS = frozenset({"s", "m", "h", "j"})
_SMALLER: dict[Grain, Grain] = {"hour": "minute", "minute": "second"}
_AROUND = frozenset({
    "de", "d", "pendant", "pour", "environ", "dans", "en", "durant", "exactement", "presque", "encore",
    "apres", "depuis", "une", "duree", "a", "peu", "pres", "moins", "plus",
})  # fmt: skip
_ONE = frozenset({"un", "une", "1"})
_HALF = frozenset({"demi", "demie", "demis", "demies"})
_FULL = frozenset({"entier", "entiere", "entiers", "entieres", "complet", "complete", "plein", "pleine"})
_SLASHED = {("1", "2"): 0.5, ("1", "4"): 0.25, ("3", "4"): 0.75, ("1", "3"): 1 / 3, ("2", "3"): 2 / 3}
_FEW = 3


@dataclass(frozen=True, slots=True)
class DurationRead:
    """A duration found in words.

    Attributes:
        seconds: how long; a month counts 30 days, a year 365.
        end: the place after its last word.
        extendable: people often go on after such an end ("une heure … et demie").
        parts: amounts of each unit, as they were said, for who counts in calendar months and years.
    """

    seconds: float
    end: int
    extendable: bool
    parts: tuple[tuple[float, Grain], ...] = ()


def parse_duration(text: str) -> float | None:
    """The duration that a whole text says, in seconds; None when it says something else or nothing.

    Words such as "pendant" and "environ" in front are allowed. A month counts 30 days, a year 365.
    """
    keys = keys_of(text)
    for at in range(len(keys)):
        if at and keys[at - 1] not in _AROUND:
            return None
        for read in read_durations(keys, at):
            if read.end == len(keys):
                return read.seconds
    return None


def read_durations(keys: Sequence[str], at: int = 0) -> list[DurationRead]:
    """Every duration that starts at `at`, the longest first: in "deux minutes trente", 150 s and 120 s."""
    found: list[DurationRead] = []
    parts: tuple[tuple[float, Grain], ...] = ()
    end, linked = at, False
    while (part := _part(keys, end)) is not None:
        amount, end, unit = part
        said = {grain for _, grain in parts}
        if (unit in said and amount >= 1) or (
            not linked and any(_SIZES[unit] > _SIZES[grain] for grain in said)
        ):
            break
        parts = (*parts, (amount, unit))
        found.append(_read(parts, end, extendable=unit == "hour"))
        for extra, grain, after in _tails(keys, end, unit):
            found.append(_read((*parts, (extra, grain)), after, extendable=False))
        linked = _is(keys, end, "et")
        end += linked
    return sorted((read for read in found if read.seconds >= 0), key=lambda read: -read.end)


def _read(parts: tuple[tuple[float, Grain], ...], end: int, *, extendable: bool) -> DurationRead:
    return DurationRead(sum(amount * _SIZES[unit] for amount, unit in parts), end, extendable, parts)


def may_begin_duration(keys: Sequence[str], at: int) -> bool:
    """Whether the words from `at` to the end could be the beginning of a duration ("dix", "un quart d'")."""
    rest = tuple(keys[at:])
    if not rest:
        return False
    ends = {at, *(read.end for read in read_durations(keys, at))}
    for end in ends:
        left = rest[end - at :]
        phrases = (*_OPENINGS, *(_SHARES if end > at else ()))
        if left and any(phrase[: len(left)] == left and phrase != left for phrase in phrases):
            return True
        number = read_decimal(keys, end + _is(keys, end, "et"))
        if number is not None and number[1] == len(keys):
            return True
    return False


def _is(keys: Sequence[str], at: int, *allowed: str) -> bool:
    return at < len(keys) and keys[at] in allowed


def _part(keys: Sequence[str], at: int) -> tuple[float, int, Grain] | None:
    """One amount with its unit: amount, place after, unit."""
    for value, end in _amounts(keys, at):
        unit = _UNITS.get(keys[end]) if end < len(keys) else None
        if end < len(keys) and keys[end] in _LONG:
            return value * _LONG[keys[end]], end + 1, "year"
        if unit is None and keys[end - 1] in _SPELLS and not _is(keys, end, "de", "d"):
            return value, end, "day"
        if unit is None or (keys[end] in _LETTERS and not keys[end - 1][:1].isdigit()):
            continue
        if _is(keys, end + 1, *_FULL):
            end += 1
        return value, end + 1, unit
    return None


def _amounts(keys: Sequence[str], at: int) -> Iterator[tuple[float, int]]:
    """Numbers before a unit, in all the ways to say them: value, place of the unit."""
    if _is(keys, at, "toute", "tout") and _is(keys, at + 1, "la", "le", "l"):
        yield 1.0, at + 2
    if _is(keys, at, "quelques"):
        yield float(_FEW), at + 1
    one = at + _is(keys, at, *_ONE)
    if _is(keys, one, *_HALF):
        yield 0.5, one + 1
    if _is(keys, one, "quart") and _is(keys, one + 1, "d", "de"):
        yield 0.25, one + 2
    if _is(keys, at, "trois", "3") and _is(keys, at + 1, "quart", "quarts") and _is(keys, at + 2, "d", "de"):
        yield 0.75, at + 3
    slash = _is(keys, at + 1, "/")
    if at + 1 + slash < len(keys) and (share := _SLASHED.get((keys[at], keys[at + 1 + slash]))) is not None:
        yield share, at + 2 + slash + _is(keys, at + 2 + slash, "d", "de")
    if _is(keys, one, *_FULL) or (one > at and _is(keys, one, "autre", "bonne", "bon", "petite", "petit")):
        yield 1.0, one + 1
    number = read_decimal(keys, at)
    if number is None:
        return
    value, end = number
    yield value, end
    if _is(keys, end, "de") and keys[end - 1].removesuffix("s").endswith("aine"):
        yield value, end + 1
    if _is(keys, end, "et") and _is(keys, end + 1, *_HALF):
        yield value + 0.5, end + 2
    if _is(keys, end, "bonnes", "petites", "autres", "longues"):
        yield value, end + 1
    if _is(keys, end, "et") and value in (20, 30, 40, 50, 60):
        unit = read_integer(keys, end + 1)
        if unit is not None and 0 < unit[0] < 10:
            yield value + unit[0], unit[1]


def _tails(keys: Sequence[str], at: int, unit: Grain) -> Iterator[tuple[float, Grain, int]]:
    """What may follow a unit without one of its own: "et demie", "trente", "moins le quart"."""
    for phrase, share in _SHARES.items():
        end = at + len(phrase)
        if tuple(keys[at:end]) == phrase and not (_is(keys, end, "d", "de") and _is(keys, end + 1, *_UNITS)):
            yield share, unit, end
    smaller = _SMALLER.get(unit)
    sign = -1 if _is(keys, at, "moins") else 1
    number = read_integer(keys, at + (sign < 0)) if smaller is not None else None
    if smaller is not None and number is not None and 0 < number[0] < 60:
        value, end = number
        if end >= len(keys) or keys[end] not in _UNITS:
            yield float(sign * value), smaller, end
        elif sign < 0 and _UNITS[keys[end]] == smaller:
            yield float(-value), smaller, end + 1


_OPENINGS: tuple[tuple[str, ...], ...] = (
    ("un", "quart", "d", "heure"),
    ("un", "quart", "de", "minute"),
    ("trois", "quarts", "d", "heure"),
    ("une", "demi", "heure"),
    ("une", "demie", "heure"),
    ("une", "demi", "minute"),
    ("une", "demi", "journee"),
    ("demi", "heure"),
    ("quart", "d", "heure"),
    ("1", "quart", "d", "heure"),
    ("3", "quarts", "d", "heure"),
    ("1", "2", "heure"),
    ("1", "4", "d", "heure"),
    ("3", "4", "d", "heure"),
)
_SHARES: dict[tuple[str, ...], float] = {
    ("et", "demie"): 0.5,
    ("et", "demi"): 0.5,
    ("1", "2"): 0.5,
    ("et", "quart"): 0.25,
    ("et", "un", "quart"): 0.25,
    ("un", "quart"): 0.25,
    ("trois", "quarts"): 0.75,
    ("trois", "quart"): 0.75,
    ("3", "quarts"): 0.75,
    ("et", "trois", "quarts"): 0.75,
    ("moins", "le", "quart"): -0.25,
    ("moins", "un", "quart"): -0.25,
    ("moins", "quart"): -0.25,
}


def duration_text(seconds: float) -> str:
    """Write a duration with digits and whole units: "2 minutes 34 secondes"; below a second, "0 seconde"."""
    return _render(seconds, lambda n: str(n))


def spoken_duration(seconds: float) -> str:
    """Say a duration: "deux minutes trente-quatre secondes", "une heure", "vingt et une secondes"."""
    return _render(seconds, lambda n: cardinal(n, feminine=True))


def _render(seconds: float, number: Callable[[int], str]) -> str:
    rest = max(0, int(seconds))
    parts: list[str] = []
    for unit, name in ((_DAY, "jour"), (_HOUR, "heure"), (_MINUTE, "minute"), (1, "seconde")):
        count, rest = divmod(rest, unit)
        if count or (unit == 1 and not parts):
            said = cardinal(count) if unit == _DAY and not number(count).isdecimal() else number(count)
            parts.append(f"{said} {name}{'s' if count > 1 else ''}")
    return " ".join(parts)
