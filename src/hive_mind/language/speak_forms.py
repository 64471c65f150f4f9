"""Times, dates, ordinals, decimals and temperatures as they are written in replies and as they are spoken."""

from datetime import date

from hive_mind.language.numbers import cardinal

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
)  # fmt: skip

_NAMED = {0: "minuit", 12: "midi"}


def time_text(hour: int, minute: int) -> str:
    """Write a clock time: "14h30", "9h05", "14h", "midi"."""
    if minute == 0 and hour in _NAMED:
        return _NAMED[hour]
    return f"{hour}h{minute:02d}" if minute else f"{hour}h"


def spoken_time(hour: int, minute: int) -> str:
    """Say a clock time: "quatorze heures trente", "midi", "vingt et une heures", "zéro heure cinq"."""
    if minute == 0 and hour in _NAMED:
        return _NAMED[hour]
    said = f"{cardinal(hour, feminine=True)} heure{'s' if hour > 1 else ''}"
    return f"{said} {cardinal(minute, feminine=True)}" if minute else said


def date_text(day: date) -> str:
    """Write a date: "mardi 6 janvier 2026", "vendredi 1er mai 2026"."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{DAYS[day.weekday()]} {number} {MONTHS[day.month - 1]} {day.year}"


def spoken_date(day: date) -> str:
    """Say a date: "mardi six janvier deux mille vingt-six"."""
    number = "premier" if day.day == 1 else cardinal(day.day)
    return f"{DAYS[day.weekday()]} {number} {MONTHS[day.month - 1]} {cardinal(day.year)}"


def ordinal(number: int, *, feminine: bool = False) -> str:
    """Spell an ordinal: "premier", "première", "deuxième", "vingt et unième", "quatre-vingtième"."""
    if number == 1:
        return "première" if feminine else "premier"
    spelled = cardinal(number)
    for ending, changed in (
        ("cinq", "cinquième"), ("neuf", "neuvième"), ("quatre-vingts", "quatre-vingtième"),
        ("cents", "centième"),
        ("millions", "millionième"), ("milliards", "milliardième"),
    ):  # fmt: skip
        if spelled.endswith(ending):
            return spelled.removesuffix(ending) + changed
    return spelled.removesuffix("e") + "ième"


def spoken_decimal(whole: str, decimals: str) -> str:
    """Say a number with decimals: "quatorze virgule cinq", "deux virgule zéro cinq".

    Args:
        whole: digits before the comma.
        decimals: digits after it; up to three are read as a number after their zeros, more one by one.
    """
    head = cardinal(int(whole or "0"))
    tail = decimals.rstrip("0")
    if not tail:
        return head
    zeros = len(tail) - len(tail.lstrip("0"))
    said = ["zéro"] * zeros
    rest = tail[zeros:]
    said += [cardinal(int(rest))] if len(rest) <= 3 else [cardinal(int(digit)) for digit in rest]
    return f"{head} virgule {' '.join(said)}"


def spoken_temperature(degrees: float) -> str:
    """Say a temperature: "huit degrés", "moins un degré", "quatorze virgule cinq degrés"."""
    whole, _, decimals = f"{abs(round(degrees, 1)):g}".partition(".")
    sign = "moins " if degrees < 0 and (whole != "0" or decimals) else ""
    return f"{sign}{spoken_decimal(whole, decimals)} degré{'s' if abs(degrees) >= 2 else ''}"


def temperature_text(degrees: float) -> str:
    """Write a temperature: "8 degrés", "-1 degré", "14,5 degrés"."""
    rounded = round(degrees, 1) + 0.0
    written = f"{rounded:g}".replace(".", ",")
    return f"{written} degré{'s' if abs(rounded) >= 2 else ''}"
