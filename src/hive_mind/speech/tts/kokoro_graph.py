"""Kokoro's network cut in two, and its slow convolutions made fast.

The published int8 network is one graph. Cut before its decoder it becomes
- a *text* part: phonemes to frames (25 ms each), pitch, loudness and harmonic source: 5 % of the work;
- a *decoder*: any run of frames to audio. The harmonic source comes from the text part, so that its phase
  runs on from one run of frames to the next and they can be joined.

The decoder spends two thirds of its time in `ConvInteger`, for which onnxruntime has no fast kernel. Where
the amplitude of such a convolution's output was measured (`data/kokoro_amplitudes.npz`), it becomes a
`QLinearConv` with the same weights, 3.5 times faster.

The decoder normalises each channel by its mean and variance over the frames it is given. Over half a second
these are far from those of a sentence, which costs intelligibility; so they are drawn towards what is usual
for the voice (measured too): windows then sound like the whole, and are understood as well.

Needs the package `onnx`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FRAMES = "/encoder/MatMul_1_output_0"
PITCH = "/encoder/Reshape_output_0"
LOUDNESS = "/encoder/Reshape_1_output_0"
SOURCE = "/decoder/decoder/generator/Concat_3_output_0"
STYLE = "/decoder/Slice_output_0"
DURATIONS = "/encoder/Clip_output_0"
AUDIO = "audio"

TEXT_OUTPUTS = (FRAMES, PITCH, LOUDNESS, SOURCE, STYLE, DURATIONS)
DECODER_INPUTS = (FRAMES, PITCH, LOUDNESS, SOURCE, STYLE)

TRUST = 0.3
"""How far a window's own statistics count against the usual ones; 1 would be the published network."""

Means = NDArray[np.float32]
"""Usual value of a statistic of each channel of a tensor."""

_SPECTRUM = ("/decoder/decoder/generator/Gather_4_output_0", "/decoder/decoder/generator/Gather_5_output_0")
"""Real and imaginary part of the source's spectrum."""

Amplitudes = NDArray[np.float32]
"""Greatest absolute value of each channel of a tensor."""


@dataclass(frozen=True, slots=True)
class _Convolution:
    """A `ConvInteger` and the nodes around it that make it a convolution of floats."""

    node: Any
    chain: tuple[Any, ...]
    output: str
    bias: str
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
        nodes: list[Any] = []
        for node in self.model.graph.node:
            if node.op_type == "STFT":
                nodes.extend(self._spectrum(node))
            elif node.output[0] not in _SPECTRUM:
                nodes.append(node)
        return self._part(nodes, [i.name for i in self.model.graph.input], TEXT_OUTPUTS)

    def decoder(
        self, amplitudes: Mapping[str, Amplitudes], means: Mapping[str, Means], *, signed: bool
    ) -> Any:
        """The model from frames to audio.

        Args:
            amplitudes: measured amplitudes of convolutions' outputs, by the name of the output.
            means: usual statistics of the voice's normalisations, by the name of the statistic.
            signed: whether the weights become signed: right and fastest on CPUs with 8-bit dot products
                (VNNI, NEON); other x86 CPUs would saturate.
        """
        replaced: dict[str, list[Any]] = {}
        dropped: set[str] = set()
        for convolution in self.convolutions():
            if (found := amplitudes.get(convolution.output)) is not None:
                replaced[convolution.chain[-1].name] = self._quantised(convolution, found, signed=signed)
                dropped |= {node.name for node in convolution.chain}
        nodes: list[Any] = []
        for node in self.model.graph.node:
            if node.name in replaced:
                nodes.extend(replaced[node.name])
            elif node.output[0] in means:
                nodes.extend(self._tempered(node, means[node.output[0]]))
            elif node.name not in dropped:
                nodes.append(node)
        return self._part(nodes, DECODER_INPUTS, [AUDIO])

    def convolutions(self) -> Iterable[_Convolution]:
        """The convolutions of the decoder's generator, where nearly all the work is."""
        for node in self.model.graph.node:
            if node.op_type == "ConvInteger" and "/generator/" in node.name and "res" in node.name:
                yield self._around(node)

    def statistics(self) -> list[str]:
        """Names of the means and variances by which the decoder normalises each channel over time."""
        return [
            node.output[0]
            for node in self.model.graph.node
            if node.op_type == "ReduceMean" and node.name.startswith("/decoder/")
        ]

    def with_outputs(self, names: Iterable[str]) -> Any:
        """The decoder as published, which also gives these tensors: for measuring amplitudes."""
        return self._part(self.model.graph.node, DECODER_INPUTS, [AUDIO, *names])

    def _around(self, node: Any) -> _Convolution:
        chain = [node]
        bias = ""
        while chain[-1].op_type != "Mul":
            before = chain[-1].output[0]
            after = self.users[before][0]
            if after.op_type == "Add":
                reshape = self.maker[next(name for name in after.input if name != before)]
                bias = reshape.input[0]
            chain.append(after)
        scales = self.maker[next(name for name in chain[-1].input if name != chain[-2].output[0])]
        weight_scale = next(name for name in scales.input if name in self.constants)
        input_scale = next(name for name in scales.input if name not in self.constants)
        return _Convolution(node, tuple(chain), chain[-1].output[0], bias, weight_scale, input_scale)

    def _quantised(self, convolution: _Convolution, amplitude: Amplitudes, *, signed: bool) -> list[Any]:
        """A `QLinearConv` whose output fills eight bits in each channel, and that output made float."""
        helper = self._onnx.helper
        node, name = convolution.node, convolution.node.name
        weights, zero, channels = node.input[1], int(self._value(node.input[3])), len(amplitude)
        if signed:
            shifted = self._value(weights).astype(np.int16) - 128
            weights = self._constant(f"{name}_weights", shifted.astype(np.int8))
            zero -= 128
        steps = np.asarray(amplitude, dtype=np.float32) / 127
        scales = (self._value(convolution.weight_scale) / steps).astype(np.float32)
        middle = np.full(channels, 128, dtype=np.uint8)
        convolve = helper.make_node(
            "QLinearConv",
            [
                node.input[0],
                convolution.input_scale,
                node.input[2],
                weights,
                self._constant(f"{name}_scales", scales),
                self._constant(
                    f"{name}_zeros", np.full(channels, zero, dtype=np.int8 if signed else np.uint8)
                ),
                self._constant("one", np.float32(1)),
                self._constant("middle", np.uint8(128)),
                convolution.bias,
            ],
            [f"{name}_q"],
            name=f"{name}_q",
            **{a.name: helper.get_attribute_value(a) for a in node.attribute},
        )
        to_float = helper.make_node(
            "DequantizeLinear",
            [f"{name}_q", self._constant(f"{name}_steps", steps), self._constant(f"{name}_middles", middle)],
            [convolution.output],
            name=f"{name}_dq",
            axis=1,
        )
        return [convolve, to_float]

    def _tempered(self, node: Any, usual: Means) -> list[Any]:
        """A statistic of the window, drawn towards its usual value."""
        helper, name = self._onnx.helper, node.output[0]
        trust = self._constant("trust", np.float32(TRUST))
        drawn = ((1 - TRUST) * usual).astype(np.float32).reshape(1, -1, 1)
        own = helper.make_node("ReduceMean", list(node.input), [f"{name}_own"], name=f"{name}_own")
        own.attribute.extend(node.attribute)
        return [
            own,
            helper.make_node("Mul", [f"{name}_own", trust], [f"{name}_part"], name=f"{name}_part"),
            helper.make_node(
                "Add",
                [f"{name}_part", self._constant(f"{name}_usual", drawn)],
                [name],
                name=f"{name}_tempered",
            ),
        ]

    def _spectrum(self, node: Any) -> list[Any]:
        """The short-time Fourier transform of the source as one convolution: ten times faster than `STFT`."""
        helper = self._onnx.helper
        signal, hop, window = (node.input[0], *(self._value(name) for name in node.input[1:3]))
        size = len(window)
        angles = 2 * np.pi * np.outer(np.arange(size // 2 + 1), np.arange(size)) / size
        imaginary = -np.sin(angles)
        # The two real bins: where they are negative their phase must be +pi, as it was in training, not -pi.
        imaginary[[0, -1]] = -1e-10 * np.cos(angles[[0, -1]])
        basis = np.concatenate([np.cos(angles), imaginary]) * window
        kernel = self._constant("spectrum_basis", basis[:, None, :].astype(np.float32))
        axis = self._constant("spectrum_axis", np.array([1], dtype=np.int64))
        halves = self._constant("spectrum_halves", np.array([len(angles)] * 2, dtype=np.int64))
        return [
            helper.make_node("Unsqueeze", [signal, axis], ["spectrum_signal"], name="spectrum_signal"),
            helper.make_node(
                "Conv", ["spectrum_signal", kernel], ["spectrum"], name="spectrum", strides=[int(hop)]
            ),
            helper.make_node("Split", ["spectrum", halves], list(_SPECTRUM), name="spectrum_split", axis=1),
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
