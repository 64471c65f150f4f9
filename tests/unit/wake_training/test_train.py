"""A whole training, with humming voices: the same for a seed, and after it was broken off."""

from pathlib import Path

import numpy as np
import pytest

from hive_mind.speech.wake_word.card import read_card
from hive_mind.wake_training import fresh_espeak
from hive_mind.wake_training.progress import Progress
from hive_mind.wake_training.studio import Studio
from hive_mind.wake_training.train import save, train
from tests.fakes.studio import HummingCrowd, measured
from tests.fakes.training_process import order


class GivenUpError(Exception):
    """Somebody lost patience."""


def made(folder: Path, seed: int = 0, *, give_up_at: float = 2.0) -> tuple[bytes, bytes, int, list[Progress]]:
    """Model, card, how often a voice spoke, and what was told."""
    crowd = HummingCrowd()
    told: list[Progress] = []

    def tell(step: Progress) -> None:
        told.append(step)
        if step.done >= give_up_at:
            raise GivenUpError

    trained = train(order(seed), Studio(crowd, measured, folder, seed), None, tell)
    words = folder / "words"
    words.mkdir(exist_ok=True)
    model = save(order(seed), trained, words)
    return model.read_bytes(), model.with_suffix(".json").read_bytes(), crowd.said, told


def test_the_same_seed_gives_the_same_word_and_another_one_another(tmp_path: Path) -> None:
    one, other, third = (made(tmp_path / str(n), seed) for n, seed in enumerate((0, 0, 1)))
    assert one[:2] == other[:2]
    assert one[0] != third[0]
    assert [step.done for step in one[3]] == sorted(step.done for step in one[3])
    assert {step.stage for step in one[3]} == {"voices", "fit"}


def test_what_was_broken_off_goes_on_and_gives_the_same_word(tmp_path: Path) -> None:
    whole = made(tmp_path / "whole")
    for at in (0.1, 0.5, 0.8):
        with pytest.raises(GivenUpError):
            made(tmp_path / "broken", give_up_at=at)
    (tmp_path / "broken" / "half.part.npz").write_bytes(b"what a kill leaves")
    rest = made(tmp_path / "broken")
    assert rest[:2] == whole[:2]
    assert rest[2] < whole[2] / 2
    assert made(tmp_path / "broken")[2] == 0


def test_a_word_without_a_recogniser_has_a_lenient_second_stage(tmp_path: Path) -> None:
    made(tmp_path)
    card = read_card(tmp_path / "words" / "hey_alison.json")
    assert card.verify_at < -6.0
    assert np.isfinite(card.threshold)


def test_espeak_says_the_same_each_time_whatever_was_said_before() -> None:
    def said(text: str) -> bytes:
        pieces: list[bytes] = []

        def take(piece: bytes) -> bool:
            pieces.append(piece)
            return True

        assert fresh_espeak.speak(text, "fr+f2", 160, take) > 0
        return b"".join(pieces)

    first = said("hé alison")
    said("bonjour tout le monde")
    assert said("hé alison") == first
