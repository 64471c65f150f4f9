"""Sums in words, read and worked out: "douze fois treize", "la racine carrée de 144"."""

import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files

from hive_mind.errors import UnderstandingError
from hive_mind.language.numbers import read_number
from hive_mind.language.words import keys_of

_Phrases = Mapping[tuple[str, ...], str]
_LINKS = frozenset({"et", "par", "de", "a", "avec"})
_PRODUCTS = "*/%"
_LARGEST_POWER = 1000
_MOST_DIGITS = 400


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a sum that has been worked out."""

    value: Fraction
    end: int
    percent: bool = False
    operations: int = 0


def read_sum(keys: Sequence[str], at: int = 0) -> tuple[Fraction, int] | None:
    """Read the longest sum that starts at `at`; a number alone is none.

    Returns:
        Its result and the place after it; None when there is no sum.

    Raises:
        UnderstandingError: code DIVISION_BY_ZERO or NUMBER_TOO_LARGE: a sum without a result.
    """
    part = _Reader(keys, _tables()).total(at)
    return (part.value, part.end) if part is not None and part.operations else None


def evaluate(text: str) -> Fraction | None:
    """The result of a text that is a sum from beginning to end.

    Raises:
        UnderstandingError: see `read_sum`.
    """
    keys = keys_of(text)
    found = read_sum(keys)
    return found[0] if found is not None and found[1] == len(keys) else None


class _Reader:
    """Reads products before additions, and so on, as one does at school."""

    def __init__(self, keys: Sequence[str], tables: Mapping[str, _Phrases]) -> None:
        self._keys = keys
        self._between = tables["between"]
        self._after = tables["after"]
        self._before = tables["before"]
        self._pairs = tables["pairs"]

    def total(self, at: int) -> _Part | None:
        return self._chain(at, self._product, "+-")

    def _product(self, at: int) -> _Part | None:
        return self._chain(at, self._power, _PRODUCTS)

    def _power(self, at: int) -> _Part | None:
        return self._chain(at, self._single, "^")

    def _chain(self, at: int, inner: Callable[[int], _Part | None], signs: str) -> _Part | None:
        left = inner(at)
        while left is not None:
            sign, after = self._phrase(self._between, left.end)
            if not sign or sign not in signs:
                break
            right = inner(after)
            if right is None:
                break
            value = right.value
            if right.percent and sign in "+-":
                value = value * left.value
            left = _Part(
                _apply(sign, left.value, value), right.end, False, left.operations + right.operations + 1
            )
        return left

    def _single(self, at: int) -> _Part | None:
        found = self._pair(at) or self._shared(at) or self._number(at)
        while found is not None:
            doing, end = self._phrase(self._after, found.end)
            if not doing:
                break
            if doing == "percent":
                whole = self._single(end + 1) if self._at(end) in ("de", "d") else None
                if whole is not None:
                    found = _Part(found.value / 100 * whole.value, whole.end, False, found.operations + 1)
                else:
                    found = _Part(found.value / 100, end, True, found.operations)
            else:
                found = _Part(_do(doing, found.value), end, False, found.operations + 1)
        return found

    def _number(self, at: int) -> _Part | None:
        minus = self._at(at) == "moins"
        read = read_number(self._keys, at + minus)
        if read is None:
            return None
        value = Fraction(str(read[0]))
        return _Part(-value if minus else value, read[1])

    def _shared(self, at: int) -> _Part | None:
        """Read "la moitié de …", "la racine carrée de …"."""
        doing, after = self._phrase(self._before, at)
        inner = self._single(after) if doing else None
        if inner is None:
            return None
        return _Part(_do(doing, inner.value), inner.end, False, inner.operations + 1)

    def _pair(self, at: int) -> _Part | None:
        """Read "la somme de … et …"."""
        sign, after = self._phrase(self._pairs, at)
        left = self._single(after) if sign else None
        if left is None or self._at(left.end) not in _LINKS:
            return None
        right = self._single(left.end + 1)
        if right is None:
            return None
        if sign == "from":
            sign, left, right = "-", right, replace(left, end=right.end)
        return _Part(_apply(sign, left.value, right.value), right.end, False, 1)

    def _at(self, place: int) -> str:
        return self._keys[place] if place < len(self._keys) else ""

    def _phrase(self, phrases: _Phrases, at: int) -> tuple[str, int]:
        """The meaning of the longest phrase at a place and the place after it; an empty one when none is."""
        for size in range(min(5, len(self._keys) - at), 0, -1):
            meaning = phrases.get(tuple(self._keys[at : at + size]))
            if meaning:
                return meaning, at + size
        return "", at


def _apply(sign: str, left: Fraction, right: Fraction) -> Fraction:
    if sign in "/%" and right == 0:
        raise UnderstandingError("The sum divides by zero.", code="DIVISION_BY_ZERO")
    if sign == "^":
        return _raised(left, right)
    result = {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
        "%": lambda: left % right,
    }[sign]()
    return _bounded(result)


def _raised(base: Fraction, exponent: Fraction) -> Fraction:
    if base == 0 and exponent < 0:
        raise UnderstandingError("The sum divides by zero.", code="DIVISION_BY_ZERO")
    size = abs(exponent) * len(str(max(abs(base.numerator), base.denominator)))
    if abs(exponent) > _LARGEST_POWER or size > _MOST_DIGITS or (base < 0 and exponent.denominator != 1):
        raise UnderstandingError("The power is too large to work out.", code="NUMBER_TOO_LARGE")
    if exponent.denominator == 1:
        return _bounded(base ** int(exponent))
    return Fraction(float(base) ** float(exponent)).limit_denominator(10**9)


def _do(doing: str, value: Fraction) -> Fraction:
    if doing == "square":
        return _bounded(value * value)
    if doing == "cube":
        return _bounded(value**3)
    if doing == "root":
        return _root(value)
    return value * Fraction(doing)


def _root(value: Fraction) -> Fraction:
    if value < 0:
        raise UnderstandingError("A negative number has no square root.", code="ROOT_OF_NEGATIVE")
    exact = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
    return exact if exact * exact == value else Fraction(math.sqrt(value)).limit_denominator(10**9)


def _bounded(value: Fraction) -> Fraction:
    if abs(value.numerator) > 10**_MOST_DIGITS or value.denominator > 10**_MOST_DIGITS:
        raise UnderstandingError("The result is too large to say.", code="NUMBER_TOO_LARGE")
    return value


@lru_cache(maxsize=4)
def _tables(language: str = "fr") -> dict[str, _Phrases]:
    text = (files("hive_mind.understanding") / "data" / language / "sums.toml").read_text("utf-8")
    return {
        name: {tuple(said.split()): meaning for said, meaning in table.items()}
        for name, table in tomllib.loads(text).items()
    }
