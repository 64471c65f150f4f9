"""Numbers in French: negative, with decimals, fractions: "moins deux virgule cinq", "trois quarts"."""

from collections.abc import Iterator, Sequence

from hive_mind.language.cardinals import (
    LARGEST,
    LONGEST_DIGITS,
    MANY,
    MILLION,
    NUMBER_WORDS,
    SCALES,
    cardinal,
    read_integer,
    whole_digits,
)
from hive_mind.language.ordinals import read_ordinal
from hive_mind.language.words import key_at

__all__ = [
    "LARGEST",
    "NUMBER_WORDS",
    "cardinal",
    "read_decimal",
    "read_fraction",
    "read_integer",
    "read_number",
]

_MINUS = frozenset({"moins", "negatif", "negative"})
_HALVES = frozenset({"demi", "demie", "demis", "demies"})
_SHARES = {"moitie": 2, "tiers": 3, "quart": 4, "quarts": 4, **dict.fromkeys(_HALVES, 2)}
_ONE = frozenset({"un", "une", "1"})
_COMMAS = frozenset({"virgule", "point"})
_DECIMALS = 30


def read_number(keys: Sequence[str], at: int = 0) -> tuple[float, int] | None:
    """Read any number: "14,5", "moins trois", "deux et demi", "trois quarts", "un million et demi".

    Returns:
        The number and the place after it; None when there is none.
    """
    if key_at(keys, at) in _MINUS:
        read = _positive(keys, at + 1)
        return (-read[0], read[1]) if read is not None else None
    return _positive(keys, at)


def _positive(keys: Sequence[str], at: int) -> tuple[float, int] | None:
    fraction = read_fraction(keys, at)
    number = read_decimal(keys, at)
    if number is None or (fraction is not None and fraction[1] > number[1]):
        return fraction
    value, end = number
    if key_at(keys, end) == "et" and value == int(value):
        more = read_fraction(keys, end + 1)
        if more is None and key_at(keys, end + 1) in _HALVES:
            more = 0.5, end + 2
        if more is not None and more[0] < 1:
            scale = SCALES.get(keys[end - 1], 0)
            return value + more[0] * (scale if scale >= MILLION else 1), more[1]
    return value, end


def read_decimal(keys: Sequence[str], at: int = 0) -> tuple[float, int] | None:
    """Read a positive number that may have decimals: "14,5", "quatorze virgule cinq", "1,5 million".

    Returns:
        The number and the place after it; None when there is none.
    """
    first = key_at(keys, at)
    written = first.replace(",", ".") if whole_digits(first) is None else ""
    whole, _, decimals = written.rpartition(".")
    number = whole_digits(whole)
    if number is not None and decimals.isdecimal() and len(written) <= LONGEST_DIGITS:
        value, end = float(f"{number}.{decimals}"), at + 1
    else:
        read = (0, at) if first == "virgule" else read_integer(keys, at)
        if read is None or key_at(keys, read[1]) not in _COMMAS:
            return read
        said, end = _decimals(keys, read[1] + 1)
        if not said:
            return read if read[1] > at else None
        value = float(f"{read[0]}.{said}")
    scale = SCALES.get(key_at(keys, end), 0)
    return (value * scale, end + 1) if scale > 1000 else (value, end)


def _decimals(keys: Sequence[str], at: int) -> tuple[str, int]:
    """The digits after a comma, and the place after them: "zéro cinq" is 05, "deux quatre" 24."""
    digits, end = "", at
    while len(digits) < _DECIMALS and (key_at(keys, end) in ("zero", "0")):
        digits, end = digits + "0", end + 1
    singles = True
    while singles and len(digits) < _DECIMALS:
        if key_at(keys, end) in ("zero", "0"):
            digits, end = digits + "0", end + 1
            continue
        read = read_integer(keys, end)
        if read is not None and read[0] >= 1000:
            # "un virgule cinq milliard": the scale is for the whole number.
            scaled = next((n for n in range(end, read[1]) if keys[n] in SCALES), read[1])
            read = read_integer(keys[:scaled], end)
        if read is None or (digits.strip("0") and (read[0] > 9 or read[1] > end + 1)):
            break
        digits, end = digits + str(read[0]), read[1]
        singles = read[0] < 10
    return digits, end


def read_fraction(keys: Sequence[str], at: int = 0) -> tuple[float, int] | None:
    """Read a fraction: "un quart", "deux tiers", "trois cinquièmes", "un demi million", "la moitié"."""
    best: tuple[float, int] | None = None
    for top, end in _tops(keys, at):
        for value, after in _bottoms(keys, end):
            # "vingt et un cinquième": without the plural it is one fifth more than twenty.
            mixed = end >= at + 3 and keys[end - 2] == "et" and not keys[after - 1].endswith("s")
            share = top - 1 + 1 / value if mixed else top / value
            if value < MILLION:
                share, after = _of_scale(keys, share, after)
            if best is None or after > best[1]:
                best = share, after
    return best


def _tops(keys: Sequence[str], at: int) -> Iterator[tuple[int, int]]:
    """What may stand above: each number that begins at `at`, or nothing before "quart"."""
    first = key_at(keys, at)
    if first in _SHARES and first not in ("tiers", "quarts"):
        yield 1, at
    if first in ("la", "le"):
        if key_at(keys, at + 1) in _SHARES:
            yield 1, at + 1
    elif first in _ONE:
        yield 1, at + 1
    longest = read_integer(keys, at)
    for end in range(at + 1, longest[1] + 1 if longest is not None else at):
        read = read_integer(keys[:end], at)
        if read is not None and read[1] == end:
            yield read


def _bottoms(keys: Sequence[str], at: int) -> Iterator[tuple[int, int]]:
    """What may stand below: "quart", "cinquièmes", "/ 4"."""
    key = key_at(keys, at)
    if key in _SHARES:
        yield _SHARES[key], at + 1
    elif key == "/":
        below = whole_digits(key_at(keys, at + 1))
        if below:
            yield below, at + 2
    elif (ordinal := read_ordinal(keys, at)) is not None and ordinal[0] > 2:
        yield ordinal
    elif (first := _first_after_tens(keys, at)) is not None:
        yield first


def _first_after_tens(keys: Sequence[str], at: int) -> tuple[int, int] | None:
    """Read "vingt-premières", as some say for "vingt et unièmes"; as an ordinal it is "the first twenty"."""
    tens = read_integer(keys, at)
    if tens is None or not 20 <= tens[0] < 100 or tens[0] % 10:
        return None
    is_first = key_at(keys, tens[1]).removesuffix("s") in ("premier", "premiere")
    return (tens[0] + 1, tens[1] + 1) if is_first else None


def _of_scale(keys: Sequence[str], share: float, at: int) -> tuple[float, int]:
    """Read "un demi million", "un quart de milliard", "une demi douzaine"."""
    end = at + (key_at(keys, at) in ("de", "d"))
    many = MANY.get(key_at(keys, end), 0)
    return (share * many, end + 1) if many >= MILLION or (many and keys[at - 1] == "demi") else (share, at)
