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
"""Spellings that are compared; each costs a few milliseconds at every wake."""

TRUST = 0.3
"""See `Phrase`. Of 0, 0.2, 0.3 and 0.4, tried on two words: with 0.2 and 0.3 half as many near misses of "hey
alison" wake as with 0, for as many calls missed; "dis bidule" neither gains nor loses."""

NEAR_COSTS = 4.0
"""What it costs when all near misses wake, where missing every call costs 1. Most calls that are set on are
said in noise or from afar, so that a floor misses about twice as many of them as of those said nearby: five
near misses in a hundred weigh as much as ten of these."""

WAKE_COSTS = 0.03
"""What one false wake in speech without the word costs: as much as three calls in a hundred. There are only
minutes of such speech, so that one is many an hour."""

UNHEARD_BETTER = 0.5
"""By how much more what was not heard in calibration may fit than what was, at least."""

BEST_OTHERS = 10
"""How quickly fits get rarer is told by so many of what is not the word: those that fit best."""

CHANCE = 0.1
"""How likely it may be that as much speech again holds something that fits better than expected."""

BLUR = 0.1
"""By about how much the same word said again fits otherwise."""

USUAL = 0.9
"""Part of what does not hold the word that fits a spelling less well than its handicap says."""

FLOORS = np.round(np.arange(-10.0, -0.99, 0.1), 1)
"""Among which is chosen."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a verifier does.

    Attributes:
        texts: ways to write the word; the best one counts.
        floor: mean log probability that it must reach.
        handicaps: of each text, how much better than the first one it fits whatever is said.
    """

    texts: tuple[str, ...]
    floor: float
    handicaps: tuple[float, ...] = ()


def candidates(phrase: str, given: Sequence[str], heard: Sequence[str]) -> tuple[str, ...]:
    """Ways to write the word: the phrase, what a recogniser wrote of it, what was given; none twice.

    A recogniser begins with a capital and may end with a stop: what is written so tells more.

    Args:
        phrase: as it is written.
        given: other spellings and readings.
        heard: transcripts of the word said alone; those that do not sound like it are left out.
    """
    known = [_sounds(text) for text in (phrase, *given)]
    counts: dict[str, int] = {}
    for text in heard:
        written = " ".join(text.replace("’", "'").split()).strip(" …")
        plain = _plain(written)
        if plain and min(distance(_sounds(plain), sounds) for sounds in known) <= ALIKE:
            counts[written] = counts.get(written, 0) + 1
    usual = sorted(counts, key=lambda text: (-counts[text], text))
    named = (" ".join(map(_named, phrase.split())), _named(phrase))
    own = [f"{text}{stop}" for text in named for stop in ("", ".")]
    others = [_named(text) for text in given]
    found = dict.fromkeys([phrase, *own, *usual, *given[:3], *others[:3], *given[3:], *others[3:]])
    return tuple(found)[:MOST_CANDIDATES]


def plain_ones(texts: Sequence[str]) -> tuple[str, ...]:
    """The texts in small letters without stops, none twice: how the phrase may stand in a transcript."""
    return tuple(dict.fromkeys(_plain(text) for text in texts))


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
    handicaps = _handicaps(tables[1], tables[2])
    tables = [table - handicaps for table in tables]
    total = max(1, len(near))
    chosen = list(range(len(texts)))
    cost, floor = _best_floor(tables, chosen, total)
    while len(chosen) > 1:
        # The phrase itself stays; of the others the one that is missed least goes, while it is not missed.
        tried = [
            (*_best_floor(tables, [each for each in chosen if each != place], total), -place)
            for place in chosen[1:]
        ]
        new_cost, new_floor, place = min(tried, key=lambda each: (each[0], each[2]))
        if len(chosen) <= MOST and new_cost > cost:
            break
        cost, floor = new_cost, new_floor
        chosen.remove(-place)
    few = tuple(round(float(handicaps[place]), 2) for place in chosen)
    return Comparison(tuple(texts[place] for place in chosen), floor, few)


def _handicaps(near: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much better than the first text each one fits what is not the word."""
    without = np.concatenate((other, near))
    if not len(without):
        return np.zeros(near.shape[1])
    usual = np.quantile(without, USUAL, axis=0)
    made: NDArray[np.float64] = np.round(usual - usual[0], 2)
    return made


def _best_floor(
    tables: Sequence[NDArray[np.float64]], chosen: Sequence[int], near_total: int
) -> tuple[float, float]:
    """The least cost with these texts, and the middle of the floors that have it."""
    word, near, other = (table[:, chosen].max(axis=1)[:, None] for table in tables)
    missed = 1.0 - _reach(word).mean(axis=0)
    waking = _reach(near).sum(axis=0) / near_total
    false = (other + _unheard(other[:, 0]) >= FLOORS).sum(axis=0)
    costs = missed + NEAR_COSTS * waking + WAKE_COSTS * false
    least = float(costs.min())
    good = np.flatnonzero(costs <= least + 1e-9)
    return least, float(FLOORS[good[len(good) // 2]])


def _unheard(other: NDArray[np.float64]) -> float:
    """By how much more what was not heard may fit: the best fits are rarer and rarer, exponentially.

    Of two such samples, each is equally likely to hold the best; the one not heard holds one that is better
    by a margin with odds that fall by e for each mean distance of the best from the one after them.
    """
    best = np.sort(other)[::-1]
    some = min(BEST_OTHERS, len(best) // 2)
    if not some:
        return UNHEARD_BETTER
    apart = float((best[:some] - best[some]).mean())
    return max(UNHEARD_BETTER, apart * float(np.log((1.0 - CHANCE) / CHANCE)))


def _reach(fits: NDArray[np.float64]) -> NDArray[np.float64]:
    """How surely each fit (a row) reaches each floor: there are few of them, and others will lie between."""
    made: NDArray[np.float64] = 1.0 / (1.0 + np.exp(np.clip((FLOORS - fits) / BLUR, -50.0, 50.0)))
    return made


def _table(looks: Sequence[Look], width: int) -> NDArray[np.float64]:
    return np.array([look for look in looks if look is not None], dtype=np.float64).reshape(-1, width)


def _named(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(text: str) -> str:
    return text.lower().strip(" .!?,…")


def _sounds(text: str) -> str:
    return "".join(sounds_of(word) for word in text.lower().replace("'", " ").replace(",", " ").split())
