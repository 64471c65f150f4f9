"""How far apart two runs of sounds are (see `pronunciation`): a weighted edit distance.

A vowel for a near vowel costs little, a consonant for a vowel much; a mute e or a consonant of liaison may
come and go. A whole sound that is missing costs about 0.8, so a word of two syllables weighs about 3.
"""

from functools import lru_cache

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
_MISSING_OTHER = 0.8
_ENDS_WITHIN = 0.8
"""Places where a word may end are worth following when they cost at most so much more than the best one."""


def missing(sound: str) -> float:
    """Cost of a sound that is there and should not be, or the reverse."""
    return _MISSING.get(sound, _MISSING_OTHER)


def weight(sounds: str) -> float:
    """Cost of losing all of them; what distances are measured against."""
    return sum(map(missing, sounds))


def _replaced(one: str, other: str) -> float:
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


_SIGNS = "aE3iouy120@ewJpbtdkgfvszSZmnNlr" + "".join(LATENT)
_COSTS = {one: {other: _replaced(one, other) for other in _SIGNS} for one in _SIGNS}


def distance(one: str, other: str) -> float:
    """The cost of making one of the other, as a share of the heavier: 0 for the same sounds, 1 at most."""
    whole = max(weight(one), weight(other))
    return min(1.0, cost(one, other) / whole) if whole else 0.0


def cost(one: str, other: str) -> float:
    """The cost of making one of the other; a consonant for a near one is about 0.4."""
    return _rows(one, other, float("inf"))[-1]


@lru_cache(maxsize=65536)
def endings(word: str, heard: str, most: float) -> tuple[tuple[int, float], ...]:
    """Where a word that begins with `heard` may end, and what it costs to take the sounds so far for it.

    Args:
        word: sounds of the word.
        heard: sounds from the place where it begins; a few more than the word has are enough.
        most: costs over this are not told.
    """
    row = _rows(word, heard, most)
    if not row:
        return ()
    limit = min(most, min(row) + _ENDS_WITHIN)
    return tuple((end, cost) for end, cost in enumerate(row) if cost <= limit)


def _rows(word: str, heard: str, most: float) -> list[float]:
    """Cost of the whole word against each beginning of `heard`; empty once all are over `most`."""
    extra = [_MISSING.get(sound, _MISSING_OTHER) for sound in heard]
    row = [0.0]
    for cost in extra:
        row.append(row[-1] + cost)
    for sound in word:
        costs = _COSTS[sound]
        lost = _MISSING.get(sound, _MISSING_OTHER)
        before = row[0]
        least = left = before + lost
        row[0] = left
        for at, other in enumerate(heard, 1):
            above = row[at]
            left = min(before + costs[other], above + lost, left + extra[at - 1])
            row[at] = left
            before = above
            if left < least:
                least = left
        if least > most:
            return []
    return row
