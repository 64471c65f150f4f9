"""What a trained word keeps beside its model, so that it can learn on: weights, and some of its examples."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hive_mind.errors import ModelError
from hive_mind.wake_training.fit import Examples, scores
from hive_mind.wake_training.network import LENGTH, Network
from hive_mind.wake_training.windows import Windows, joined

HARD = 1500
"""Windows without the word that are kept: those that come nearest to waking."""

WORDS = 600
"""Windows with the word that are kept."""


@dataclass(frozen=True, slots=True)
class Memory:
    """A network with examples: (n, 16, 96) each.

    Attributes:
        network: the head.
        positive: windows that end with the word.
        negative: windows that do not.
    """

    network: Network
    positive: NDArray[np.float16]
    negative: NDArray[np.float16]


def remembered(network: Network, found: Examples, seed: int) -> Memory:
    """The hardest of some examples, and a few of the word."""
    random = np.random.default_rng([seed, 9])
    some = random.permutation(len(found.positive))[:WORDS]
    hard = [
        windows.take(np.argsort(-scores(network, windows))[:HARD].astype(np.int64))
        for windows in (found.near, found.negative)
    ]
    return Memory(
        network, found.positive.take(some).astype(np.float16), np.concatenate(hard).astype(np.float16)
    )


def save_memory(memory: Memory, path: Path) -> None:
    """Write it; about 10 MB."""
    draft = path.with_suffix(".new.npz")
    np.savez_compressed(
        draft,
        mean=memory.network.mean,
        spread=memory.network.spread,
        positive=memory.positive,
        negative=memory.negative,
        **memory.network.parameters(),  # type: ignore[arg-type]  # its stub takes the names for its own options
    )
    draft.replace(path)


def load_memory(path: Path) -> Memory:
    """Read it.

    Raises:
        ModelError: MODEL_MISSING or MODEL_CORRUPT.
    """
    try:
        with np.load(path) as data:
            channels = data["0.weights"].shape[1]
            network = Network(data["mean"], data["spread"], np.random.default_rng(0), channels)
            network.load({name: data[name] for name in network.parameters()})
            return Memory(network, data["positive"], data["negative"])
    except FileNotFoundError as error:
        raise ModelError(
            f"{path.stem} was not trained here, so it cannot learn.", code="MODEL_MISSING"
        ) from error
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{path.name} is damaged: train the word anew.", code="MODEL_CORRUPT") from error


def as_windows(windows: NDArray[np.float16]) -> Windows:
    """Examples for `fit`: (n, 16, 96)."""
    last = np.array([LENGTH - 1], dtype=np.int64)
    return joined(list(windows), [last] * len(windows))
