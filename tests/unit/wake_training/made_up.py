"""A word that no voice says: embeddings in which a pattern of four steps stands for it."""

import numpy as np
from numpy.typing import NDArray

from hive_mind.speech.wake_word.embedding import WIDTH
from hive_mind.wake_training.fit import Examples
from hive_mind.wake_training.memory import as_windows
from hive_mind.wake_training.network import LENGTH

PATTERN = np.random.default_rng(5).normal(0.0, 2.0, (4, WIDTH))


def windows(count: int, seed: int, parts: int) -> NDArray[np.float16]:
    """Noise, with the first so many steps of the pattern at the end."""
    made = np.random.default_rng(seed).normal(0.0, 1.0, (count, LENGTH, WIDTH))
    made[:, LENGTH - 5 : LENGTH - 5 + parts] += PATTERN[:parts]
    return made.astype(np.float16)


def made_up(seed: int = 0, count: int = 200) -> Examples:
    """The word, half of it, and noise."""
    return Examples(
        as_windows(windows(count, seed, 4)),
        as_windows(windows(count, seed + 1, 2)),
        as_windows(windows(count, seed + 2, 0)),
    )
