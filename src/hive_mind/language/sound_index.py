"""All words that are listened for, compared at once with what was heard at one place.

The edit distance is the one of `alikeness`, computed for every word together, and once for what words have in
common at their beginning: they are kept as a tree (a trie), a level a sound. Branches of which no word can be
near any more are dropped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hive_mind.language.alikeness import SIGNS, missing, replaced, weight

WINDOW = 14
"""Sounds looked at from a place on; longer words are compared with what fits."""

LEAST_ALLOWED = 1.0
ALLOWED_SHARE = 0.5
"""A word may be misheard up to so much of its weight, or of one sound, whichever is more."""

ENDS_WITHIN = 0.8
"""Places where a word may end are worth following when they cost at most so much more than the best one."""

_WINDOWS_KEPT = 512
_MERGED = 8
"""New words grow a tree of their own, with those of the last tree unless it has so many times more."""

_NUMBER = {sign: number for number, sign in enumerate(SIGNS)}
_COSTS = np.array([[replaced(one, other) for other in SIGNS] for one in SIGNS], dtype=np.float32)
_LOST = np.array([missing(sign) for sign in SIGNS], dtype=np.float32)

Ends = tuple[tuple[int, float], ...]
"""Places where a word may end, counted from where it began, and what taking the sounds for it costs."""


@dataclass(frozen=True, slots=True)
class _Level:
    """The beginnings of one length.

    Attributes:
        parents: of each, the place of its own beginning in the level above.
        sounds: the last sound of each, as a number.
        allowed: what may be misheard of the longest way on from each.
        words: the words that are over here: places, their numbers, and what may be misheard of them.
    """

    parents: NDArray[np.intp]
    sounds: NDArray[np.intp]
    allowed: NDArray[np.float32]
    words: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]


class SoundIndex:
    """Words by their sounds; grows as words are added. One thread at a time."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._sounds: list[str] = []
        self._trees: list[tuple[int, list[_Level]]] = []  # each with the number after its last word
        self._planted = 0
        self._windows: dict[str, tuple[int, dict[int, Ends]]] = {}

    def add(self, sounds: str) -> int:
        """The number of a word that sounds so; words that sound the same share it."""
        number = self._ids.get(sounds)
        if number is None:
            number = self._ids[sounds] = len(self._ids)
            self._sounds.append(sounds)
        return number

    def ends(self, heard: str) -> Mapping[int, Ends]:
        """The words that what begins here may be, and where each may end.

        Args:
            heard: sounds from the place on.
        """
        window = heard[:WINDOW]
        if self._planted < len(self._sounds):
            self._grow()
        covered, found = self._windows.get(window, (0, None))
        if found is None:
            if len(self._windows) >= _WINDOWS_KEPT:
                self._windows.clear()
            found = {}
        if covered < self._planted:
            for past, tree in self._trees:
                if past > covered:
                    _compare(window, tree, found)
            self._windows[window] = (self._planted, found)
        return found

    def _grow(self) -> None:
        """Plant the new words; small trees are made one with them, so that there are never many."""
        first, past = self._planted, len(self._sounds)
        while self._trees:
            before = self._trees[-2][0] if len(self._trees) > 1 else 0
            if first - before > _MERGED * (past - first):
                break
            self._trees.pop()
            first = before
        self._trees.append((past, _tree(self._sounds, first)))
        self._planted = past


def _tree(sounds: Sequence[str], first: int) -> list[_Level]:
    """The words from number `first` on; the first level is that of words without a sound."""
    levels = []
    places = {"": 0}
    for length in range(max(map(len, sounds[first:]), default=0) + 1):
        begun = [(s[:length], number) for number, s in enumerate(sounds[first:], first) if len(s) >= length]
        here = {beginning: place for place, beginning in enumerate(dict.fromkeys(b for b, _ in begun))}
        allowed = np.zeros(len(here), dtype=np.float32)
        for beginning, number in begun:
            allowed[here[beginning]] = max(allowed[here[beginning]], _allowed(sounds[number]))
        over = [number for _, number in begun if len(sounds[number]) == length]
        levels.append(
            _Level(
                np.array([places[beginning[:-1]] for beginning in here], dtype=np.intp),
                np.array([_NUMBER[beginning[-1:] or SIGNS[0]] for beginning in here], dtype=np.intp),
                allowed,
                (
                    np.array([here[sounds[number]] for number in over], dtype=np.intp),
                    np.array(over, dtype=np.intp),
                    np.array([_allowed(sounds[number]) for number in over], dtype=np.float32),
                ),
            )
        )
        places = here
    return levels


def _allowed(sounds: str) -> float:
    return max(LEAST_ALLOWED, ALLOWED_SHARE * weight(sounds))


def _compare(window: str, tree: Sequence[_Level], found: dict[int, Ends]) -> None:
    """Compare the words of a tree with what was heard."""
    signs = [_NUMBER[sound] for sound in window]
    costs = _COSTS[:, signs]
    extra = np.concatenate([[0.0], np.cumsum(_LOST[signs])]).astype(np.float32)
    table: NDArray[np.float32] = extra[None, :]
    rows = np.zeros(1, dtype=np.intp)
    if tree:
        _note(table, table.min(axis=1), rows, tree[0], found)
    for level in tree[1:]:
        above = rows[level.parents]
        followed = (above >= 0).nonzero()[0]
        if not len(followed):
            return
        sounds, before = level.sounds[followed], table[above[followed]]
        table = before + _LOST[sounds][:, None]
        np.minimum(table[:, 1:], before[:, :-1] + costs[sounds], out=table[:, 1:])
        table -= extra
        np.minimum.accumulate(table, axis=1, out=table)
        table += extra
        least = table.min(axis=1)
        near = least <= level.allowed[followed]
        table, least, followed = table[near], least[near], followed[near]
        rows = np.full(len(level.parents), -1, dtype=np.intp)
        rows[followed] = np.arange(len(followed))
        _note(table, least, rows, level, found)


def _note(
    table: NDArray[np.float32],
    least: NDArray[np.float32],
    rows: NDArray[np.intp],
    level: _Level,
    found: dict[int, Ends],
) -> None:
    """Note the words that are over at a level."""
    places, numbers, allowed = level.words
    at = rows[places]
    near = (at >= 0).nonzero()[0]
    near = near[least[at[near]] <= allowed[near]]
    if not len(near):
        return
    at = at[near]
    here = table[at]
    limits = np.minimum(allowed[near], least[at] + ENDS_WITHIN)
    which, ends = (here <= limits[:, None]).nonzero()
    words = numbers[near].tolist()
    each: list[list[tuple[int, float]]] = [[] for _ in words]
    for word, end, cost in zip(which.tolist(), ends.tolist(), here[which, ends].tolist(), strict=True):
        each[word].append((end, cost))
    found.update(zip(words, map(tuple, each), strict=True))
