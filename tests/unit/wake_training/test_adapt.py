"""A head learns from false wakes, unless the word would suffer."""

from pathlib import Path

import numpy as np
import pytest

from hive_mind.errors import ModelError
from hive_mind.speech.wake_word.lessons import Lesson
from hive_mind.wake_training.adapt import adapted
from hive_mind.wake_training.fit import FitSettings, fit
from hive_mind.wake_training.memory import Memory, load_memory, remembered, save_memory
from tests.unit.wake_training.made_up import made_up, windows


@pytest.fixture(scope="module")
def memory() -> Memory:
    examples = made_up()
    return remembered(fit(examples, FitSettings(steps=200, batch=64, channels=8), 1, rate=8e-3), examples, 0)


def lessons(parts: int, count: int, *, meant: bool) -> list[Lesson]:
    return [Lesson("w", window.astype(np.float32), meant) for window in windows(count, 77, parts)]


def test_what_woke_it_for_nothing_does_so_less(memory: Memory) -> None:
    threshold = float(np.median(memory.network.score(windows(50, 3, 3).astype(np.float32))))
    found = adapted(memory, lessons(3, 20, meant=False), threshold)
    assert found.network is not None
    assert found.false_after < found.false_before
    assert found.recall_after >= found.recall_before - 0.02


def test_the_word_itself_cannot_be_unlearnt(memory: Memory) -> None:
    before = {name: value.copy() for name, value in memory.network.parameters().items()}
    found = adapted(memory, lessons(4, 60, meant=False) * 6, 0.0)
    assert found.network is None
    assert all(np.array_equal(before[name], value) for name, value in memory.network.parameters().items())


def test_nothing_false_teaches_nothing(memory: Memory) -> None:
    assert adapted(memory, lessons(4, 3, meant=True), 0.0).network is None


def test_memory_comes_back_from_the_disk(memory: Memory, tmp_path: Path) -> None:
    path = tmp_path / "word.npz"
    with pytest.raises(ModelError) as caught:
        load_memory(path)
    assert caught.value.code == "MODEL_MISSING"
    save_memory(memory, path)
    back = load_memory(path)
    some = windows(4, 9, 4).astype(np.float32)
    assert np.array_equal(back.network.score(some), memory.network.score(some))
    assert np.array_equal(back.positive, memory.positive)
    path.write_bytes(b"no archive")
    with pytest.raises(ModelError) as caught:
        load_memory(path)
    assert caught.value.code == "MODEL_CORRUPT"
