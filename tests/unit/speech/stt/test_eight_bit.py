"""A Whisper in 8 bits is made once, beside the one that was published, and is the same."""

from pathlib import Path

import numpy as np
import pytest

from hive_mind.errors import ModelError
from hive_mind.speech.stt.eight_bit import WEIGHTS, eight_bit, rows_in_8_bits
from hive_mind.speech.stt.model_file import read_model_file
from hive_mind.speech.stt.text_scorer import TextScorer
from tests.unit.speech.stt.test_text_scorer import WIDTH, small_model


@pytest.fixture
def published(tmp_path: Path) -> Path:
    small_model(tmp_path / WEIGHTS, mixed=False)
    (tmp_path / "config.json").write_text("{}")
    return tmp_path


def test_it_is_made_once_with_what_lies_beside_it(published: Path) -> None:
    made = eight_bit(published)
    assert made.parent == published and (made / "config.json").read_text() == "{}"
    first = (made / WEIGHTS).stat()
    assert eight_bit(published) == made
    assert (made / WEIGHTS).stat().st_mtime_ns == first.st_mtime_ns
    assert not list(published.glob("*.part"))


def test_the_matrices_alone_are_in_8_bits_and_half_a_step_away_at_most(published: Path) -> None:
    before, after = read_model_file(published / WEIGHTS), read_model_file(eight_bit(published) / WEIGHTS)
    assert (after.version, after.specification, after.rest) == (6, "WhisperSpec", before.rest)
    for name, values in before.variables.items():
        found = after.variables[name]
        if name.endswith("/weight"):
            scales = after.variables[name + "_scale"].astype(np.float32)[:, None]
            assert found.dtype == np.int8
            assert np.abs(found.astype(np.float32) / scales - values.astype(np.float32)).max() <= (
                0.5 / scales.min() + 1e-6
            )
        else:
            np.testing.assert_array_equal(found, values)


def test_a_row_of_nothing_stays_nothing() -> None:
    rows, scales = rows_in_8_bits(np.zeros((2, 3), np.float16))
    assert not rows.any() and (scales == 1).all()


def test_texts_score_the_same_before_and_after_it_lets_go(published: Path) -> None:
    scorer = TextScorer(eight_bit(published) / WEIGHTS)
    heard = scorer.listen(np.ones((3, WIDTH), np.float32))
    first = scorer.score(heard, [1, 2], [[3, 4]])
    scorer.let_go()
    np.testing.assert_array_equal(scorer.score(heard, [1, 2], [[3, 4]]), first)


def test_another_model_of_the_same_name_makes_another_folder(published: Path) -> None:
    old = eight_bit(published)
    (published / WEIGHTS).write_bytes((published / WEIGHTS).read_bytes() + b"\0\0\0\0")
    new = eight_bit(published)
    assert new != old and not old.exists()


def test_one_that_lost_its_end_is_made_again(published: Path) -> None:
    made = eight_bit(published)
    whole = (made / WEIGHTS).read_bytes()
    (made / WEIGHTS).write_bytes(whole[: len(whole) // 2])
    assert eight_bit(published) == made
    assert (made / WEIGHTS).read_bytes() == whole


def test_one_that_is_in_8_bits_already_is_left_as_it_is(tmp_path: Path) -> None:
    small_model(tmp_path / WEIGHTS)
    assert eight_bit(tmp_path) == tmp_path


def test_where_it_cannot_be_written_the_published_one_serves(published: Path) -> None:
    about = (published / WEIGHTS).stat()
    (published / f"int8-{about.st_size:x}-{about.st_mtime_ns:x}").write_text("in its way")
    assert eight_bit(published) == published
    assert not list(published.glob("*.part"))


@pytest.mark.parametrize("content", [b"", b"\6\0\0\0\5\0", b"GGUF" * 40])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / WEIGHTS).write_bytes(content)
    with pytest.raises(ModelError):
        eight_bit(tmp_path)


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        eight_bit(tmp_path)
