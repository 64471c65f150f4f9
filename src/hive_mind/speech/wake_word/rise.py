"""When a word's score is done with rising: a loose detector wakes while the word is being said. Pure."""

from collections.abc import Sequence

WATCHED = 6
"""Scores that are looked at from the one that woke on: 80 ms each."""

RISE = 1.0
"""By how much, in log odds, a score must be higher to count as risen."""

SURE = 2.5
"""A score that is so high, in log odds, has risen."""


def risen(odds: Sequence[float]) -> int:
    """Place of the last rise.

    Args:
        odds: log odds one after the other, at least the one that woke; of more than `WATCHED` the first ones.
    """
    best, place = odds[0], 0
    for number, value in enumerate(odds[1:WATCHED], 1):
        if best < SURE and value >= best + RISE:
            best, place = value, number
        elif number > place:
            break
    return place
