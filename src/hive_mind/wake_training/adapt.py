"""A head learns from life: false wakes of home become near misses; a loss of recall is refused."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hive_mind.speech.wake_word.lessons import Lesson
from hive_mind.wake_training.fit import Examples, FitSettings, fit
from hive_mind.wake_training.memory import Memory, as_windows
from hive_mind.wake_training.network import Network

STEPS, RATE = 150, 5e-4
"""A short while, gently: the word is known already."""

MOST_LOST = 0.02
"""Part of the word's examples that may be lost."""

REPEATED = 8
"""How often each false wake counts: there are few of them."""


@dataclass(frozen=True, slots=True)
class Adapted:
    """What learning gave.

    Attributes:
        network: the new head; None when it was refused.
        recall_before: part of the examples and true wakes that pass, in [0, 1], that were not learnt from.
        recall_after: the same for the new head.
        false_before: false wakes that pass.
        false_after: the same for the new head.
    """

    network: Network | None
    recall_before: float
    recall_after: float
    false_before: int
    false_after: int


def adapted(memory: Memory, lessons: Sequence[Lesson], threshold: float, seed: int = 0) -> Adapted:
    """Learn; the head in `memory` stays as it is.

    Args:
        memory: of the word.
        lessons: of the word; without a false wake there is nothing to learn.
        threshold: log odds from which on the word is heard.
        seed: of chance.
    """
    false = np.array([lesson.embeddings for lesson in lessons if not lesson.meant], dtype=np.float16)
    true = np.array([lesson.embeddings for lesson in lessons if lesson.meant], dtype=np.float16)
    words = np.concatenate([memory.positive, true]) if len(true) else memory.positive
    kept, learnt = words[::2], words[1::2]
    before = _passing(memory.network, kept, threshold)
    if not len(false):
        return Adapted(None, before, before, 0, 0)
    heard = round(_passing(memory.network, false, threshold) * len(false))
    found = Examples(
        as_windows(learnt), as_windows(np.repeat(false, REPEATED, axis=0)), as_windows(memory.negative)
    )
    network = fit(found, FitSettings(steps=STEPS), seed, start=copy.deepcopy(memory.network), rate=RATE)
    after = _passing(network, kept, threshold)
    still = round(_passing(network, false, threshold) * len(false))
    good = after >= before - MOST_LOST and still < heard
    return Adapted(network if good else None, before, after, heard, still)


def _passing(network: Network, windows: NDArray[np.float16], threshold: float) -> float:
    return float((network.score(windows.astype(np.float32)) >= threshold).mean()) if len(windows) else 0.0
