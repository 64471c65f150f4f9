from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from hive_mind.errors import ConfigError, ModelError
from hive_mind.speech.wake_word.card import stock_cards
from hive_mind.speech.wake_word.factory import MODEL, known_word, make_wake_words, spellings_of
from hive_mind.speech.wake_word.head import load_head
from hive_mind.speech.wake_word.settings import WordSetting
from hive_mind.speech.wake_word.tflite import read_tflite

Find = Callable[[str], Path | None]


def nowhere(_: str) -> Path | None:
    return None


@pytest.fixture(scope="module")
def find(models_dir: Path) -> Find:
    return {MODEL: models_dir / MODEL}.get


def onnx_head(path: Path, windows: int = 16, width: int = 96, words: int = 1) -> Path:
    """A head that gives the logistic of the sum of its embeddings."""
    ones = numpy_helper.from_array(np.ones((windows * width, words), dtype=np.float32), "ones")
    nodes = [
        helper.make_node("Flatten", ["x"], ["flat"]),
        helper.make_node("MatMul", ["flat", "ones"], ["sum"]),
        helper.make_node("Sigmoid", ["sum"], ["y"]),
    ]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, windows, width])]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, words])]
    graph = helper.make_graph(nodes, "head", inputs, outputs, [ones])
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), str(path))
    return path


def test_words_are_named_once() -> None:
    for words in ([], [WordSetting("alexa"), WordSetting("alexa", 0.9)]):
        with pytest.raises(ConfigError):
            make_wake_words(nowhere, words)
    with pytest.raises(ValueError, match="sensitivity"):
        WordSetting("alexa", 1.5)


def test_what_is_missing_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="models pull openwakeword") as caught:
        make_wake_words(nowhere, [WordSetting("alexa")])
    assert caught.value.code == "MODEL_MISSING"
    with pytest.raises(ModelError, match=r"hey_jarvis.*hey_alison") as caught:
        onnx_head(tmp_path / "hey_alison.onnx")
        make_wake_words(nowhere, [WordSetting("hey_bob")], trained=tmp_path)
    assert caught.value.code == "MODEL_UNKNOWN"
    with pytest.raises(ModelError, match=r"hey\.onnx") as caught:
        make_wake_words(nowhere, [WordSetting(str(tmp_path / "hey.onnx"))])
    assert caught.value.code == "MODEL_MISSING"


def test_a_trained_word_is_found_by_name_and_by_path(tmp_path: Path) -> None:
    model = onnx_head(tmp_path / "hey_alison.onnx")
    (tmp_path / "hey_alison.json").write_text(
        '{"phrase": "hey alison", "spellings": ["et alison"], "threshold": 0.7}', "utf-8"
    )
    by_name = known_word(nowhere, "hey_alison", tmp_path)
    assert by_name == known_word(nowhere, str(model))
    assert (by_name.name, by_name.card.threshold) == ("hey_alison", 0.7)
    words = [WordSetting("hey_alison"), WordSetting("salut.ppn")]
    assert spellings_of(nowhere, words, tmp_path) == ("hey alison", "et alison", "salut")


def test_onnx_heads_are_checked_when_they_are_loaded(tmp_path: Path) -> None:
    head = load_head(onnx_head(tmp_path / "good.onnx", windows=20))
    assert head.length == 20
    assert head.score(np.zeros((20, 96), dtype=np.float32)) == pytest.approx(0.5)
    for bad in (onnx_head(tmp_path / "wide.onnx", width=32), onnx_head(tmp_path / "two.onnx", words=2)):
        with pytest.raises(ModelError):
            load_head(bad)
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    for name in ("broken.onnx", "absent.onnx", "good.pt"):
        with pytest.raises(ModelError, match=name):
            load_head(tmp_path / name)


@pytest.mark.models
def test_a_damaged_tflite_file_is_one_error(tmp_path: Path, models_dir: Path) -> None:
    whole = (models_dir / MODEL / "hey_rhasspy.tflite").read_bytes()
    damaged = tmp_path / "damaged.tflite"
    for data in (b"", b"nonsense", whole[:100], whole[: len(whole) // 2], whole[:8] + b"\xff" * 400):
        damaged.write_bytes(data)
        with pytest.raises(ModelError, match=r"damaged\.tflite"):
            read_tflite(damaged)


@pytest.mark.models
@pytest.mark.parametrize("word", stock_cards())
def test_every_stock_word_is_there(find: Find, word: str) -> None:
    head = load_head(known_word(find, word).model)
    assert head.length == 16
    assert 0.0 <= head.score(np.zeros((16, 96), dtype=np.float32)) < 0.5
