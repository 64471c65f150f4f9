"""Scoring many texts at once gives what scoring each alone gives."""

import struct
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hive_mind.errors import ModelError
from hive_mind.speech.stt.text_scorer import TextScorer
from hive_mind.speech.stt.weights import in_rows, read_decoder

WIDTH, WORDS, PLACES, LAYERS = 8, 30, 12, 2


def small_model(path: Path, specification: str = "WhisperSpec", *, mixed: bool = True) -> Path:
    """A tiny decoder with random weights, in CTranslate2's format; `mixed`: one of them in 8 bits."""
    random = np.random.default_rng(7)

    def some(*shape: int) -> NDArray[np.float16]:
        return random.normal(0, 0.5, shape).astype(np.float16)

    variables: dict[str, NDArray[np.generic]] = {
        "encoder/ignored": some(3, 3),
        "decoder/embeddings/weight": some(WORDS, WIDTH),
        "decoder/position_encodings/encodings": some(PLACES, WIDTH),
        "decoder/num_heads": np.array(2, np.int16),
        "decoder/layer_norm/gamma": some(WIDTH),
        "decoder/layer_norm/beta": some(WIDTH),
    }
    for layer in range(LAYERS):
        name = f"decoder/layer_{layer}"
        for part, linears in (
            ("self_attention", ((24, 8), (8, 8))),
            ("attention", ((8, 8), (16, 8), (8, 8))),
            ("ffn", ((32, 8), (8, 32))),
        ):
            variables[f"{name}/{part}/layer_norm/gamma"] = some(WIDTH)
            variables[f"{name}/{part}/layer_norm/beta"] = some(WIDTH)
            for number, shape in enumerate(linears):
                variables[f"{name}/{part}/linear_{number}/weight"] = some(*shape)
                variables[f"{name}/{part}/linear_{number}/bias"] = some(shape[0])
    if mixed:
        variables["decoder/layer_0/ffn/linear_0/weight"] = random.integers(-127, 127, (32, 8)).astype(np.int8)
        variables["decoder/layer_0/ffn/linear_0/weight_scale"] = np.full(32, 100, np.float32)
    kinds = {np.dtype(np.float32): 0, np.dtype(np.int8): 1, np.dtype(np.int16): 2, np.dtype(np.float16): 4}

    def text(value: str) -> bytes:
        return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"

    out = struct.pack("<I", 6) + text(specification) + struct.pack("<II", 3, len(variables))
    for name, values in variables.items():
        out += text(name) + struct.pack("<B", values.ndim) + struct.pack(f"<{values.ndim}I", *values.shape)
        out += struct.pack("<BI", kinds[values.dtype], values.nbytes) + values.tobytes()
    path.write_bytes(out)
    return path


@pytest.fixture(scope="module")
def scorer(tmp_path_factory: pytest.TempPathFactory) -> TextScorer:
    return TextScorer(small_model(tmp_path_factory.mktemp("model") / "model.bin"))


def test_many_texts_at_once_score_as_each_alone(scorer: TextScorer) -> None:
    encoded = np.random.default_rng(1).normal(size=(5, WIDTH)).astype(np.float32)
    texts = [[3, 4, 5, 29], [3, 4, 6, 29], [3, 29], [7, 8, 9, 10, 29], [29]]
    together = scorer.score(scorer.listen(encoded), [1, 2], texts)
    for text, scores in zip(texts, together, strict=True):
        assert len(scores) == len(text)
        np.testing.assert_allclose(scores, scorer.score(scorer.listen(encoded), [1, 2], [text])[0], atol=1e-4)


def test_the_probabilities_of_all_next_tokens_add_up_to_one(scorer: TextScorer) -> None:
    encoded = np.random.default_rng(2).normal(size=(5, WIDTH)).astype(np.float32)
    scores = scorer.score(scorer.listen(encoded), [1, 2], [[3, token] for token in range(WORDS)])
    assert sum(np.exp(s[1]) for s in scores) == pytest.approx(1, abs=1e-4)


def test_other_audio_gives_other_scores(scorer: TextScorer) -> None:
    one, other = np.random.default_rng(3).normal(size=(2, 5, WIDTH)).astype(np.float32)
    assert (
        scorer.score(scorer.listen(one), [1], [[3, 4]])[0].sum()
        != scorer.score(scorer.listen(other), [1], [[3, 4]])[0].sum()
    )


def test_eight_bit_weights_are_scaled_back(tmp_path: Path) -> None:
    found = read_decoder(small_model(tmp_path / "model.bin"))
    weights = found.matrices["layer_0/ffn/linear_0/weight"]
    assert np.abs(weights.take(range(len(weights)))).max() <= 1.27
    names = {*found.matrices, *found.vectors}
    assert not any(name.endswith("_scale") or name == "ignored" for name in names)


@given(st.integers(1, 5), st.integers(1, 7), st.randoms(use_true_random=False))
def test_matrices_in_eight_bits_multiply_nearly_as_they_were(rows: int, columns: int, seed: Random) -> None:
    random = np.random.default_rng(seed.randrange(2**32))
    matrix = random.normal(scale=3.0, size=(rows, columns)).astype(np.float32)
    x = random.normal(size=(2, columns)).astype(np.float32)
    packed = in_rows(matrix)
    assert np.allclose(packed.take(range(rows)), matrix, atol=np.abs(matrix).max() / 127)
    assert np.allclose(packed.times(x), x @ packed.take(range(rows)).T, atol=1e-4)
    assert np.allclose(packed.times(x, 1, 3), packed.times(x)[:, 1:3], atol=1e-5)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x06\0\0\0\x04\0abc\0"])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    with pytest.raises(ModelError):
        TextScorer(path)


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="TransformerSpec"):
        TextScorer(small_model(tmp_path / "model.bin", "TransformerSpec"))
