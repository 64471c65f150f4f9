"""Cardinal numbers in French: read from words or digits, and spelled.

Reading takes the keys of `words.words_of` and a place; it knows the forms of France, Belgium and
Switzerland ("quatre-vingt-dix", "nonante"), approximations ("une douzaine"), and digits in groups
("1 000 000", "3 millions").
"""

from collections.abc import Sequence

_SMALL = {
    "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
    "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15,
    "seize": 16,
}  # fmt: skip
_TENS = {
    "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "septante": 70, "huitante": 80, "octante": 80, "nonante": 90,
}  # fmt: skip
SCALES = {
    "mille": 1000,
    "milles": 1000,
    "million": 10**6,
    "millions": 10**6,
    "milliard": 10**9,
    "milliards": 10**9,
    "billion": 10**12,
    "billions": 10**12,
    "billiard": 10**15,
    "billiards": 10**15,
    "trillion": 10**18,
    "trillions": 10**18,
    "lakh": 10**5,
    "lakhs": 10**5,
    "crore": 10**7,
    "crores": 10**7,
}
_SCALE_VALUES = frozenset(SCALES.values())
MILLION = 10**6
"""From here on a scale is a noun, and may be halved: "deux millions et demi"."""

_COLLECTIVE = {
    "huitaine": 8, "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30,
    "quarantaine": 40, "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1000,
}  # fmt: skip

MANY = {**SCALES, **_COLLECTIVE, **{f"{word}s": number for word, number in _COLLECTIVE.items()}}
"""What "une dizaine de" multiplies: "milliers", "millions"."""

NUMBER_WORDS = frozenset((*_SMALL, *_TENS, *SCALES, *_COLLECTIVE, "cent", "cents"))
"""Keys of all the words that numbers are made of."""

_HUNDRED = frozenset({"cent", "cents"})

_UNITS = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
)  # fmt: skip
_TENS_SPELLED = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}
_SCALES_SPELLED = ((10**12, "billion"), (10**9, "milliard"), (10**6, "million"))

LONGEST_DIGITS = 15
"""Longest run of digits that is read as one number."""

LARGEST = 10**15 - 1
"""Largest number that `cardinal` spells; beyond it, digits are said one by one."""


def read_integer(keys: Sequence[str], at: int = 0) -> tuple[int, int] | None:
    """Read the longest whole number that starts at `at`.

    A scale multiplies all that is smaller before it: "deux mille trois cents milliards", "mille milliards".

    Returns:
        The number and the place after it; None when there is none.
    """
    total, end, last_scale = 0, at, 10**21
    while True:
        group = _below_thousand(keys, end, last_scale)
        after = end if group is None else group[1]
        scale = SCALES.get(_key(keys, after))
        if scale is not None and scale < last_scale and (group is not None or scale == 1000):
            total += (1 if group is None else group[0]) * scale
            end, last_scale = after + 1, scale
            continue
        if (higher := _scale_on_top(keys, end, group, last_scale)) and 0 < total <= LARGEST:
            scale, after = higher
            lower = total % scale if scale > last_scale else total
            total += (lower + (0 if group is None else group[0])) * scale - lower
            end, last_scale = after, scale
            continue
        if group is not None and (end == at or 0 < group[0] < last_scale):
            total, end = total + group[0], after
        break
    if last_scale == 1000 and _key(keys, end) == "et" and _key(keys, end + 1) in ("un", "une"):
        return total + 1, end + 2
    collective = _COLLECTIVE.get(_key(keys, end).removesuffix("s"))
    if collective is None:
        return (total, end) if end > at else None
    total, end = (total or 1) * collective, end + 1
    while _key(keys, end) in ("de", "d") and (of := MANY.get(_key(keys, end + 1))):
        total, end = total * of, end + 2
    return total, end


def _scale_on_top(
    keys: Sequence[str], at: int, group: tuple[int, int] | None, last_scale: int
) -> tuple[int, int] | None:
    """A scale that multiplies what stands before it, and the place after it.

    Args:
        keys: of the text.
        at: after the number so far.
        group: 0 to 999 that is read there, if there is.
        last_scale: the number ended with it.
    """
    if group is not None:
        after = group[1] if last_scale == 1000 and group[0] else len(keys)
    else:
        after = at + (last_scale in _SCALE_VALUES and _key(keys, at) == "de")
    scale = SCALES.get(_key(keys, after), 0)
    return (scale, after + 1) if scale > 1000 else None


def _key(keys: Sequence[str], at: int) -> str:
    """The key at a place; empty past the end."""
    return keys[at] if at < len(keys) else ""


def whole_digits(key: str) -> int | None:
    """A whole number in digits, with points between thousands or none."""
    if not key or len(key) > LONGEST_DIGITS + 5:
        return None
    head, *groups = key.split(".")
    grouped = len(head) <= 3 and all(len(group) == 3 for group in groups)
    digits = head + "".join(groups)
    if (grouped or not groups) and digits.isdecimal() and len(digits) <= LONGEST_DIGITS:
        return int(digits)
    return None


def _below_thousand(keys: Sequence[str], at: int, limit: int) -> tuple[int, int] | None:
    """Read 0 to 999 in words, more where hundreds stay below `limit` ("dix-neuf cent"), or any digits."""
    key = _key(keys, at)
    if (number := whole_digits(key)) is not None:
        end = at + 1
        if len(key) <= 3 and key[0] != "0":
            while (group := _key(keys, end)).isdecimal() and len(group) == 3 and number < 10**9:
                number, end = number * 1000 + int(group), end + 1
        return _times_hundred(keys, number, end) if number < 1000 else (number, end)
    if key == "zero":
        rest = _below_hundred(keys, at + 1)
        return rest if rest is not None and 0 < rest[0] < 10 else (0, at + 1)
    hundreds, end = 0, at
    if key in _HUNDRED:
        hundreds, end = 100, at + 1
    elif (head := _below_hundred(keys, at)) is not None and _key(keys, head[1]) in _HUNDRED:
        if not (1 < head[0] < 10 or (head[0] > 10 and head[0] * 100 < limit)):
            return head
        hundreds, end = head[0] * 100, head[1] + 1
    rest = _below_hundred(keys, end)
    if rest is not None and (not hundreds or rest[0]):
        return hundreds + rest[0], rest[1]
    return (hundreds, end) if hundreds else None


def _times_hundred(keys: Sequence[str], number: int, at: int) -> tuple[int, int]:
    """Hundreds whose count is in digits: "3 cent un"."""
    if number < 2 or _key(keys, at) not in _HUNDRED:
        return number, at
    rest = _below_hundred(keys, at + 1)
    return (number * 100 + rest[0], rest[1]) if rest is not None and rest[0] else (number * 100, at + 1)


def _below_hundred(keys: Sequence[str], at: int) -> tuple[int, int] | None:
    if _key(keys, at) == "quatre" and _key(keys, at + 1) in ("vingt", "vingts"):
        return _after_tens(keys, at + 2, 80, 19)
    if (tens := _TENS.get(_key(keys, at))) is not None:
        return _after_tens(keys, at + 1, tens, 19 if tens == 60 else 9)
    return _below_twenty(keys, at)


def _after_tens(keys: Sequence[str], at: int, tens: int, most: int) -> tuple[int, int]:
    """What may follow "vingt" or "soixante": "et un", "deux", "dix-sept"; only up to `most`."""
    small = _SMALL.get(_key(keys, at + 1), 0)
    linked = _key(keys, at) == "et" and (small in (1, 10, 11) or (tens == 60 and small > 9))
    start = at + 1 if linked else at
    unit = _below_twenty(keys, start)
    if unit is None and len(digit := _key(keys, start)) == 1 and digit.isdecimal():
        unit = int(digit), start + 1
    return (tens + unit[0], unit[1]) if unit is not None and 0 < unit[0] <= most else (tens, at)


def _below_twenty(keys: Sequence[str], at: int) -> tuple[int, int] | None:
    small = _SMALL.get(_key(keys, at))
    if small is None:
        return None
    unit = _SMALL.get(_key(keys, at + 1), 0) if small == 10 else 0
    return (10 + unit, at + 2) if 7 <= unit <= 9 else (small, at + 1)


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
