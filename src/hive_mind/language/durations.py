"""Durations in French: "une heure et demie", "1h30", "dix minutes trente", "trois quarts d'heure"; and back."""

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
}  # fmt: skip
_LETTERS = frozenset({"s", "m", "h", "j"})
_SMALLER = {_HOUR: _MINUTE, _MINUTE: 1}
_AROUND = frozenset({"de", "d", "pendant", "pour", "environ", "dans", "en", "durant"})


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

    Words such as "pendant" and "environ" in front are allowed.
    """
    keys = keys_of(text)
    at = 0
    while at < len(keys) and keys[at] in _AROUND:
        at += 1
    return next((read.seconds for read in read_durations(keys, at) if read.end == len(keys)), None)


def read_durations(keys: Sequence[str], at: int = 0) -> list[DurationRead]:
    """Every duration that starts at `at`, the longest first: in "deux minutes trente", 150 s and 120 s."""
    found: list[DurationRead] = []
    total, end, unit = 0.0, at, 8 * _DAY
    while (part := _part(keys, end, unit)) is not None:
        total, end, unit = total + part[0], part[1], part[2]
        found.append(DurationRead(total, end, extendable=unit == _HOUR))
        for seconds, after in _tails(keys, end, unit):
            found.append(DurationRead(total + seconds, after, extendable=False))
        if keys[end : end + 1] in (["et"], ("et",)) and _part(keys, end + 1, unit) is not None:
            end += 1
    return sorted(found, key=lambda read: -read.end)


def may_begin_duration(keys: Sequence[str], at: int) -> bool:
    """Whether the words from `at` to the end could be the beginning of a duration ("dix", "un quart d'")."""
    rest = tuple(keys[at:])
    if not rest:
        return False
    if rest in (("un", "quart"), ("un", "quart", "d"), ("trois", "quarts"), ("trois", "quarts", "d")):
        return True
    if rest in (("demi",), ("une", "demi")):
        return True
    for read in read_durations(keys, at):
        if rest[read.end - at :] in (("et",), ("trois",), ("et", "trois"), ("moins",), ("moins", "le")):
            return True
        tail = read.end + (rest[read.end - at :][:1] == ("et",))
        number = read_integer(keys, tail)
        if number is not None and number[1] == len(keys):
            return True
    number = read_integer(keys, at)
    return number is not None and number[1] == len(keys)


def _part(keys: Sequence[str], at: int, below: int) -> tuple[float, int, int] | None:
    """One amount with its unit, smaller than the unit before: seconds, place after, unit."""
    for phrase, seconds in _FRACTIONS:
        if tuple(keys[at : at + len(phrase)]) == phrase and below > _HOUR:
            return seconds, at + len(phrase), _MINUTE
    number = read_number(keys, at)
    if number is None:
        return None
    value, end = number
    if keys[end : end + 1] and keys[end] == "de" and keys[end - 1].removesuffix("s").endswith("aine"):
        end += 1
    if keys[end - 1] in ("un", "une") and (collective := read_integer(keys, end)) is not None:
        value, end = float(collective[0]), collective[1]
        end += keys[end : end + 1] in (["de"], ("de",))
    if end >= len(keys) or (unit := _UNITS.get(keys[end])) is None or unit >= below:
        return None
    if keys[end] in _LETTERS and not keys[end - 1][0].isdigit():
        return None
    return value * unit, end + 1, unit


def _tails(keys: Sequence[str], at: int, unit: int) -> list[tuple[float, int]]:
    """What may follow a unit without one of its own: "et demie", "trente", "moins le quart"."""
    tails = [
        (share * unit, at + len(phrase))
        for phrase, share in _SHARES
        if tuple(keys[at : at + len(phrase)]) == phrase
    ]
    smaller = _SMALLER.get(unit)
    if smaller is not None:
        number = read_integer(keys, at)
        if number is not None and 0 < number[0] < 60 and not _followed_by_unit(keys, number[1]):
            tails.append((float(number[0] * smaller), number[1]))
    return tails


def _followed_by_unit(keys: Sequence[str], at: int) -> bool:
    return at < len(keys) and keys[at] in _UNITS


_FRACTIONS: tuple[tuple[tuple[str, ...], float], ...] = (
    (("une", "demi", "heure"), 1800), (("une", "demie", "heure"), 1800), (("demi", "heure"), 1800),
    (("demie", "heure"), 1800), (("un", "quart", "d", "heure"), 900), (("1", "quart", "d", "heure"), 900),
    (("trois", "quarts", "d", "heure"), 2700), (("3", "quarts", "d", "heure"), 2700),
    (("trois", "quart", "d", "heure"), 2700), (("quart", "d", "heure"), 900),
    (("une", "demi", "minute"), 30), (("une", "demie", "minute"), 30), (("demi", "minute"), 30),
    (("1", "demi", "heure"), 1800), (("une", "demi", "journee"), 43200),
)  # fmt: skip
_SHARES: tuple[tuple[tuple[str, ...], float], ...] = (
    (("et", "demie"), 0.5), (("et", "demi"), 0.5), (("et", "quart"), 0.25), (("et", "un", "quart"), 0.25),
    (("un", "quart"), 0.25), (("trois", "quarts"), 0.75), (("trois", "quart"), 0.75),
    (("et", "trois", "quarts"), 0.75), (("3", "quarts"), 0.75), (("moins", "le", "quart"), -0.25),
    (("moins", "quart"), -0.25), (("moins", "un", "quart"), -0.25),
)  # fmt: skip


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
