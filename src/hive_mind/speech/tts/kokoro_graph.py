"""Kokoro's network cut in two, and its slow convolutions made fast.

The published int8 network is one graph. Cut before its decoder it becomes
- a *text* part: phonemes to frames (25 ms each), pitch, loudness and harmonic source: 5 % of the work;
- a *decoder*: any run of frames to audio. The harmonic source comes from the text part, so that its phase runs
  on from one run of frames to the next and they can be joined.

The decoder spends two thirds of its time in `ConvInteger`, for which onnxruntime has no fast kernel. Where the
range of such a convolution's output was measured (`data/kokoro_ranges.json`), it becomes a `QLinearConv` with
the same weights: 3.5 times faster. Needs the package `onnx`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FRAMES = "/encoder/MatMul_1_output_0"
PITCH = "/encoder/Reshape_output_0"
LOUDNESS = "/encoder/Reshape_1_output_0"
SOURCE = "/decoder/decoder/generator/Concat_3_output_0"
STYLE = "/decoder/Slice_output_0"
DURATIONS = "/encoder/Clip_output_0"
AUDIO = "audio"

TEXT_OUTPUTS = (FRAMES, PITCH, LOUDNESS, SOURCE, STYLE, DURATIONS)
DECODER_INPUTS = (FRAMES, PITCH, LOUDNESS, SOURCE, STYLE)

Range = tuple[float, float]
"""Least and greatest value of a tensor."""


@dataclass(frozen=True, slots=True)
class _Convolution:
    """A `ConvInteger` and the nodes around it that make it a convolution of floats."""

    node: Any
    chain: tuple[Any, ...]
    output: str
    bias: str | None
    weight_scale: str
    input_scale: str


class Graph:
    """An ONNX graph with what is needed to walk it."""

    def __init__(self, path: Path) -> None:
        import onnx

        self._onnx = onnx
        self.model = onnx.load(str(path))
        nodes = self.model.graph.node
        self.constants = {tensor.name: tensor for tensor in self.model.graph.initializer}
        self.maker = {output: node for node in nodes for output in node.output}
        self.users: dict[str, list[Any]] = {}
        for node in nodes:
            for name in node.input:
                self.users.setdefault(name, []).append(node)

    def text_part(self) -> Any:
        """The model from phonemes to the decoder's inputs."""
        return self._part(self.model.graph.node, [i.name for i in self.model.graph.input], TEXT_OUTPUTS)

    def decoder(self, ranges: Mapping[str, Range], *, signed: bool) -> Any:
        """The model from frames to audio.

        Args:
            ranges: measured output ranges of convolutions, by the name of the output.
            signed: whether the weights become signed: right and fastest on CPUs with 8-bit dot products (VNNI,
                NEON); other x86 CPUs would saturate.
        """
        replaced: dict[str, list[Any]] = {}
        dropped: set[str] = set()
        for convolution in self.convolutions():
            if (found := ranges.get(convolution.output)) is not None:
                replaced[convolution.chain[-1].name] = self._quantised(convolution, found, signed=signed)
                dropped |= {node.name for node in convolution.chain}
        nodes: list[Any] = []
        for node in self.model.graph.node:
            if node.name in replaced:
                nodes.extend(replaced[node.name])
            elif node.name not in dropped:
                nodes.append(node)
        return self._part(nodes, DECODER_INPUTS, [AUDIO])

    def convolutions(self) -> Iterable[_Convolution]:
        """The convolutions of the decoder's generator, where nearly all the work is."""
        for node in self.model.graph.node:
            if node.op_type == "ConvInteger" and "/generator/" in node.name and "res" in node.name:
                yield self._around(node)

    def with_outputs(self, names: Iterable[str]) -> Any:
        """The decoder as published, which also gives these tensors: for measuring ranges."""
        return self._part(self.model.graph.node, DECODER_INPUTS, [AUDIO, *names])

    def _around(self, node: Any) -> _Convolution:
        chain = [node]
        bias = None
        while chain[-1].op_type != "Mul":
            before = chain[-1].output[0]
            after = self.users[before][0]
            if after.op_type == "Add":
                maker = self.maker[next(name for name in after.input if name != before)]
                while maker.op_type != "Div":
                    maker = self.maker[maker.input[0]]
                bias = maker.input[0]
            chain.append(after)
        scales = self.maker[next(name for name in chain[-1].input if name != chain[-2].output[0])]
        weight_scale = next(name for name in scales.input if name in self.constants)
        input_scale = next(name for name in scales.input if name not in self.constants)
        return _Convolution(node, tuple(chain), chain[-1].output[0], bias, weight_scale, input_scale)

    def _quantised(self, convolution: _Convolution, found: Range, *, signed: bool) -> list[Any]:
        """A `QLinearConv` without bias, its output made float, and the bias added there."""
        helper = self._onnx.helper
        node, name = convolution.node, convolution.node.name
        low, high = min(found[0], 0.0), max(found[1], 0.0)
        scale = np.float32((high - low) / 255.0)
        out_scale = self._constant(f"{name}_out_scale", scale)
        out_zero = self._constant(f"{name}_out_zero", np.uint8(np.clip(np.round(-low / scale), 0, 255)))
        weights, zero = node.input[1], node.input[3]
        if signed:
            shifted = self._value(weights).astype(np.int16) - 128
            weights = self._constant(f"{name}_weights", shifted.astype(np.int8))
            zero = self._constant(f"{name}_zero", np.int8(int(self._value(node.input[3])) - 128))
        convolve = helper.make_node(
            "QLinearConv",
            [node.input[0], convolution.input_scale, node.input[2]]
            + [weights, convolution.weight_scale, zero, out_scale, out_zero],
            [f"{name}_q"],
            name=f"{name}_q",
            **{a.name: helper.get_attribute_value(a) for a in node.attribute},
        )
        plain = convolution.output if convolution.bias is None else f"{name}_f"
        to_float = helper.make_node(
            "DequantizeLinear", [f"{name}_q", out_scale, out_zero], [plain], name=f"{name}_dq"
        )
        if convolution.bias is None:
            return [convolve, to_float]
        bias = self._constant(f"{name}_bias", self._value(convolution.bias).reshape(1, -1, 1))
        return [
            convolve,
            to_float,
            helper.make_node("Add", [plain, bias], [convolution.output], name=f"{name}_b"),
        ]

    def _value(self, name: str) -> Any:
        return self._onnx.numpy_helper.to_array(self.constants[name])

    def _constant(self, name: str, value: Any) -> str:
        if name not in self.constants:
            self.constants[name] = self._onnx.numpy_helper.from_array(np.asarray(value), name)
        return name

    def _part(self, nodes: Iterable[Any], inputs: Iterable[str], outputs: Iterable[str]) -> Any:
        """A model of the nodes that lie between `inputs` and `outputs`."""
        helper, float_type = self._onnx.helper, self._onnx.TensorProto.FLOAT
        known = {i.name: i for i in self.model.graph.input}
        ends = {o.name: o for o in self.model.graph.output}
        given = set(inputs)
        needed = set(outputs)
        kept: list[Any] = []
        for node in reversed(list(nodes)):
            if any(name in needed and name not in given for name in node.output):
                kept.append(node)
                needed |= set(node.input)
        graph = helper.make_graph(
            kept[::-1],
            "kokoro",
            [known.get(name) or helper.make_tensor_value_info(name, float_type, None) for name in inputs],
            [ends.get(name) or helper.make_tensor_value_info(name, float_type, None) for name in outputs],
            [tensor for name, tensor in self.constants.items() if name in needed],
        )
        return helper.make_model(
            graph, opset_imports=self.model.opset_import, ir_version=self.model.ir_version
        )
