"""Embeddings of many clips in one array, and which windows of them are what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hive_mind.speech.wake_word.embedding import WIDTH, Floats
from hive_mind.wake_training.network import LENGTH

Numbers = NDArray[np.int64]

_BACK = np.arange(-LENGTH + 1, 1)


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of `LENGTH` embeddings, told by where they end.

    Attributes:
        embeddings: of all clips, one after the other: (n, 96), half precision.
        ends: place of each window's last embedding.
        clips: number of the clip that each window is of.
    """

    embeddings: NDArray[np.float16]
    ends: Numbers
    clips: Numbers

    def __len__(self) -> int:
        return len(self.ends)

    def take(self, numbers: Numbers) -> Floats:
        """Some of the windows: (count, `LENGTH`, 96)."""
        taken: Floats = self.embeddings[self.ends[numbers][:, None] + _BACK].astype(np.float32)
        return taken

    def best(self, scores: Floats) -> Floats:
        """The highest score in each clip, in order of the clips; those without a window are left out."""
        if not len(self):
            return np.zeros(0, dtype=np.float32)
        highest = np.full(int(self.clips.max()) + 1, -np.inf, dtype=np.float32)
        np.maximum.at(highest, self.clips, scores)
        return highest[np.isfinite(highest)]


def joined(clips: Sequence[NDArray[np.float16]], ends: Iterable[Numbers]) -> Windows:
    """Windows of some clips.

    Args:
        clips: embeddings of each: (n, 96).
        ends: of each clip, the places in it where windows end; what has no full window is left out.
    """
    places: list[Numbers] = []
    numbers: list[Numbers] = []
    start = 0
    for number, (clip, wanted) in enumerate(zip(clips, ends, strict=True)):
        full = wanted[(wanted >= LENGTH - 1) & (wanted < len(clip))]
        places.append(full + start)
        numbers.append(np.full(len(full), number, dtype=np.int64))
        start += len(clip)
    none = np.zeros(0, dtype=np.int64)
    return Windows(
        np.concatenate([*clips, np.zeros((0, WIDTH), dtype=np.float16)]),
        np.concatenate([*places, none]),
        np.concatenate([*numbers, none]),
    )


def everywhere(clip: NDArray[np.float16]) -> Numbers:
    """Every window of a clip."""
    return np.arange(LENGTH - 1, len(clip), dtype=np.int64)
