"""Every gradient against finite differences, in double precision."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hive_mind.wake_training.layers import AttentionPool, Convolution, Dense, Layer, LayerNorm, Relu

RANDOM = np.random.default_rng(3)
STEP = 1e-5

LAYERS: dict[str, tuple[Callable[[], Layer], tuple[int, ...]]] = {
    "convolution": (lambda: Convolution(5, 4, RANDOM), (3, 6, 5)),
    "layer norm": (lambda: LayerNorm(5), (3, 6, 5)),
    "relu": (Relu, (3, 6, 5)),
    "attention": (lambda: AttentionPool(6, 5, 2, RANDOM), (3, 6, 5)),
    "dense": (lambda: Dense(5, 2, RANDOM), (3, 5)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_are_those_of_finite_differences(name: str) -> None:
    make, shape = LAYERS[name]
    layer: Any = make()  # any precision
    for key, value in layer.parameters.items():
        layer.parameters[key] = value.astype(np.float64) + 0.1 * RANDOM.normal(size=value.shape)
    x = RANDOM.normal(size=shape)
    towards = RANDOM.normal(size=layer.forward(x).shape)

    def loss() -> float:
        return float((layer.forward(x) * towards).sum())

    loss()
    gradients: dict[str, Any] = {"input": layer.backward(towards), **layer.gradients}
    for key, array in {"input": x, **layer.parameters}.items():
        flat, found = array.reshape(-1), gradients[key].reshape(-1)
        for place in RANDOM.choice(len(flat), min(8, len(flat)), replace=False):
            kept = flat[place]
            flat[place] = kept + STEP
            above = loss()
            flat[place] = kept - STEP
            below = loss()
            flat[place] = kept
            assert found[place] == pytest.approx((above - below) / (2 * STEP), abs=1e-6), (name, key)
