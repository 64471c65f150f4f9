"""Layers of a small network, forward and backward, in plain numpy.

Each layer keeps what its backward pass needs from its last forward pass. `backward` takes the gradient of the
loss by the layer's output, adds up nothing, and gives that by its input; gradients of the parameters stand in
`gradients` under the same names as in `parameters`. The tests compare them with finite differences.
"""

from typing import Protocol

import numpy as np

from hive_mind.speech.wake_word.embedding import Floats

EPSILON = 1e-5
"""Keeps a layer norm from dividing by nothing."""


class Layer(Protocol):
    """One step of a network."""

    parameters: dict[str, Floats]
    gradients: dict[str, Floats]

    def forward(self, x: Floats) -> Floats:
        """The layer's output for a batch."""
        ...

    def backward(self, dy: Floats) -> Floats:
        """Gradient by the input of the last `forward`."""
        ...


class Convolution:
    """Over time, three steps wide, zeros around: (batch, time, inputs) to (batch, time, outputs)."""

    def __init__(self, inputs: int, outputs: int, random: np.random.Generator) -> None:
        scale = np.sqrt(2.0 / (3 * inputs))
        weights = random.normal(0.0, scale, (3 * inputs, outputs)).astype(np.float32)
        self.parameters = {"weights": weights, "bias": np.zeros(outputs, dtype=np.float32)}
        self.gradients: dict[str, Floats] = {}
        self._columns = np.zeros((0, 0), dtype=np.float32)

    def forward(self, x: Floats) -> Floats:
        """Three neighbours side by side, times the weights."""
        batch, time, width = x.shape
        columns = np.zeros((batch, time, 3 * width), dtype=x.dtype)
        columns[:, 1:, :width] = x[:, :-1]
        columns[:, :, width : 2 * width] = x
        columns[:, :-1, 2 * width :] = x[:, 1:]
        self._columns = columns.reshape(batch * time, -1)
        y: Floats = self._columns @ self.parameters["weights"]
        y += self.parameters["bias"]
        return y.reshape(batch, time, -1)

    def backward(self, dy: Floats) -> Floats:
        """Each neighbour's share goes back to its place."""
        flat = dy.reshape(-1, dy.shape[2])
        self.gradients["weights"] = self._columns.T @ flat
        self.gradients["bias"] = flat.sum(axis=0)
        columns = (flat @ self.parameters["weights"].T).reshape(*dy.shape[:2], -1)
        before, middle, after = np.split(columns, 3, axis=2)
        dx: Floats = middle.copy()
        dx[:, :-1] += before[:, 1:]
        dx[:, 1:] += after[:, :-1]
        return dx


class LayerNorm:
    """Over the channels of each time step (Ba, Kiros & Hinton 2016)."""

    def __init__(self, width: int) -> None:
        self.parameters = {
            "gain": np.ones(width, dtype=np.float32),
            "bias": np.zeros(width, dtype=np.float32),
        }
        self.gradients: dict[str, Floats] = {}
        self._normal = np.zeros((0, 0, 0), dtype=np.float32)
        self._scale = np.zeros((0, 0, 0), dtype=np.float32)

    def forward(self, x: Floats) -> Floats:
        """Mean 0, variance 1, then gain and bias."""
        centred = x - x.mean(axis=-1, keepdims=True)
        self._scale = 1.0 / np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + np.float32(EPSILON))
        self._normal = centred * self._scale
        y: Floats = self._normal * self.parameters["gain"] + self.parameters["bias"]
        return y

    def backward(self, dy: Floats) -> Floats:
        """What changes mean or variance alone has no effect and is taken out."""
        axes = tuple(range(dy.ndim - 1))
        self.gradients["gain"] = (dy * self._normal).sum(axis=axes)
        self.gradients["bias"] = dy.sum(axis=axes)
        dn = dy * self.parameters["gain"]
        along = (dn * self._normal).mean(axis=-1, keepdims=True)
        dx: Floats = (dn - dn.mean(axis=-1, keepdims=True) - self._normal * along) * self._scale
        return dx


class Relu:
    """What is negative becomes 0."""

    def __init__(self) -> None:
        self.parameters: dict[str, Floats] = {}
        self.gradients: dict[str, Floats] = {}
        self._open = np.zeros((0, 0, 0), dtype=bool)

    def forward(self, x: Floats) -> Floats:
        """The positive part."""
        self._open = x > 0
        y: Floats = x * self._open
        return y

    def backward(self, dy: Floats) -> Floats:
        """Only what was positive."""
        dx: Floats = dy * self._open
        return dx


class AttentionPool:
    """Looks at a time series several times, each look a weighted mean over time, and takes the maximum too.

    (batch, time, width) to (batch, (looks + 1) * width). Weights of a look are the softmax over time of how
    well a step fits the look's query, plus what the look thinks of that place.
    """

    def __init__(self, time: int, width: int, looks: int, random: np.random.Generator) -> None:
        queries = random.normal(0.0, width**-0.5, (width, looks)).astype(np.float32)
        self.parameters = {"queries": queries, "places": np.zeros((time, looks), dtype=np.float32)}
        self.gradients: dict[str, Floats] = {}
        self._x = np.zeros((0, 0, 0), dtype=np.float32)
        self._weights = np.zeros((0, 0, 0), dtype=np.float32)
        self._top = np.zeros((0, 0), dtype=np.int64)

    def forward(self, x: Floats) -> Floats:
        """The looks one after the other, then the maximum."""
        fit = x @ self.parameters["queries"] + self.parameters["places"]
        fit -= fit.max(axis=1, keepdims=True)
        np.exp(fit, out=fit)
        self._x = x
        self._weights = fit / fit.sum(axis=1, keepdims=True)
        self._top = x.argmax(axis=1)
        looks = self._weights.transpose(0, 2, 1) @ x
        top = np.take_along_axis(x, self._top[:, None], axis=1)
        y: Floats = np.concatenate((looks, top), axis=1).reshape(len(x), -1)
        return y

    def backward(self, dy: Floats) -> Floats:
        """Through the means, their weights, and the maximum."""
        batch, _, width = self._x.shape
        parts = dy.reshape(batch, -1, width)
        dlooks, dtop = parts[:, :-1], parts[:, -1:]
        dweights = self._x @ dlooks.transpose(0, 2, 1)
        dfit = self._weights * (dweights - (dweights * self._weights).sum(axis=1, keepdims=True))
        looks = dfit.shape[2]
        self.gradients["queries"] = self._x.reshape(-1, width).T @ dfit.reshape(-1, looks)
        self.gradients["places"] = dfit.sum(axis=0)
        dx: Floats = self._weights @ dlooks + dfit @ self.parameters["queries"].T
        there = np.take_along_axis(dx, self._top[:, None], axis=1)
        np.put_along_axis(dx, self._top[:, None], there + dtop, axis=1)
        return dx


class Dense:
    """(batch, inputs) to (batch, outputs)."""

    def __init__(self, inputs: int, outputs: int, random: np.random.Generator) -> None:
        weights = random.normal(0.0, inputs**-0.5, (inputs, outputs)).astype(np.float32)
        self.parameters = {"weights": weights, "bias": np.zeros(outputs, dtype=np.float32)}
        self.gradients: dict[str, Floats] = {}
        self._x = np.zeros((0, 0), dtype=np.float32)

    def forward(self, x: Floats) -> Floats:
        """Weighted sums."""
        self._x = x
        y: Floats = x @ self.parameters["weights"] + self.parameters["bias"]
        return y

    def backward(self, dy: Floats) -> Floats:
        """Through the weights."""
        self.gradients["weights"] = self._x.T @ dy
        self.gradients["bias"] = dy.sum(axis=0)
        dx: Floats = dy @ self.parameters["weights"].T
        return dx
