"""The head of a trained wake word: convolutions over time, then attention, on the last 16 embeddings."""

from collections.abc import Mapping

import numpy as np

from hive_mind.speech.wake_word.embedding import WIDTH, Floats
from hive_mind.wake_training.layers import AttentionPool, Convolution, Dense, Layer, LayerNorm, Relu

LENGTH = 16
"""Embeddings that the head looks at, as openWakeWord's own do."""

CHANNELS = 32
LOOKS = 4

_BLOCK = 4096


class Network:
    """Gives the log odds that a window of embeddings ends with the word.

    Args:
        mean: of the training embeddings, per number: (96,).
        spread: their standard deviation.
        random: where the first weights come from.
        channels: width of the hidden layers.
    """

    def __init__(
        self, mean: Floats, spread: Floats, random: np.random.Generator, channels: int = CHANNELS
    ) -> None:
        self.mean = mean.astype(np.float32)
        self.spread = spread.astype(np.float32)
        self.layers: tuple[Layer, ...] = (
            Convolution(WIDTH, channels, random),
            LayerNorm(channels),
            Relu(),
            Convolution(channels, channels, random),
            LayerNorm(channels),
            Relu(),
            AttentionPool(LENGTH, channels, LOOKS, random),
            Dense((LOOKS + 1) * channels, 1, random),
        )

    def normal(self, windows: Floats) -> Floats:
        """Windows with mean 0 and spread 1: what `forward` takes."""
        scaled: Floats = (windows - self.mean) / self.spread
        return scaled

    def forward(self, normal: Floats) -> Floats:
        """Log odds of a batch: (batch, 16, 96) to (batch,)."""
        for layer in self.layers:
            normal = layer.forward(normal)
        return normal[:, 0]

    def backward(self, dy: Floats) -> None:
        """Fill the layers' gradients.

        Args:
            dy: gradient of the loss by the log odds: (batch,).
        """
        gradient = dy[:, None]
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)

    def score(self, windows: Floats) -> Floats:
        """Log odds of any number of windows as they come from the embedding."""
        blocks = [
            self.forward(self.normal(windows[at : at + _BLOCK])) for at in range(0, len(windows), _BLOCK)
        ]
        return np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.float32)

    def parameters(self) -> dict[str, Floats]:
        """All weights by name: the arrays themselves."""
        return {
            f"{place}.{name}": value
            for place, layer in enumerate(self.layers)
            for name, value in layer.parameters.items()
        }

    def gradients(self) -> dict[str, Floats]:
        """Gradients of the last `backward`, by the same names."""
        return {
            f"{place}.{name}": value
            for place, layer in enumerate(self.layers)
            for name, value in layer.gradients.items()
        }

    def load(self, weights: Mapping[str, Floats]) -> None:
        """Take these weights, by the names of `parameters`."""
        for name, value in self.parameters().items():
            value[...] = weights[name]
