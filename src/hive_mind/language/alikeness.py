"""How far apart two runs of sounds are (see `pronunciation`): a weighted edit distance.

A vowel for a near vowel costs little, a consonant for a vowel much; a mute e or a consonant of liaison may
come and go. A whole sound that is missing costs about 0.8, so a word of two syllables weighs about 3.
"""

from itertools import accumulate

from hive_mind.language.pronunciation import LATENT

_VOWELS = frozenset("aE3iouy120@e")
_NEAR_PAIRS = (
    (0.1, ("eE", "e@")),
    (0.35, ("E@", "Ei", "E3", "E1", "3@", "3e", "30", "yi", "y3")),
    (0.35, ("yw", "uo", "uy", "uw", "iJ", "o0", "a2", "20", "21")),
    (0.4, ("pb", "td", "kg", "fv", "sz", "SZ", "mn", "nN", "sS", "zZ", "bv", "wv")),
)  # fmt: skip
_NEAR = {pair: cost for cost, pairs in _NEAR_PAIRS for pair in pairs}
_MANNERS = ("pbtdkg", "fvszSZ", "mnN", "lrJw")
_SAME_MANNER, _OTHER_CONSONANT, _OTHER_VOWEL, _OTHER_KIND = 0.6, 0.85, 0.65, 1.2
_MISSING = {"@": 0.15, "e": 0.3, "r": 0.6, "l": 0.6, "J": 0.5, "w": 0.5, **dict.fromkeys(LATENT, 0.04)}
HEAVIEST = 0.8
"""The most that a sound which is missing costs."""


def missing(sound: str) -> float:
    """Cost of a sound that is there and should not be, or the reverse."""
    return _MISSING.get(sound, HEAVIEST)


def weight(sounds: str) -> float:
    """Cost of losing all of them; what distances are measured against."""
    return sum(map(missing, sounds))


def replaced(one: str, other: str) -> float:
    """Cost of one sound in the place of another."""
    if one == other:
        return 0.0
    for latent, sound in ((one, other), (other, one)):
        if latent in LATENT:
            return 0.02 if sound in LATENT[latent] else _OTHER_KIND
    near = _NEAR.get(one + other, _NEAR.get(other + one))
    if near is not None:
        return near
    if (one in _VOWELS) != (other in _VOWELS):
        return _OTHER_KIND
    if one in _VOWELS:
        return _OTHER_VOWEL
    return _SAME_MANNER if any(one in m and other in m for m in _MANNERS) else _OTHER_CONSONANT


SIGNS = "aE3iouy120@ewJpbtdkgfvszSZmnNlr" + "".join(LATENT)
_COSTS = {one: {other: replaced(one, other) for other in SIGNS} for one in SIGNS}


def distance(one: str, other: str) -> float:
    """The cost of making one of the other, as a share of the heavier: 0 for the same sounds, 1 at most."""
    whole = max(weight(one), weight(other))
    return min(1.0, cost(one, other) / whole) if whole else 0.0


def cost(one: str, other: str) -> float:
    """The cost of making one of the other; a consonant for a near one is about 0.4."""
    row = _row(other)
    for mine in one:
        _next(row, mine, other, row[0] + missing(mine))
    return row[-1]


def nearest(sounds: str, wanted: str) -> float:
    """The least cost of making the wanted ones of any run of the sounds (Sellers 1980)."""
    row = _row(wanted)
    least = row[-1]
    for mine in sounds:
        _next(row, mine, wanted, 0.0)
        least = min(least, row[-1])
    return least


def _row(other: str) -> list[float]:
    return [0.0, *accumulate(map(missing, other))]


def _next(row: list[float], mine: str, other: str, first: float) -> None:
    """What beginnings of the other cost, once one more sound was made of them."""
    lost, before, costs = missing(mine), row[0], _COSTS[mine]
    row[0] = first
    for at, theirs in enumerate(other, 1):
        above = row[at]
        row[at] = min(before + costs[theirs], above + lost, row[at - 1] + missing(theirs))
        before = above
