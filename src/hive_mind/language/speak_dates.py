"""Dates, clock times and telephone numbers of a written text, said in words."""

import re

from hive_mind.language.numbers import cardinal
from hive_mind.language.speak_forms import MONTHS, spoken_time

_ISO = re.compile(
    r"(?<![\d-])(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-])"
)
_SLASHED = re.compile(r"(?<![\d/.,-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d\d)(?![\d/-])")
_DAY_MONTH = re.compile(r"(?<![\d/.,-])(\d\d)/(\d\d)(?![\d/%])")
_CLOCK = re.compile(r"(?<![\d.,:])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?![\d:]|,\d|\.\d)")
_HOURS = re.compile(r"(?<![\d.,])(\d{1,3}) ?[hH](?: ?([0-5]?\d)(?!\d)( ?(?:min|mn|m)\b)?)?(?!\w|'\w)")
_PHONE = re.compile(r"(?<![\d+])(\+\d{2,3}[ .-]?|00\d\d[ .-]?)?(0?\d)((?:[ .-]\d\d){4})(?![\d,])")
_PHONE_SOLID = re.compile(r"(?<!\d)(0\d)(\d\d)(\d\d)(\d\d)(\d\d)(?!\d)")


def say_dates(text: str) -> str:
    """Dates become "6 janvier 2026" (the numbers are said later), hours and telephone numbers words."""
    text = _ISO.sub(_iso, text)
    text = _SLASHED.sub(_slashed, text)
    text = _PHONE.sub(_phone, text)
    text = _PHONE_SOLID.sub(lambda m: ", ".join(say_digits(pair) for pair in m.groups()), text)
    text = _DAY_MONTH.sub(lambda m: _date(int(m[1]), int(m[2]), "") or m[0], text)
    text = _CLOCK.sub(_clock, text)
    return _HOURS.sub(_hours, text)


def say_digits(digits: str) -> str:
    """A group of digits whose zeros in front count: "06" is "zéro six"."""
    zeros = len(digits) - len(digits.lstrip("0"))
    said = ["zéro"] * zeros
    if digits[zeros:]:
        said.append(cardinal(int(digits[zeros:])))
    return " ".join(said)


def _date(day: int, month: int, year: str) -> str | None:
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    full = f"20{year}" if len(year) == 2 else year
    return f"{'1er' if day == 1 else day} {MONTHS[month - 1]}{' ' + full if full else ''}"


def _iso(match: re.Match[str]) -> str:
    date = _date(int(match[3]), int(match[2]), match[1])
    if date is None:
        return match[0]
    hour = f" à {match[4]}:{match[5]}" if match[4] else ""
    return date + hour


def _slashed(match: re.Match[str]) -> str:
    return _date(int(match[1]), int(match[3]), match[4]) or match[0]


def _clock(match: re.Match[str]) -> str:
    said = spoken_time(int(match[1]) % 24, int(match[2]))
    seconds = int(match[3] or 0)
    return f"{said} et {_count(seconds, 'seconde')}" if seconds else said


def _hours(match: re.Match[str]) -> str:
    hours, minutes = int(match[1]), int(match[2] or 0)
    said = _count(hours, "heure")
    if minutes:
        said += f" {_count(minutes, 'minute')}" if match[3] else f" {cardinal(minutes, feminine=True)}"
    return said


def _count(number: int, noun: str) -> str:
    return f"{cardinal(number, feminine=True)} {noun}{'s' if number > 1 else ''}"


def _phone(match: re.Match[str]) -> str:
    prefix = re.sub(r"\D", "", match[1] or "")
    groups = [say_digits(group) for group in (match[2], *re.findall(r"\d\d", match[3]))]
    if prefix:
        groups.insert(0, "plus " + cardinal(int(prefix)))
    return ", ".join(groups)
