"""The speech embedding under openWakeWord's models, computed as the audio comes.

The network (Google's speech_embedding) looks at 76 mel frames at a time, 8 apart, with convolutions alone.
Whoever gives it all 76 each time computes nearly everything ten times. Here each convolution keeps the rows
that its next call needs, so that eight new frames cost eight frames, and the result is the same.
"""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hive_mind.errors import ModelError
from hive_mind.speech.wake_word.tflite import Graph, Operation, read_tflite

Floats = NDArray[np.float32]

MELS = 32
"""Mel bands of one frame."""

STEP_FRAMES = 8
"""Mel frames from one embedding to the next: 80 ms."""

WINDOW_FRAMES = 76
"""Mel frames that one embedding sees: 0.78 s."""

WIDTH = 96
"""Numbers in one embedding."""

WARM_UP = -(-WINDOW_FRAMES // STEP_FRAMES) - 1
"""Embeddings after a reset that still see what was before the first frame."""


class _Layer(Protocol):
    def __call__(self, rows: Floats) -> Floats: ...

    def reset(self) -> None: ...


class SpeechEmbedding:
    """Makes one embedding of each eight mel frames, from them and those before.

    Not thread-safe: one instance a stream.

    Args:
        model: `embedding_model.tflite` of openWakeWord.

    Raises:
        ModelError: MODEL_MISSING, or MODEL_UNAVAILABLE when it is damaged or another network.
    """

    def __init__(self, model: Path) -> None:
        graph = read_tflite(model)[0]
        try:
            self._layers = _layers(graph)
            fits = self(np.zeros((STEP_FRAMES, MELS), dtype=np.float32)).shape == (1, WIDTH)
        except (KeyError, ValueError, IndexError) as error:
            raise ModelError(f"{model.name} is not openWakeWord's embedding: {error}.") from error
        if not fits:
            raise ModelError(f"{model.name} is not openWakeWord's embedding.")
        self.reset()

    def __call__(self, mels: Floats) -> Floats:
        """Embeddings of the next frames, one each `STEP_FRAMES`.

        Args:
            mels: of shape (a multiple of `STEP_FRAMES`, `MELS`).
        """
        rows = mels[:, :, None]
        for layer in self._layers:
            rows = layer(rows)
        return rows.reshape(-1, WIDTH)

    def reset(self) -> None:
        """Forget the past; the next `WARM_UP` embeddings are not to be used."""
        for layer in self._layers:
            layer.reset()


class _Convolution:
    """Over time as it comes, over frequency with zeros around; then leaky, then bounded from below."""

    def __init__(self, weights: Floats, bias: Floats, *, padded: bool) -> None:
        out, self._tall, self._wide, _ = weights.shape
        self._weights = np.ascontiguousarray(weights.reshape(out, -1).T)
        self._bias = bias
        self._pad = self._wide // 2 if padded else 0
        self._past: Floats | None = None
        self.alpha = np.float32(1.0)
        self.floor: np.float32 | None = None

    def __call__(self, rows: Floats) -> Floats:
        time, bands, channels = rows.shape
        lead = self._tall - 1
        padded = np.zeros((time + lead, bands + 2 * self._pad, channels), dtype=np.float32)
        padded[lead:, self._pad : self._pad + bands] = rows
        if lead:
            if self._past is not None:
                padded[:lead] = self._past
            self._past = padded[time:].copy()
        if padded.shape[1] < self._wide:
            raise ValueError("a kernel wider than its input")
        width = padded.shape[1] - self._wide + 1
        columns = [
            padded[down : down + time, across : across + width]
            for down in range(self._tall)
            for across in range(self._wide)
        ]
        stacked = np.concatenate(columns, axis=2) if len(columns) > 1 else columns[0]
        result: Floats = stacked.reshape(time * width, -1) @ self._weights
        result += self._bias
        if self.floor is not None:
            np.maximum(result, result * self.alpha, out=result)
            np.maximum(result, self.floor, out=result)
        return result.reshape(time, width, -1)

    def reset(self) -> None:
        self._past = None


class _MaxPool:
    """Over two frames, two bands, or both."""

    def __init__(self, tall: int, wide: int) -> None:
        self._tall = tall
        self._wide = wide

    def __call__(self, rows: Floats) -> Floats:
        if self._tall == 2:
            rows = np.maximum(rows[::2], rows[1::2])
        if self._wide == 2:
            rows = np.maximum(rows[:, ::2], rows[:, 1::2])
        return rows

    def reset(self) -> None:
        """It remembers nothing: its calls begin with even rows."""


def _layers(graph: Graph) -> list[_Layer]:
    layers: list[_Layer] = []
    padded = False
    for operation in graph.operations:
        match operation.name:
            case "pad":
                padded = True
            case "conv":
                weights, bias = (_constant(graph, operation, place) for place in (1, 2))
                same = bool(operation.options["same"])
                if same and weights.shape[1] > 1:
                    raise ValueError("a convolution pads time")
                layers.append(_Convolution(weights, bias, padded=padded or same))
                padded = False
            case "leaky_relu":
                _convolution(layers).alpha = np.float32(operation.options["alpha"])
            case "maximum":
                _convolution(layers).floor = np.float32(_constant(graph, operation, 1))
            case "max_pool":
                tall, wide = int(operation.options["height"]), int(operation.options["width"])
                down, across = int(operation.options["stride_h"]), int(operation.options["stride_w"])
                if down != tall or across != wide or max(tall, wide) > 2:
                    raise ValueError("an unknown pooling")
                layers.append(_MaxPool(tall, wide))
            case other:
                raise ValueError(f"an unknown layer ({other})")
    return layers


def _convolution(layers: list[_Layer]) -> _Convolution:
    """The last layer, to which an activation belongs."""
    last = layers[-1]
    if not isinstance(last, _Convolution):
        raise ValueError("an activation without a convolution")
    return last


def _constant(graph: Graph, operation: Operation, place: int) -> Any:
    return graph.constants[operation.inputs[place]]
