"""Which ways to write a word the second stage compares with the sound, and how well they must fit. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hive_mind.language.alikeness import distance
from hive_mind.language.pronunciation import sounds_of
from hive_mind.speech.wake_word.card import VERIFY_AT
from hive_mind.wake_training.events import Look

ALIKE = 0.2
"""Distance of sounds up to which a transcript counts as a way to write the word."""

MOST_CANDIDATES = 14
MOST = 6
"""Spellings that are compared; each costs about 10 ms at every wake."""

GAIN = 0.004
"""A spelling that makes it better by less is not worth its time."""

NEAR_COSTS = 0.3
"""What it costs when all near misses wake, where missing every call costs 1."""

WAKE_COSTS = 0.01
"""What one false wake in speech without the word costs: as much as one call in a hundred."""

FLOORS = np.round(np.arange(-8.0, -1.99, 0.1), 1)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a verifier does.

    Attributes:
        texts: ways to write the word; the best one counts.
        floor: mean log probability that it must reach.
    """

    texts: tuple[str, ...]
    floor: float


def candidates(phrase: str, given: Sequence[str], heard: Sequence[str]) -> tuple[str, ...]:
    """Ways to write the word: the phrase, what a recogniser wrote of it, what was given; none twice.

    Args:
        phrase: as it is written.
        given: other spellings and readings.
        heard: transcripts of the word said alone; those that do not sound like it are left out.
    """
    known = [_sounds(text) for text in (phrase, *given)]
    counts: dict[str, int] = {}
    for text in heard:
        plain = text.lower().strip(" .!?,…").replace("’", "'")
        if plain and min(distance(_sounds(plain), sounds) for sounds in known) <= ALIKE:
            counts[plain] = counts.get(plain, 0) + 1
    usual = sorted(counts, key=lambda text: (-counts[text], text))
    found = dict.fromkeys([phrase, *given[:5], *usual, *given[5:]])
    return tuple(found)[:MOST_CANDIDATES]


def compared(
    texts: Sequence[str], word: Sequence[Look], near: Sequence[Look], other: Sequence[Look]
) -> Comparison:
    """The few texts, the first one among them, that together tell the word best, with their floor.

    Args:
        texts: candidates.
        word: scores of the candidates where the word was said.
        near: where something like it was said.
        other: where anything else was.
    """
    tables = [_table(looks, len(texts)) for looks in (word, near, other)]
    if not len(tables[0]):
        return Comparison(tuple(texts[:MOST]), VERIFY_AT)
    total = max(1, len(near))
    chosen = [0]
    cost, floor = _best_floor(tables, chosen, total)
    while len(chosen) < min(MOST, len(texts)):
        left = [place for place in range(len(texts)) if place not in chosen]
        tried = [(*_best_floor(tables, [*chosen, place], total), place) for place in left]
        new_cost, new_floor, place = min(tried, key=lambda each: (each[0], each[2]))
        if new_cost > cost - GAIN:
            break
        cost, floor = new_cost, new_floor
        chosen.append(place)
    return Comparison(tuple(texts[place] for place in chosen), floor)


def _best_floor(
    tables: Sequence[NDArray[np.float64]], chosen: Sequence[int], near_total: int
) -> tuple[float, float]:
    """The least cost with these texts, and the middle of the floors that have it."""
    word, near, other = (table[:, chosen].max(axis=1)[:, None] for table in tables)
    missed = (word < FLOORS).mean(axis=0)
    waking = (near >= FLOORS).sum(axis=0) / near_total
    false = (other >= FLOORS).sum(axis=0)
    costs = missed + NEAR_COSTS * waking + WAKE_COSTS * false
    least = float(costs.min())
    good = np.flatnonzero(costs <= least + 1e-9)
    return least, float(FLOORS[good[len(good) // 2]])


def _table(looks: Sequence[Look], width: int) -> NDArray[np.float64]:
    return np.array([look for look in looks if look is not None], dtype=np.float64).reshape(-1, width)


def _sounds(text: str) -> str:
    return "".join(sounds_of(word) for word in text.replace("'", " ").split())
