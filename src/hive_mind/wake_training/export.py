"""A trained head as an ONNX file that openWakeWord reads too."""

from pathlib import Path
from typing import Any

import numpy as np

from hive_mind.errors import ModelError
from hive_mind.speech.wake_word.embedding import WIDTH
from hive_mind.wake_training.layers import EPSILON
from hive_mind.wake_training.network import LENGTH, Network

OPSET = 17
IR_VERSION = 8


def write_onnx(network: Network, path: Path) -> None:
    """Write a network that takes (1, 16, 96) embeddings and gives the probability of the word, (1, 1).

    Raises:
        ModelError: ENGINE_MISSING without the package `onnx`.
    """
    try:
        import onnx
    except ImportError as error:
        raise ModelError(
            "Training a wake word needs the package onnx: install hive-mind[desktop].", code="ENGINE_MISSING"
        ) from error
    from onnx import TensorProto, helper

    model = helper.make_model(
        helper.make_graph(
            _nodes(helper),
            "wake_word",
            [helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, [1, LENGTH, WIDTH])],
            [helper.make_tensor_value_info("probability", TensorProto.FLOAT, [1, 1])],
            [onnx.numpy_helper.from_array(value, name) for name, value in _constants(network).items()],
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="hive-mind",
    )
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_bytes(model.SerializeToString())
    draft.replace(path)


def _constants(network: Network) -> dict[str, Any]:
    known: dict[str, Any] = dict(network.parameters())
    for place in (0, 3):
        rows = known[f"{place}.weights"]
        # Ours: (3 * inputs, outputs), the step before first. ONNX: (outputs, inputs, 3).
        known[f"{place}.weights"] = np.ascontiguousarray(
            rows.reshape(3, -1, rows.shape[1]).transpose(2, 1, 0)
        )
    return {"mean": network.mean, "scale": (1.0 / network.spread).astype(np.float32), **known}


def _nodes(helper: Any) -> list[Any]:
    turned = {"perm": [0, 2, 1]}
    nodes = [
        helper.make_node("Sub", ["embeddings", "mean"], ["centred"]),
        helper.make_node("Mul", ["centred", "scale"], ["layer_0"]),
    ]
    for place in (0, 3):
        here = f"layer_{place}"
        nodes += [
            helper.make_node("Transpose", [here], [f"{here}_in"], **turned),
            helper.make_node(
                "Conv",
                [f"{here}_in", f"{place}.weights", f"{place}.bias"],
                [f"{here}_conv"],
                kernel_shape=[3],
                pads=[1, 1],
            ),
            helper.make_node("Transpose", [f"{here}_conv"], [f"{here}_out"], **turned),
            helper.make_node(
                "LayerNormalization",
                [f"{here}_out", f"{place + 1}.gain", f"{place + 1}.bias"],
                [f"{here}_norm"],
                axis=-1,
                epsilon=EPSILON,
            ),
            helper.make_node("Relu", [f"{here}_norm"], [f"layer_{place + 3}"]),
        ]
    return [
        *nodes,
        helper.make_node("MatMul", ["layer_6", "6.queries"], ["fits"]),
        helper.make_node("Add", ["fits", "6.places"], ["placed"]),
        helper.make_node("Softmax", ["placed"], ["weights"], axis=1),
        helper.make_node("Transpose", ["weights"], ["weights_by_look"], **turned),
        helper.make_node("MatMul", ["weights_by_look", "layer_6"], ["looks"]),
        helper.make_node("ReduceMax", ["layer_6"], ["top"], axes=[1], keepdims=1),
        helper.make_node("Concat", ["looks", "top"], ["pooled"], axis=1),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("Gemm", ["flat", "7.weights", "7.bias"], ["odds"]),
        helper.make_node("Sigmoid", ["odds"], ["probability"]),
    ]
