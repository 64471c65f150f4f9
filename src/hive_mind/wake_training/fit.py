"""Fits the head to examples: what is hardest is shown most."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hive_mind.speech.wake_word.embedding import Floats
from hive_mind.wake_training.adam import Adam
from hive_mind.wake_training.network import CHANNELS, Network
from hive_mind.wake_training.windows import Numbers, Windows

HARDEST = 2000
"""Negative windows that come up most often, once the network knows which."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """How long and how hard.

    Attributes:
        steps: of the optimiser.
        batch: windows a step: a quarter positives, a quarter near misses, half anything else.
        noise: standard deviation of what is added to normal embeddings.
        negative_weight: how much more a false alarm costs than a miss.
        channels: width of the network.
    """

    steps: int = 1500
    batch: int = 384
    noise: float = 0.35
    negative_weight: float = 2.0
    channels: int = CHANNELS


@dataclass(frozen=True, slots=True)
class Examples:
    """What is learnt from.

    Attributes:
        positive: windows that end with the word.
        near: windows of what sounds like it, and of its parts.
        negative: windows of anything else.
    """

    positive: Windows
    near: Windows
    negative: Windows


def fit(
    examples: Examples,
    settings: FitSettings,
    seed: int,
    progress: Callable[[int], None] = lambda _: None,
    *,
    start: Network | None = None,
    rate: float = 2e-3,
) -> Network:
    """A network that knows the word; the same for the same examples, settings and seed.

    Args:
        examples: none of the three empty.
        settings: how long and how hard.
        seed: of chance.
        progress: told the number of steps done.
        start: a network to begin with, which is changed; a new one by default.
        rate: the highest learning rate.
    """
    random = np.random.default_rng(seed)
    if start is None:
        mean, spread = _usual(examples)
        network = Network(mean, spread, random, settings.channels)
    else:
        network = start
    optimiser = Adam(network.parameters(), settings.steps, rate)
    quarter = settings.batch // 4
    counts = (quarter, quarter, settings.batch - 2 * quarter)
    sources = (examples.positive, examples.near, examples.negative)
    targets = np.zeros(settings.batch, dtype=np.float32)
    targets[:quarter] = 1.0
    costs = np.where(targets > 0, 1.0, settings.negative_weight).astype(np.float32) / settings.batch
    hardest: list[Numbers] = []
    for step in range(settings.steps):
        if step in (settings.steps // 3, 2 * settings.steps // 3):
            hardest = [_hardest(network, windows) for windows in sources[1:]]
        chosen = [
            random.integers(len(source), size=count) for source, count in zip(sources, counts, strict=True)
        ]
        for place, hard in enumerate(hardest, 1):
            share = counts[place] // 3
            chosen[place][:share] = hard[random.integers(len(hard), size=share)]
        windows = np.concatenate([w.take(numbers) for w, numbers in zip(sources, chosen, strict=True)])
        normal = network.normal(windows)
        normal += np.float32(settings.noise) * random.standard_normal(normal.shape, dtype=np.float32)
        odds = network.forward(normal)
        network.backward(((_logistic(odds) - targets) * costs).astype(np.float32))
        optimiser.step(network.gradients())
        progress(step + 1)
    network.load(optimiser.average)
    return network


def scores(network: Network, windows: Windows) -> Floats:
    """Log odds of all windows."""
    blocks = [
        network.score(windows.take(np.arange(at, min(at + 4096, len(windows)))))
        for at in range(0, len(windows), 4096)
    ]
    return np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.float32)


def _hardest(network: Network, windows: Windows) -> Numbers:
    found = scores(network, windows)
    count = min(HARDEST, len(found))
    return np.argpartition(found, len(found) - count)[len(found) - count :].astype(np.int64)


def _usual(examples: Examples) -> tuple[Floats, Floats]:
    all_ = np.concatenate([examples.negative.embeddings, examples.positive.embeddings]).astype(np.float32)
    return all_.mean(axis=0), all_.std(axis=0) + np.float32(1e-3)


def _logistic(odds: Floats) -> Floats:
    return (1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0)))).astype(np.float32)
