from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hive_mind.memory import WEIGHTS
from hive_mind.speech.stt.kept_silence import FILE_NAME, kept_silence

Heard = tuple[NDArray[np.float32], ...]


class Maker:
    """Makes two layers, and counts how often."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self) -> Heard:
        self.made += 1
        return tuple(np.full((4, 6), number, np.float32) for number in (0.5, 2.0))


def values(layers: tuple[NDArray[np.float16], ...]) -> list[float]:
    return [float(layer[3, 5]) for layer in layers]


def test_it_is_made_once_and_then_mapped(tmp_path: Path) -> None:
    make = Maker()
    first, again = kept_silence(tmp_path, make), kept_silence(tmp_path, make)
    assert make.made == 1
    assert values(first) == values(again) == [0.5, 2.0]
    assert all(isinstance(layer, np.memmap) for layer in (*first, *again))
    assert FILE_NAME.endswith(WEIGHTS)


@pytest.mark.parametrize("damage", [b"", b"not an array", b"\x93NUMPY\x01\x00"])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(damage)
    make = Maker()
    assert values(kept_silence(tmp_path, make)) == [0.5, 2.0]
    assert values(kept_silence(tmp_path, make)) == [0.5, 2.0]
    assert make.made == 1


def test_where_nothing_can_be_kept_it_is_made_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    make = Maker()
    for _ in range(2):
        assert values(kept_silence(tmp_path / "file", make)) == [0.5, 2.0]
    assert make.made == 2
