"""Roman numerals, as kings and centuries wear them."""

import re

_VALUES = (("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1))
_CANONICAL = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")


def from_roman(text: str) -> int | None:
    """The value of a canonical numeral of I, V and X (1 to 39); None for anything else."""
    if not text or not _CANONICAL.fullmatch(text):
        return None
    total, rest = 0, text
    for letters, value in _VALUES:
        while rest.startswith(letters):
            total, rest = total + value, rest[len(letters) :]
    return total
