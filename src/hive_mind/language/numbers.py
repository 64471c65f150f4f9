"""Cardinal numbers in French: read from words or digits, and spelled.

Reading takes the keys of `words.words_of` and a place; it knows France's, Belgium's and Switzerland's forms
("quatre-vingt-dix", "nonante"), approximations ("une douzaine"), and digits in groups ("1 000 000", "3 millions").
"""

from collections.abc import Sequence

_SMALL = {
    "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8,
    "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
}  # fmt: skip
_TENS = {
    "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "septante": 70, "huitante": 80, "octante": 80, "nonante": 90,
}  # fmt: skip
_SCALES = {"mille": 1000, "million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9}
_COLLECTIVE = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
    "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1000,
}  # fmt: skip

_UNITS = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
)  # fmt: skip
_TENS_SPELLED = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}
_SCALES_SPELLED = ((10**12, "billion"), (10**9, "milliard"), (10**6, "million"))

LARGEST = 10**15 - 1
"""Largest number that `cardinal` spells; beyond it, digits are said one by one."""


def read_integer(keys: Sequence[str], at: int = 0) -> tuple[int, int] | None:
    """Read the longest whole number that starts at `at`.

    Returns:
        The number and the place after it; None when there is none.
    """
    total, end, last_scale = 0, at, 10**12
    while True:
        group = _below_thousand(keys, end)
        after = end if group is None else group[1]
        scale = _SCALES.get(keys[after]) if after < len(keys) else None
        if scale is not None and scale < last_scale and (group is not None or scale == 1000):
            total += (1 if group is None else group[0]) * scale
            end, last_scale = after + 1, scale
            continue
        if group is not None and (end == at or (group[0] < last_scale and group[0] > 0)):
            total, end = total + group[0], after
        break
    if end > at:
        return total, end
    return _collective(keys, at)


def read_number(keys: Sequence[str], at: int = 0) -> tuple[float, int] | None:
    """Read a number that may have decimals: "14,5", "quatorze virgule cinq", "deux et demi".

    Returns:
        The number and the place after it; None when there is none.
    """
    if at < len(keys) and "," in keys[at] and keys[at].count(",") == 1:
        whole, _, decimals = keys[at].partition(",")
        scale = _SCALES.get(keys[at + 1]) if at + 1 < len(keys) else None
        value = float(f"{whole.replace('.', '')}.{decimals}")
        return (value * scale, at + 2) if scale else (value, at + 1)
    whole_read = read_integer(keys, at)
    if whole_read is None:
        return None
    number, end = whole_read
    if end + 1 < len(keys) and keys[end] in ("virgule", "point"):
        zeros = 0
        while end + 1 + zeros < len(keys) and keys[end + 1 + zeros] in ("zero", "0"):
            zeros += 1
        decimals_read = read_integer(keys, end + 1 + zeros)
        if decimals_read is not None or zeros:
            digits = "0" * zeros + (str(decimals_read[0]) if decimals_read else "")
            return float(f"{number}.{digits}"), decimals_read[1] if decimals_read else end + 1 + zeros
    return number, end


def _digits(key: str) -> int | None:
    """A whole number in digits, with points between thousands or none."""
    if key.isdecimal() and len(key) <= 15:
        return int(key)
    head, *groups = key.split(".")
    if (
        groups
        and 0 < len(head) <= 3
        and all(len(g) == 3 and g.isdecimal() for g in groups)
        and head.isdecimal()
    ):
        return int(head + "".join(groups)) if len(groups) <= 4 else None
    return None


def _below_thousand(keys: Sequence[str], at: int) -> tuple[int, int] | None:
    """Read 0 to 999 in words, or any number in digits, its groups of three apart or not."""
    if at >= len(keys):
        return None
    if keys[at][0].isdigit():
        number = _digits(keys[at])
        if number is None:
            return None
        end = at + 1
        if len(keys[at]) <= 3 and keys[at][0] != "0":
            while end < len(keys) and len(keys[end]) == 3 and keys[end].isdecimal() and number < 10**9:
                number, end = number * 1000 + int(keys[end]), end + 1
        return number, end
    hundreds, end = 0, at
    if keys[at] in ("cent", "cents"):
        hundreds, end = 100, at + 1
    elif (unit := _SMALL.get(keys[at], 0)) in range(2, 10) and keys[at + 1 : at + 2] in (["cent"], ["cents"]):
        hundreds, end = unit * 100, at + 2
    rest = _below_hundred(keys, end)
    if rest is not None and (not hundreds or rest[0]):
        return hundreds + rest[0], rest[1]
    return (hundreds, end) if hundreds else None


def _below_hundred(keys: Sequence[str], at: int) -> tuple[int, int] | None:
    if at >= len(keys):
        return None
    follows = keys[at + 1] if at + 1 < len(keys) else ""
    if keys[at] == "quatre" and follows in ("vingt", "vingts"):
        return _after_tens(keys, at + 2, 80, 19)
    if (tens := _TENS.get(keys[at])) is not None:
        return _after_tens(keys, at + 1, tens, 19 if tens == 60 else 9)
    return _below_twenty(keys, at)


def _after_tens(keys: Sequence[str], at: int, tens: int, most: int) -> tuple[int, int]:
    """What may follow "vingt" or "soixante": "et un", "deux", "dix-sept"; only up to `most`."""
    start = (
        at + 1
        if keys[at : at + 1] == ["et"] and _SMALL.get("".join(keys[at + 1 : at + 2])) in (1, 11)
        else at
    )
    unit = _below_twenty(keys, start)
    if unit is not None and 0 < unit[0] <= most:
        return tens + unit[0], unit[1]
    if unit is not None and most < 10 <= unit[0]:
        short = _SMALL.get(keys[start])
        if short is not None and 0 < short <= most:
            return tens + short, start + 1
    return tens, at


def _below_twenty(keys: Sequence[str], at: int) -> tuple[int, int] | None:
    small = _SMALL.get(keys[at]) if at < len(keys) else None
    if small is None:
        return None
    if small == 10 and at + 1 < len(keys) and (unit := _SMALL.get(keys[at + 1])) in (7, 8, 9):
        assert unit is not None
        return 10 + unit, at + 2
    return small, at + 1


def _collective(keys: Sequence[str], at: int) -> tuple[int, int] | None:
    """ "douzaine", "quinzaine": a round number, with or without "une" before it (read by the caller)."""
    if at < len(keys) and (value := _COLLECTIVE.get(keys[at].removesuffix("s"))) is not None:
        return value, at + 1
    return None


def cardinal(number: int, *, feminine: bool = False) -> str:
    """Spell a whole number: 21 is "vingt et un", or "vingt et une" before a feminine noun.

    Beyond `LARGEST` the digits are spelled one by one.
    """
    if number < 0:
        return "moins " + cardinal(-number, feminine=feminine)
    if number > LARGEST:
        return " ".join(_UNITS[int(digit)] for digit in str(number))
    if number == 0:
        return _UNITS[0]
    parts: list[str] = []
    for scale, name in _SCALES_SPELLED:
        count, number = divmod(number, scale)
        if count:
            parts.append(f"{_spell_below_thousand(count)} {name}{'s' if count > 1 else ''}")
    thousands, number = divmod(number, 1000)
    if thousands:
        parts.append(
            "mille" if thousands == 1 else f"{_spell_below_thousand(thousands, invariable=True)} mille"
        )
    if number:
        parts.append(_spell_below_thousand(number))
    spelled = " ".join(parts)
    return spelled + "e" if feminine and number % 10 == 1 and number % 100 not in (11, 71, 91) else spelled


def _spell_below_thousand(number: int, *, invariable: bool = False) -> str:
    """Spell 1 to 999; "cents" and "quatre-vingts" lose their s before "mille" (`invariable`)."""
    hundreds, rest = divmod(number, 100)
    plural = "" if rest or invariable or hundreds < 2 else "s"
    words = [] if not hundreds else [("" if hundreds == 1 else _UNITS[hundreds] + " ") + "cent" + plural]
    if rest:
        words.append(_spell_below_hundred(rest, invariable=invariable))
    return " ".join(words)


def _spell_below_hundred(number: int, *, invariable: bool) -> str:
    if number < 20:
        return _UNITS[number]
    tens, unit = divmod(number, 10)
    if tens in (7, 9):
        tens, unit = tens - 1, unit + 10
    if tens == 8:
        if unit == 0:
            return "quatre-vingt" if invariable else "quatre-vingts"
        return f"quatre-vingt-{_UNITS[unit]}"
    base = _TENS_SPELLED[tens * 10]
    if unit == 0:
        return base
    return f"{base} et {_UNITS[unit]}" if unit in (1, 11) else f"{base}-{_UNITS[unit]}"
