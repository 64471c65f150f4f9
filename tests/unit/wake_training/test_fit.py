"""A made-up word is learnt, the same way each time, and its ONNX file scores as the network does."""

from pathlib import Path

import numpy as np
import pytest

from hive_mind.speech.wake_word.head import load_head
from hive_mind.wake_training.export import write_onnx
from hive_mind.wake_training.fit import FitSettings, fit, scores
from hive_mind.wake_training.network import LENGTH, Network
from hive_mind.wake_training.windows import everywhere, joined
from tests.unit.wake_training.made_up import made_up

SHORT = FitSettings(steps=200, batch=64, channels=8)
RATE = 8e-3


@pytest.fixture(scope="module")
def learnt() -> Network:
    return fit(made_up(), SHORT, 7, rate=RATE)


def test_a_word_is_told_from_its_half_and_from_noise(learnt: Network) -> None:
    fresh = made_up(seed=100)
    assert (scores(learnt, fresh.positive) > 0).mean() > 0.95
    assert (scores(learnt, fresh.near) > 0).mean() < 0.05
    assert (scores(learnt, fresh.negative) > 0).mean() < 0.05


def test_the_same_seed_gives_the_same_network_and_another_one_does_not(learnt: Network) -> None:
    again, other = (fit(made_up(), SHORT, seed, rate=RATE) for seed in (7, 8))
    same = [np.array_equal(value, again.parameters()[name]) for name, value in learnt.parameters().items()]
    assert all(same)
    assert not np.array_equal(learnt.parameters()["0.weights"], other.parameters()["0.weights"])


def test_the_file_scores_as_the_network_does(learnt: Network, tmp_path: Path) -> None:
    write_onnx(learnt, tmp_path / "word.onnx")
    head = load_head(tmp_path / "word.onnx")
    assert head.length == LENGTH
    windows = made_up(seed=50, count=5)
    for examples in (windows.positive, windows.negative):
        odds = scores(learnt, examples)
        for number, window in enumerate(examples.take(np.arange(5))):
            assert head.score(window) == pytest.approx(1 / (1 + np.exp(-odds[number])), abs=1e-4)


def test_windows_never_reach_into_another_clip() -> None:
    clips = [np.full((20, 96), number, dtype=np.float16) for number in (1, 2)]
    short = np.zeros((5, 96), dtype=np.float16)
    windows = joined([clips[0], short, clips[1]], [everywhere(clip) for clip in (clips[0], short, clips[1])])
    assert len(windows) == 2 * (20 - LENGTH + 1)
    taken = windows.take(np.arange(len(windows)))
    assert (taken == taken[:, :1]).all()
    best = windows.best(np.arange(len(windows), dtype=np.float32))
    assert best.tolist() == [4.0, 9.0]
