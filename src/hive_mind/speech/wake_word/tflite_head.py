"""A wake word's head as a TensorFlow Lite file, computed in numpy: a few dense layers."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hive_mind.errors import ModelError
from hive_mind.speech.wake_word.embedding import WIDTH, Floats
from hive_mind.speech.wake_word.tflite import Graph, Operation, read_tflite

Value = NDArray[Any]


class TfliteHead:
    """A `Head` of openWakeWord's stock words.

    Args:
        model: takes (1, n, 96) embeddings, gives one number in [0, 1].

    Raises:
        ModelError: MODEL_MISSING; MODEL_UNAVAILABLE when it is damaged, of another shape, or holds an
            operation that is not known.
    """

    def __init__(self, model: Path) -> None:
        self._graphs = read_tflite(model)
        try:
            _, length, width = self._graphs[0].shapes[self._graphs[0].inputs[0]]
        except (IndexError, ValueError) as error:
            raise ModelError(f"{model.name} is no wake word model of openWakeWord's kind.") from error
        unknown = {
            operation.name
            for graph in self._graphs
            for operation in graph.operations
            if operation.name not in _ARITHMETIC and operation.name != "if"
        }
        if unknown or width != WIDTH:
            why = f" ({', '.join(sorted(unknown))})" if unknown else ""
            raise ModelError(f"{model.name} is no wake word model of openWakeWord's kind{why}.")
        self._length = length

    @property
    def length(self) -> int:
        """How many embeddings it looks at."""
        return self._length

    def score(self, embeddings: Floats) -> float:
        """Of the word, in [0, 1]."""
        return float(self._run(self._graphs[0], (embeddings[None],))[0].reshape(-1)[0])

    def _run(self, graph: Graph, given: tuple[Value, ...]) -> tuple[Value, ...]:
        values: dict[int, Value] = {**graph.constants, **dict(zip(graph.inputs, given, strict=True))}
        for operation in graph.operations:
            inputs = [values[number] for number in operation.inputs if number >= 0]
            if operation.name == "if":
                branch = "then" if inputs[0].all() else "else"
                chosen = self._graphs[int(operation.options[branch])]
                values.update(zip(operation.outputs, self._run(chosen, tuple(inputs[1:])), strict=True))
                continue
            result = _ARITHMETIC[operation.name](operation, inputs)
            values[operation.outputs[0]] = (
                np.maximum(result, 0.0) if operation.activation == "relu" else result
            )
        return tuple(values[number] for number in graph.outputs)


def _dense(_: Operation, inputs: list[Value]) -> Value:
    made: Value = inputs[0] @ inputs[1].T
    return made + inputs[2] if len(inputs) > 2 else made


def _mean(operation: Operation, inputs: list[Value]) -> Value:
    axes = tuple(int(axis) for axis in inputs[1].reshape(-1))
    made: Value = inputs[0].mean(axis=axes, keepdims=bool(operation.options["keep"]))
    return made


def _logistic(_: Operation, inputs: list[Value]) -> Value:
    made: Value = 1.0 / (1.0 + np.exp(-np.clip(inputs[0], -60.0, 60.0)))
    return made


_ARITHMETIC: Mapping[str, Callable[[Operation, list[Value]], Value]] = {
    "add": lambda _, inputs: inputs[0] + inputs[1],
    "sub": lambda _, inputs: inputs[0] - inputs[1],
    "mul": lambda _, inputs: inputs[0] * inputs[1],
    "dense": _dense,
    "greater_equal": lambda _, inputs: inputs[0] >= inputs[1],
    "logistic": _logistic,
    "mean": _mean,
    "reshape": lambda _, inputs: inputs[0].reshape(inputs[1]),
    "rsqrt": lambda _, inputs: 1.0 / np.sqrt(inputs[0]),
}
