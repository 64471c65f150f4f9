"""Units of measurement, from a table in `data/fr/units.toml`: read in words, and converted."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from hive_mind.errors import UnderstandingError
from hive_mind.language.durations import read_durations
from hive_mind.language.numbers import read_number
from hive_mind.language.words import keys_of

_LONGEST_NAME = 4
_HALF = frozenset({"demi", "demie"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit.

    Attributes:
        key: its name in the table.
        dimension: what it measures; only units of one dimension convert into each other.
        factor: base units in one of it.
        offset: base units at its zero.
        one: its name in French.
        many: the plural.
        feminine: "une livre".
    """

    key: str
    dimension: str
    factor: float
    offset: float
    one: str
    many: str
    feminine: bool


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many of a unit.

    Attributes:
        value: how many.
        unit: key of the unit.
        end: the place after its last word.
    """

    value: float
    unit: str
    end: int


def unit(key: str) -> Unit:
    """A unit by its key.

    Raises:
        UnderstandingError: there is none.
    """
    found = _units().get(key)
    if found is None:
        raise UnderstandingError(f"There is no unit {key!r}.")
    return found


def convert(value: float, source: Unit, target: Unit) -> float:
    """The same quantity in another unit.

    Raises:
        UnderstandingError: code UNITS_DIFFER: they measure different things.
    """
    if source.dimension != target.dimension:
        raise UnderstandingError(
            f"{source.key} and {target.key} measure different things.", code="UNITS_DIFFER"
        )
    return (value * source.factor + source.offset - target.offset) / target.factor


def read_unit(keys: Sequence[str], at: int = 0) -> tuple[str, int] | None:
    """The unit with the longest name that starts at `at`, and the place after it."""
    names = _names()
    for size in range(min(_LONGEST_NAME, len(keys) - at), 0, -1):
        key = names.get(tuple(keys[at : at + size]))
        if key is not None:
            return key, at + size
    return None


def read_quantities(keys: Sequence[str], at: int = 0) -> list[Quantity]:
    """Quantities that start at `at`: "trois miles", "un demi litre", "moins 40 degrés"."""
    minus = at < len(keys) and keys[at] == "moins"
    found: list[Quantity] = []
    number = read_number(keys, at + minus)
    value, end = (float(number[0]), number[1]) if number else (1.0, at + minus)
    half = end < len(keys) and keys[end] in _HALF
    end += half
    measured = read_unit(keys, end) if number or half else None
    if measured is not None:
        key, after = measured
        value = value * 0.5 if half and value == 1 else value + 0.5 * half
        if tuple(keys[after : after + 2]) in (("et", "demi"), ("et", "demie")):
            found.append(Quantity(-value - 0.5 if minus else value + 0.5, key, after + 2))
        found.append(Quantity(-value if minus else value, key, after))
    if not minus:
        found += [
            Quantity(read.seconds, "second", read.end)
            for read in read_durations(keys, at)
            if all(read.end != known.end for known in found)
        ]
    return found


@lru_cache(maxsize=4)
def _table(language: str = "fr") -> Mapping[str, Mapping[str, object]]:
    text = (files("hive_mind.understanding") / "data" / language / "units.toml").read_text("utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=4)
def _units(language: str = "fr") -> dict[str, Unit]:
    return {
        key: Unit(
            key,
            str(row["dimension"]),
            float(str(row["factor"])),
            float(str(row.get("offset", 0))),
            str(row["one"]),
            str(row["many"]),
            bool(row.get("feminine")),
        )
        for key, row in _table(language).items()
    }


@lru_cache(maxsize=4)
def _names(language: str = "fr") -> dict[tuple[str, ...], str]:
    names: dict[tuple[str, ...], str] = {}
    for key, row in _table(language).items():
        others = row.get("names", [])
        for name in (row["one"], row["many"], *(others if isinstance(others, list) else [])):
            names.setdefault(keys_of(str(name)), key)
    return names
