"""Durations: "une heure et demie", "1h30", "dix minutes trente", "trois quarts d'heure"; and back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hive_mind.language.numbers import cardinal, read_integer, read_number
from hive_mind.language.words import keys_of

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_UNITS = {
    "seconde": 1, "secondes": 1, "sec": 1, "secs": 1, "s": 1,
    "minute": _MINUTE, "minutes": _MINUTE, "min": _MINUTE, "mins": _MINUTE, "mn": _MINUTE, "m": _MINUTE,
    "heure": _HOUR, "heures": _HOUR, "h": _HOUR,
    "jour": _DAY, "jours": _DAY, "j": _DAY, "journee": _DAY, "journees": _DAY,
    "semaine": 7 * _DAY, "semaines": 7 * _DAY,
    "mois": 30 * _DAY, "an": 365 * _DAY, "ans": 365 * _DAY, "annee": 365 * _DAY, "annees": 365 * _DAY,
}  # fmt: skip
UNIT_WORDS = frozenset(key for key in _UNITS if len(key) > 3)
"""Keys of the units in full."""

_LETTERS = frozenset({"s", "m", "h", "j"})
_BEYOND = 366 * _DAY
_SMALLER = {_HOUR: _MINUTE, _MINUTE: 1}
_AROUND = frozenset(
    {"de", "d", "pendant", "pour", "environ", "dans", "en", "durant", "exactement", "presque"}
)


@dataclass(frozen=True, slots=True)
class DurationRead:
    """A duration found in words.

    Attributes:
        seconds: how long.
        end: the place after its last word.
        extendable: people often go on after such an end ("une heure … et demie").
    """

    seconds: float
    end: int
    extendable: bool


def parse_duration(text: str) -> float | None:
    """The duration that a whole text says, in seconds; None when it says something else or nothing.

    Words such as "pendant" and "environ" in front are allowed. A month counts 30 days, a year 365.
    """
    keys = keys_of(text)
    at = 0
    while at < len(keys) and keys[at] in _AROUND:
        at += 1
    return next((read.seconds for read in read_durations(keys, at) if read.end == len(keys)), None)


def read_durations(keys: Sequence[str], at: int = 0) -> list[DurationRead]:
    """Every duration that starts at `at`, the longest first: in "deux minutes trente", 150 s and 120 s."""
    found: list[DurationRead] = []
    total, end, unit = 0.0, at, _BEYOND
    while (part := _part(keys, end, unit)) is not None:
        total, end, unit = total + part[0], part[1], part[2]
        found.append(DurationRead(total, end, extendable=unit == _HOUR))
        found += [
            DurationRead(total + tail[0], tail[1], extendable=False) for tail in _tails(keys, end, unit)
        ]
        end += _is(keys, end, "et")
    return sorted(found, key=lambda read: -read.end)


def may_begin_duration(keys: Sequence[str], at: int) -> bool:
    """Whether the words from `at` to the end could be the beginning of a duration ("dix", "un quart d'")."""
    rest = tuple(keys[at:])
    if not rest:
        return False
    ends = {at, *(read.end for read in read_durations(keys, at))}
    for end in ends:
        left = rest[end - at :]
        phrases = (*_FRACTIONS, *(_SHARES if end > at else ()))
        if left and any(phrase[: len(left)] == left and phrase != left for phrase in phrases):
            return True
        number = read_number(keys, end + _is(keys, end, "et"))
        if number is not None and number[1] == len(keys):
            return True
    return False


def _is(keys: Sequence[str], at: int, key: str) -> bool:
    return at < len(keys) and keys[at] == key


def _part(keys: Sequence[str], at: int, below: int) -> tuple[float, int, int] | None:
    """One amount with its unit, smaller than the unit before: seconds, place after, unit."""
    for phrase, (seconds, unit) in _FRACTIONS.items():
        if unit < below and tuple(keys[at : at + len(phrase)]) == phrase:
            return seconds, at + len(phrase), unit
    number = read_number(keys, at)
    if number is None:
        return None
    value, end = number
    if _is(keys, end, "de") and keys[end - 1].removesuffix("s").endswith("aine"):
        end += 1
    size = _UNITS.get(keys[end]) if end < len(keys) else None
    if size is None or size >= below or (keys[end] in _LETTERS and not keys[end - 1][0].isdigit()):
        return None
    return value * size, end + 1, size


def _tails(keys: Sequence[str], at: int, unit: int) -> list[tuple[float, int]]:
    """What may follow a unit without one of its own: "et demie", "trente", "moins le quart"."""
    tails = [
        (share * unit, at + len(phrase))
        for phrase, share in _SHARES.items()
        if tuple(keys[at : at + len(phrase)]) == phrase
    ]
    smaller = _SMALLER.get(unit)
    number = read_integer(keys, at) if smaller is not None else None
    if smaller is not None and number is not None and 0 < number[0] < 60:
        value, end = number
        if end >= len(keys) or keys[end] not in _UNITS:
            tails.append((float(value * smaller), end))
    return tails


_QUARTER, _HALF, _THREE_QUARTERS = 900.0, 1800.0, 2700.0
_FRACTIONS: dict[tuple[str, ...], tuple[float, int]] = {
    ("une", "demi", "heure"): (_HALF, _MINUTE),
    ("une", "demie", "heure"): (_HALF, _MINUTE),
    ("1", "demi", "heure"): (_HALF, _MINUTE),
    ("1", "2", "heure"): (_HALF, _MINUTE),
    ("demi", "heure"): (_HALF, _MINUTE),
    ("demie", "heure"): (_HALF, _MINUTE),
    ("un", "quart", "d", "heure"): (_QUARTER, _MINUTE),
    ("1", "quart", "d", "heure"): (_QUARTER, _MINUTE),
    ("1", "4", "d", "heure"): (_QUARTER, _MINUTE),
    ("quart", "d", "heure"): (_QUARTER, _MINUTE),
    ("1", "4", "h"): (_QUARTER, _MINUTE),
    ("3", "4", "h"): (_THREE_QUARTERS, _MINUTE),
    ("1", "2", "h"): (_HALF, _MINUTE),
    ("trois", "quarts", "d", "heure"): (_THREE_QUARTERS, _MINUTE),
    ("trois", "quart", "d", "heure"): (_THREE_QUARTERS, _MINUTE),
    ("3", "quarts", "d", "heure"): (_THREE_QUARTERS, _MINUTE),
    ("3", "quart", "d", "heure"): (_THREE_QUARTERS, _MINUTE),
    ("3", "4", "d", "heure"): (_THREE_QUARTERS, _MINUTE),
    ("une", "demi", "minute"): (30.0, 1),
    ("une", "demie", "minute"): (30.0, 1),
    ("demi", "minute"): (30.0, 1),
    ("une", "demi", "journee"): (43200.0, _HOUR),
    ("une", "demie", "journee"): (43200.0, _HOUR),
}
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
