"""From takes to examples: which windows end with the word, which with a part of it, which with neither."""

from collections.abc import Mapping, Sequence

import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE
from hive_mind.speech.wake_word.mel import STEP_SAMPLES
from hive_mind.wake_training.fit import Examples
from hive_mind.wake_training.plan import Group
from hive_mind.wake_training.studio import Take, end_of
from hive_mind.wake_training.windows import Numbers, Windows, everywhere, joined

FROM_MS, TO_MS = -40, 240
"""A window ends with the word if it ends so long after it."""

PART_FROM_MS, PART_TO_MS = -700, -280
"""A window that ends so long before the word's end holds a part of it, and must not wake."""


def around(take: Take, from_ms: int, to_ms: int) -> Numbers:
    """Windows of a take that end within a span around the word's end."""
    places = everywhere(take.embeddings)
    after = (places * STEP_SAMPLES + end_of(0) - take.end) * 1000 // SAMPLE_RATE
    wanted: Numbers = places[(after >= from_ms) & (after <= to_ms)]
    return wanted


def examples(groups: Sequence[Group], takes: Mapping[str, Sequence[Take]]) -> Examples:
    """What is learnt from: the groups that are for training."""
    train = [group for group in groups if group.split == "train"]
    words = [take for group in train if group.purpose == "positive" for take in takes[group.name]]
    near = [take for group in train if group.purpose == "near" for take in takes[group.name]]
    other = [take for group in train if group.purpose == "negative" for take in takes[group.name]]
    parts = [around(take, PART_FROM_MS, PART_TO_MS) for take in words]
    return Examples(
        joined([t.embeddings for t in words], [around(take, FROM_MS, TO_MS) for take in words]),
        joined([t.embeddings for t in [*near, *words]], [*(everywhere(t.embeddings) for t in near), *parts]),
        all_windows(other),
    )


def all_windows(takes: Sequence[Take]) -> Windows:
    """Every window of some takes."""
    return joined([take.embeddings for take in takes], [everywhere(take.embeddings) for take in takes])


def hours(takes: Sequence[Take]) -> float:
    """How long they last together."""
    return float(np.sum([len(take.embeddings) for take in takes])) * 0.08 / 3600.0
