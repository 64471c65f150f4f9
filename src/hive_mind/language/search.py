"""Times, durations and numbers somewhere in a sentence: the longest of a kind, the first of equals."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from hive_mind.language.durations import read_durations
from hive_mind.language.moments import Moment, moments_in, resolve
from hive_mind.language.numbers import read_fraction, read_integer, read_number
from hive_mind.language.ordinals import read_ordinal
from hive_mind.language.time_tokens import tokens_of
from hive_mind.language.words import key_at
from hive_mind.language.written_numbers import written_number

_JOINTS = frozenset({"/", ":", "-"})
_MINUS = re.compile(r"\s*[-−]\s?(?=[\d.,])")
_ROOM = {
    **dict.fromkeys(("vingt", "trente", "quarante", "cinquante", "septante", "huitante", "nonante"), 10),
    **dict.fromkeys(("soixante", "vingts"), 20),
    **dict.fromkeys(("cent", "cents"), 100),
    "mille": 1000,
}
"""Word of a round number: what may still be added to it is less than that."""
_WISHES = frozenset({"bon", "bonne", "bons", "bonnes", "joyeux", "joyeuse"})


def find_moment(text: str, now: datetime) -> Moment | None:
    """The time expression of a sentence; None when there is none.

    Words that as often mean something else ("le 2", "mars") count only when they are the whole text.
    """
    keys = tokens_of(text)
    best: tuple[int, Moment] | None = None
    at = 0
    while at < len(keys):
        read = _moment_at(keys, at, now)
        if read is None:
            at += 1
            continue
        moment, end = read
        if moment is not None and (best is None or end - at > best[0]):
            best = (end - at, moment)
        at = max(end, at + 1)
    return best[1] if best else None


def _moment_at(keys: tuple[str, ...], at: int, now: datetime) -> tuple[Moment | None, int] | None:
    """The longest moment at a place; None in it when what stands around makes it something else."""
    size = len(keys)
    whole = [read for read in moments_in(keys, at) if not read.weak or (at == 0 and read.end == size)]
    if not whole:
        return None
    longest = max(found.end for found in whole)
    around = {*keys[max(0, at - 1) : at], *keys[longest : longest + 1]}
    if around & _JOINTS or set(keys[max(0, at - 1) : at]) & _WISHES:
        return None, longest
    for found in sorted(whole, key=lambda found: -found.end):
        if found.end == longest and (moment := resolve(found, now)) is not None:
            return moment, longest
    return None, longest


def find_duration(text: str) -> float | None:
    """The duration of a sentence, in seconds; None when there is none."""
    keys = tuple(key for key in tokens_of(text) if key not in _JOINTS)

    def read(keys: Sequence[str], at: int) -> tuple[float, int] | None:
        return next(((found.seconds, found.end) for found in read_durations(keys, at)), None)

    return _longest(keys, read)


def find_number(text: str) -> float | None:
    """The number of a sentence; None when there is none."""
    written = written_number(text)
    if written is not None:
        return written
    if (minus := _MINUS.match(text)) is not None:
        below = find_number(text[minus.end() :])
        return None if below is None else -below
    keys = _joined(tokens_of(text))
    found = _longest(keys, _read_ratio)
    return found if found is not None else _longest(keys, read_ordinal)


def _joined(keys: Sequence[str]) -> list[str]:
    """Without the "et" inside a number: "vingt et trois", "cent et un"; not "vingt et trois quarts"."""
    kept: list[str] = []
    for at, key in enumerate(keys):
        if key == "et" and kept and (room := _ROOM.get(kept[-1])):
            more, share = read_integer(keys, at + 1), read_fraction(keys, at + 1)
            if more is not None and 0 < more[0] < room and not (share is not None and share[0] < 1):
                continue
        kept.append(key)
    return kept


def _read_ratio(keys: Sequence[str], at: int) -> tuple[float, int] | None:
    """A number, or "trois sur quatre" and "un bol et demi" where nothing but a number is asked for."""
    read = read_number(keys, at)
    if read is None:
        return None
    value, end = read
    if key_at(keys, end) == "sur" and (below := read_number(keys, end + 1)) is not None and below[0]:
        return value / below[0], below[1]
    if key_at(keys, end + 1) == "et" and value == int(value):
        half = end + 2 + (key_at(keys, end + 2) in ("un", "une"))
        if key_at(keys, half) in ("demi", "demie"):
            return value + 0.5, half + 1
    return value, end


def find_ordinal(text: str) -> int | None:
    """The ordinal of a sentence ("la troisième fois"): its number; None when there is none."""
    found = _longest(tokens_of(text), read_ordinal)
    return None if found is None else int(found)


def _longest(
    keys: Sequence[str], read: Callable[[Sequence[str], int], tuple[float, int] | None]
) -> float | None:
    best: tuple[int, float] | None = None
    at = 0
    while at < len(keys):
        found = read(keys, at)
        if found is None:
            at += 1
            continue
        value, end = found
        if best is None or end - at > best[0]:
            best = (end - at, value)
        at = end
    return best[1] if best else None
