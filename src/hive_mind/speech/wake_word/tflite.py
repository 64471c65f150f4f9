"""Reads TensorFlow Lite files as data: which operations, on which constants.

Only what wake word models are made of. Schema: tensorflow/compiler/mlir/lite/schema/schema.fbs; a field is
known by its number there.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from flatbuffers.number_types import BoolFlags, Float32Flags, Int8Flags, Int32Flags, Uint32Flags
from flatbuffers.table import Table
from numpy.typing import NDArray

from hive_mind.errors import ModelError

MAGIC = b"TFL3"

OPERATIONS = {
    0: "add",
    3: "conv",
    9: "dense",
    14: "logistic",
    17: "max_pool",
    18: "mul",
    22: "reshape",
    34: "pad",
    40: "mean",
    41: "sub",
    55: "maximum",
    62: "greater_equal",
    76: "rsqrt",
    98: "leaky_relu",
    118: "if",
}
"""Names of the operations that are known, by their code; any other is "code N"."""

ACTIVATIONS = {0: "none", 1: "relu"}

_TYPES: dict[int, Any] = {0: np.float32, 2: np.int32, 4: np.int64, 6: np.bool_}


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of a graph.

    Attributes:
        name: of `OPERATIONS`.
        inputs: tensors it reads; -1 where an optional one is missing.
        outputs: tensors it makes.
        options: numbers that go with it: `stride_w`, `alpha`, ...
        activation: done to the result at once, of `ACTIVATIONS`.
    """

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: dict[str, float]
    activation: str


@dataclass(frozen=True, slots=True)
class Graph:
    """A network, or a branch of one.

    Attributes:
        inputs: tensors that the caller gives.
        outputs: tensors that are the result.
        operations: in order.
        constants: values of tensors that are not computed.
        shapes: of all tensors.
    """

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    operations: tuple[Operation, ...]
    constants: dict[int, NDArray[Any]]
    shapes: tuple[tuple[int, ...], ...]


def read_tflite(path: Path) -> tuple[Graph, ...]:
    """The graphs of a file; the first one is where it begins.

    Raises:
        ModelError: MODEL_MISSING without the file; MODEL_UNAVAILABLE when it is damaged or no TFLite model.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.", code="MODEL_MISSING") from error
    if data[4:8] != MAGIC:
        raise ModelError(f"{path.name} is not a TensorFlow Lite model.")
    try:
        model = _Node(Table(bytearray(data), struct.unpack_from("<I", data)[0]))
        codes = [max(node.number(0, Int8Flags), node.number(3, Int32Flags)) for node in model.nodes(1)]
        buffers = [node.bytes(0) for node in model.nodes(4)]
        return tuple(_graph(node, codes, buffers) for node in model.nodes(2))
    except (struct.error, IndexError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path.name} is damaged: {error}.") from error


def _graph(node: "_Node", codes: list[int], buffers: list[bytes]) -> Graph:
    shapes: list[tuple[int, ...]] = []
    constants: dict[int, NDArray[Any]] = {}
    for number, tensor in enumerate(node.nodes(0)):
        shapes.append(tensor.integers(0))
        raw = buffers[tensor.number(2, Uint32Flags)]
        if raw or 0 in shapes[-1]:
            kind = _TYPES[tensor.number(1, Int8Flags)]
            constants[number] = np.frombuffer(raw, dtype=kind).reshape(shapes[-1])
    operations = tuple(_operation(each, codes) for each in node.nodes(3))
    return Graph(node.integers(1), node.integers(2), operations, constants, tuple(shapes))


def _operation(node: "_Node", codes: list[int]) -> Operation:
    code = codes[node.number(0, Uint32Flags)]
    name = OPERATIONS.get(code, f"code {code}")
    options: dict[str, float] = {}
    activation = 0
    if given := node.node(4):
        match name:
            case "dense" | "add" | "sub" | "mul":
                activation = given.number(0, Int8Flags)
            case "conv" | "max_pool":
                options = {"same": float(given.number(0, Int8Flags) == 0)}
                names = ("stride_w", "stride_h", "width", "height")[: 2 if name == "conv" else 4]
                options |= {key: given.number(field, Int32Flags) for field, key in enumerate(names, 1)}
                activation = given.number(len(names) + 1, Int8Flags)
            case "leaky_relu":
                options = {"alpha": given.number(0, Float32Flags)}
            case "mean":
                options = {"keep": float(given.number(0, BoolFlags))}
            case "if":
                options = {
                    "then": given.number(0, Int32Flags),
                    "else": given.number(1, Int32Flags),
                }
    return Operation(name, node.integers(1), node.integers(2), options, ACTIVATIONS[activation])


class _Node:
    """A table of a flatbuffer, whose fields are numbered."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def number(self, field: int, flags: Any) -> Any:
        offset = self._offset(field)
        return self._table.Get(flags, offset + self._table.Pos) if offset else flags.py_type(0)

    def node(self, field: int) -> "_Node | None":
        offset = self._offset(field)
        if not offset:
            return None
        return _Node(Table(self._table.Bytes, self._table.Indirect(offset + self._table.Pos)))

    def nodes(self, field: int) -> list["_Node"]:
        offset = self._offset(field)
        if not offset:
            return []
        start, count = self._table.Vector(offset), self._table.VectorLen(offset)
        places = (self._table.Indirect(start + 4 * place) for place in range(count))
        return [_Node(Table(self._table.Bytes, place)) for place in places]

    def integers(self, field: int) -> tuple[int, ...]:
        return tuple(np.frombuffer(self.bytes(field, width=4), dtype="<i4").tolist())

    def bytes(self, field: int, width: int = 1) -> bytes:
        offset = self._offset(field)
        if not offset:
            return b""
        start = self._table.Vector(offset)
        end = start + width * self._table.VectorLen(offset)
        if end > len(self._table.Bytes):
            raise ValueError("it is cut off")
        return bytes(self._table.Bytes[start:end])

    def _offset(self, field: int) -> int:
        return int(self._table.Offset(4 + 2 * field))
