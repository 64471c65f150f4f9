"""Embeddings of whole recordings: what the detector computes as the audio comes, in half the time."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hive_mind.errors import ModelError
from hive_mind.speech.audio import Samples
from hive_mind.speech.wake_word.embedding import MELS, STEP_FRAMES, WARM_UP, WIDTH, WINDOW_FRAMES
from hive_mind.speech.wake_word.mel import LEAD_SAMPLES, STEP_SAMPLES, MelSpectrum
from hive_mind.speech.wake_word.tflite import Graph, Operation, read_tflite

OPSET = 17
IR_VERSION = 8

UNSEEN = (WARM_UP + 1) * STEP_FRAMES - WINDOW_FRAMES
"""Mel frames at the beginning of a recording that not even its first whole window sees."""


class FrontEnd:
    """Embeddings of whole recordings, on onnxruntime, one thread a call. Thread-safe.

    Args:
        folder: of the model openwakeword.

    Raises:
        ModelError: MODEL_MISSING; MODEL_UNAVAILABLE when it is damaged or another network; ENGINE_MISSING
            without the packages onnx and onnxruntime.
    """

    def __init__(self, folder: Path) -> None:
        try:
            import onnxruntime
            from onnx import helper
        except ImportError as error:
            raise ModelError(
                "Training a wake word needs the packages onnx and onnxruntime: install hive-mind[desktop].",
                code="ENGINE_MISSING",
            ) from error
        self._mel = MelSpectrum(folder / "melspectrogram.tflite")
        graph = read_tflite(folder / "embedding_model.tflite")[0]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            model = _as_onnx(graph, helper).SerializeToString()
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors have no other common base
            raise ModelError(f"openWakeWord's embedding cannot be loaded: {error}") from error

    def __call__(self, samples: Samples) -> NDArray[np.float16]:
        """One embedding each 80 ms from the `WARM_UP`th on."""
        whole = len(samples) // STEP_SAMPLES * STEP_SAMPLES
        if whole <= WARM_UP * STEP_SAMPLES:
            return np.zeros((0, WIDTH), dtype=np.float16)
        lead = np.zeros(LEAD_SAMPLES, dtype=np.float32)
        mels = self._mel(np.concatenate((lead, samples[:whole])))[UNSEEN:]
        made: NDArray[np.float32] = self._session.run(None, {"mels": mels[None, None]})[0]
        return made.reshape(WIDTH, -1).T.astype(np.float16)


def _as_onnx(graph: Graph, helper: Any) -> Any:
    """The same network, over any number of frames: (1, 1, frames, bands) to (1, 96, embeddings, 1)."""
    from onnx import TensorProto, numpy_helper

    nodes: list[Any] = []
    known: list[Any] = []
    last, padding = "mels", 0

    def constant(value: NDArray[Any]) -> str:
        known.append(numpy_helper.from_array(np.ascontiguousarray(value), f"constant_{len(known)}"))
        return f"constant_{len(known) - 1}"

    for operation in graph.operations:
        if operation.name == "pad":
            padding = int(graph.constants[operation.inputs[1]][2, 0])
            continue
        kind, inputs, options = _node(graph, operation, padding)
        padding = 0
        made = f"made_{len(nodes)}"
        nodes.append(helper.make_node(kind, [last, *map(constant, inputs)], [made], **options))
        last = made
    taken = helper.make_tensor_value_info("mels", TensorProto.FLOAT, [1, 1, None, MELS])
    given = helper.make_tensor_value_info(last, TensorProto.FLOAT, [1, WIDTH, None, 1])
    return helper.make_model(
        helper.make_graph(nodes, "embedding", [taken], [given], known),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )


def _node(graph: Graph, operation: Operation, padding: int) -> tuple[str, list[NDArray[Any]], dict[str, Any]]:
    """An operation's name in ONNX, its constants and its options."""
    match operation.name:
        case "conv":
            weights, bias = (graph.constants[operation.inputs[place]] for place in (1, 2))
            _, tall, wide, _ = weights.shape
            # Over time nothing is padded: each embedding sees whole windows alone.
            side = padding or (wide // 2 if operation.options["same"] else 0)
            options = {"kernel_shape": [tall, wide], "pads": [0, side, 0, side]}
            return "Conv", [weights.transpose(0, 3, 1, 2), bias], options
        case "leaky_relu":
            return "LeakyRelu", [], {"alpha": float(operation.options["alpha"])}
        case "maximum":
            return "Clip", [graph.constants[operation.inputs[1]].reshape(())], {}
        case "max_pool":
            size = [int(operation.options["height"]), int(operation.options["width"])]
            return "MaxPool", [], {"kernel_shape": size, "strides": size}
        case other:
            raise ValueError(f"an unknown layer ({other})")
