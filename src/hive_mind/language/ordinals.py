"""Ordinals in words or figures: "premier", "vingt et unième", "155e", "2nde"."""

from collections.abc import Sequence

from hive_mind.language.cardinals import read_integer
from hive_mind.language.words import key_at

_FIRSTS = {
    "premier": 1, "premiere": 1, "premiers": 1, "premieres": 1, "second": 2, "seconde": 2, "seconds": 2,
    "secondes": 2, "1er": 1, "1ere": 1,
}  # fmt: skip
_MARKS = frozenset({
    "e", "es", "er", "ers", "ere", "eres", "re", "res", "eme", "emes", "ieme", "iemes", "nd", "nde", "nds",
    "ndes",
})  # fmt: skip
_STEMS = {
    "un": "un", "cinqu": "cinq", "neuv": "neuf", "quatr": "quatre", "onz": "onze", "douz": "douze",
    "treiz": "treize", "quatorz": "quatorze", "quinz": "quinze", "seiz": "seize", "trent": "trente",
    "quarant": "quarante", "cinquant": "cinquante", "soixant": "soixante", "septant": "septante",
    "huitant": "huitante", "octant": "octante", "nonant": "nonante", "mill": "mille", "milliard": "milliard",
}  # fmt: skip
_LONGEST, _LONGEST_DIGITS = 40, 15


def read_ordinal(keys: Sequence[str], at: int = 0) -> tuple[int, int] | None:
    """Read the longest ordinal that starts at `at`.

    Returns:
        Its number and the place after it; None when there is none.
    """
    if at >= len(keys):
        return None
    if keys[at] in _FIRSTS:
        return _FIRSTS[keys[at]], at + 1
    if (
        keys[at].isdecimal()
        and len(keys[at]) <= _LONGEST_DIGITS
        and at + 1 < len(keys)
        and keys[at + 1] in _MARKS
    ):
        return int(keys[at]), at + 2
    tens = read_integer(keys, at)
    if (
        tens is not None
        and tens[0] >= 20
        and tens[0] % 10 == 0
        and key_at(keys, tens[1]) in ("second", "seconde")
    ):
        return tens[0] + 2, tens[1] + 1
    for end in range(at, min(len(keys), at + _LONGEST)):
        cardinal = cardinal_of(keys[end])
        if cardinal is None:
            if read_integer(keys[at : end + 1], 0) is None and keys[end] != "et":
                return None
            continue
        whole = [*keys[at:end], cardinal] if end > at or cardinal not in _SCALES else ["un", cardinal]
        read = read_integer(whole, 0)
        return (read[0], end + 1) if read is not None and read[1] == len(whole) else None
    return None


def cardinal_of(key: str) -> str | None:
    """The cardinal of which a word is the ordinal: "cinquieme" is of "cinq"; None for any other word."""
    stem = key.removesuffix("s").removesuffix("ieme")
    if stem == key.removesuffix("s"):
        return None
    known = _STEMS.get(stem, stem)
    return known if read_integer([known], 0) is not None or known in _SCALES else None


_SCALES = frozenset({"million", "milliard", "billion", "billiard", "trillion"})
