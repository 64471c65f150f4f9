"""A training killed with `kill -9`, run again: it uses what was made and gives the same word, to the byte."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from hive_mind.paths import wake_words_dir

ROOT = Path(__file__).parents[2]

WRITTEN = (".onnx", ".json", ".npz", ".html")
"""What a training leaves of a word."""


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process of Python's; killed at the end, if it is still there."""
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def humming(folder: Path, stop_at: float = 2.0) -> list[float]:
    """What a training with humming voices tells: until it is killed, or to its end."""
    told: list[float] = []
    with started("tests.fakes.training_process", str(folder), str(stop_at)) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told.append(float(line))
            if told[-1] >= stop_at:
                break
        else:
            assert process.wait() == 0
    return told


def word(folder: Path, name: str) -> list[bytes]:
    return [(folder / f"{name}{suffix}").read_bytes() for suffix in WRITTEN]


def test_what_was_killed_goes_on_and_gives_the_same_word(tmp_path: Path) -> None:
    whole = humming(tmp_path / "whole")
    for at in (0.4, 0.8):
        assert humming(tmp_path / "killed", at)[-1] < 1.0
    rest = humming(tmp_path / "killed")
    assert rest[-1] < whole[-1] / 2
    killed, never = (word(tmp_path / run / "words", "hey_alison") for run in ("killed", "whole"))
    assert killed == never


@pytest.mark.models
@pytest.mark.waits
@pytest.mark.skipif(
    "HIVE_TEST_LONG" not in os.environ,
    reason="minutes long: HIVE_TEST_LONG=1 ./hive test tests/faults/test_training_killed.py",
)
def test_the_command_goes_on_after_a_kill(tmp_path: Path, models_dir: Path) -> None:
    def data(name: str) -> Path:
        (tmp_path / name).mkdir()
        (tmp_path / name / "models").symlink_to(models_dir)
        return tmp_path / name

    def trained(folder: Path) -> AbstractContextManager[subprocess.Popen[str]]:
        options = ("--quality", "tiny", "--seed", "1", "--data", str(folder))
        return started("hive_mind", "wakeword", "train", "dis bidule", *options)

    whole, killed = data("whole"), data("killed")
    with trained(whole) as process:
        assert process.wait() == 0
    takes = killed / "wake-training"
    kept: dict[Path, int] = {}
    for piece in ("near-*-000.npz", "head-*.npz"):
        with trained(killed) as process:
            while not any(takes.glob(piece)):
                assert process.poll() is None
                time.sleep(0.05)
        assert {file: file.stat().st_mtime_ns for file in kept} == kept
        kept = {file: file.stat().st_mtime_ns for file in takes.glob("*.npz") if ".part" not in file.name}
    with trained(killed) as process:
        assert process.wait() == 0
    assert {file: file.stat().st_mtime_ns for file in kept} == kept
    after, before = (word(wake_words_dir(folder), "dis_bidule") for folder in (killed, whole))
    assert after == before
