"""All words that are listened for, compared at once with what was heard at one place.

The edit distance is the one of `alikeness`, computed for every word together; words that are already too far
after a few sounds are dropped.
"""

from collections.abc import Mapping

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
_DROP_EVERY = 2

_NUMBER = {sign: number for number, sign in enumerate(SIGNS)}
_PAD = len(SIGNS)
_NEVER = 99.0
_COSTS = np.full((_PAD + 1, _PAD + 1), _NEVER, dtype=np.float32)
_COSTS[:_PAD, :_PAD] = [[replaced(one, other) for other in SIGNS] for one in SIGNS]
_LOST = np.array([*(missing(sign) for sign in SIGNS), 0.0], dtype=np.float32)

Ends = tuple[tuple[int, float], ...]
"""Places where a word may end, counted from where it began, and what taking the sounds for it costs."""


class SoundIndex:
    """Words by their sounds; grows as words are added. One thread at a time."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._rows = np.zeros((0, 1), dtype=np.intp)
        self._allowed = np.zeros(0, dtype=np.float32)
        self._new: list[str] = []
        self._windows: dict[str, tuple[int, dict[int, Ends]]] = {}

    def add(self, sounds: str) -> int:
        """The number of a word that sounds so; words that sound the same share it."""
        number = self._ids.get(sounds)
        if number is None:
            number = self._ids[sounds] = len(self._ids)
            self._new.append(sounds)
        return number

    def ends(self, heard: str) -> Mapping[int, Ends]:
        """The words that what begins here may be, and where each may end.

        Args:
            heard: sounds from the place on.
        """
        window = heard[:WINDOW]
        if self._new:
            self._grow()
        covered, found = self._windows.get(window, (0, None))
        if found is None:
            if len(self._windows) >= _WINDOWS_KEPT:
                self._windows.clear()
            found = {}
        if covered < len(self._rows):
            self._compare(window, covered, found)
            self._windows[window] = (len(self._rows), found)
        return found

    def _grow(self) -> None:
        longest = max(self._rows.shape[1], *map(len, self._new))
        rows = np.full((len(self._rows) + len(self._new), longest), _PAD, dtype=np.intp)
        rows[: len(self._rows), : self._rows.shape[1]] = self._rows
        for place, sounds in enumerate(self._new, len(self._rows)):
            rows[place, : len(sounds)] = [_NUMBER[sound] for sound in sounds]
        allowed = [max(LEAST_ALLOWED, ALLOWED_SHARE * weight(sounds)) for sounds in self._new]
        self._allowed = np.concatenate([self._allowed, np.array(allowed, dtype=np.float32)])
        self._rows, self._new = rows, []

    def _compare(self, window: str, first: int, found: dict[int, Ends]) -> None:
        """Compare the words from number `first` on."""
        signs = [_NUMBER[sound] for sound in window]
        costs = _COSTS[:, signs]
        extra = np.concatenate([[0.0], np.cumsum(_LOST[signs])]).astype(np.float32)
        rows, allowed = self._rows[first:], self._allowed[first:]
        numbers = np.arange(first, first + len(rows))
        table: NDArray[np.float32] = np.tile(extra, (len(rows), 1))
        for at in range(rows.shape[1]):
            sounds = rows[:, at]
            after = table + _LOST[sounds][:, None]
            np.minimum(after[:, 1:], table[:, :-1] + costs[sounds], out=after[:, 1:])
            after -= extra
            np.minimum.accumulate(after, axis=1, out=after)
            after += extra
            table = after
            if at % _DROP_EVERY == 1 or at == rows.shape[1] - 1:
                near = table.min(axis=1) <= allowed
                rows, allowed, numbers, table = rows[near], allowed[near], numbers[near], table[near]
        limits = np.minimum(allowed, table.min(axis=1, initial=_NEVER) + ENDS_WITHIN)
        places = table <= limits[:, None]
        for number, row, here in zip(numbers.tolist(), table.tolist(), places, strict=True):
            found[number] = tuple((end, row[end]) for end in np.flatnonzero(here).tolist())
