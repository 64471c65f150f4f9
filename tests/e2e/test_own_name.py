"""A word trained from its spelling, and a client that answers to it: the whole way, very small.

One voice says the word and one voice calls, so that this tells that the parts fit, not how good a word gets:
that is in benchmarks/wake_training.py. The client has no server: it tells the time by itself. It takes two
minutes, so it runs when it is asked for: HIVE_TEST_LONG=1.
"""

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from hive_mind.paths import wake_words_dir
from hive_mind.speech.wake_word.factory import MODEL
from hive_mind.wake_training.front_end import FrontEnd
from hive_mind.wake_training.plan import Size
from hive_mind.wake_training.progress import Progress
from hive_mind.wake_training.pronunciations import proposed
from hive_mind.wake_training.studio import Studio
from hive_mind.wake_training.train import Order, save, train
from hive_mind.wake_training.voices import KokoroCrowd
from tests.fakes.air import HAS_PULSEAUDIO, open_air
from tests.fakes.room import FRENCH, Household, Room

pytestmark = [
    pytest.mark.models,
    pytest.mark.audio,
    pytest.mark.skipif(
        "HIVE_TEST_LONG" not in os.environ,
        reason="minutes long: HIVE_TEST_LONG=1 ./hive test tests/e2e/test_own_name.py",
    ),
]

PHRASE = "hey alison"
SIZE = Size(positives=16, near=6, sentences=3, cheap=8, scenes=3, tests=2, steps=120)


@pytest.fixture(scope="module")
def data(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the word was trained."""
    folder = tmp_path_factory.mktemp("own_name")
    (folder / "models").symlink_to(models_dir)
    crowd = KokoroCrowd(models_dir / "kokoro-82m-int8", models_dir / "kokoro-voices")
    studio = Studio(crowd, FrontEnd(models_dir / MODEL), folder / "takes", 0)
    order = Order(PHRASE, "hey_alison", proposed(PHRASE)[:1], (), SIZE, 0, date(2030, 1, 1))
    told: list[Progress] = []
    trained = train(order, studio, None, told.append)
    assert [step.done for step in told] == sorted(step.done for step in told)
    assert {step.stage for step in told} == {"voices", "fit"}
    save(order, trained, wake_words_dir(folder))
    return folder


@pytest.fixture(scope="module")
def room(data: Path, models_dir: Path) -> Iterator[Room]:
    if not HAS_PULSEAUDIO:
        pytest.skip("PulseAudio is not installed")
    with open_air(data) as air:
        room = Room(air, data, Household(models_dir, PHRASE, FRENCH))
        try:
            room.start_client(ready="Say “hey alison”", WAKE_WORDS="hey_alison=0.8")
            yield room
        finally:
            room.stop()


def test_training_writes_a_model_a_card_and_a_report(data: Path) -> None:
    folder = wake_words_dir(data)
    card = json.loads((folder / "hey_alison.json").read_text("utf-8"))
    assert (card["phrase"], card["training"]["seed"]) == (PHRASE, 0)
    assert set(card["training"]["evaluation"]["missed"]) == {"clean", "noise", "far"}
    assert "<svg" in (folder / "hey_alison.html").read_text("utf-8")


def test_its_own_name_and_a_question_in_one_breath(room: Room) -> None:
    # As a person would, it calls again: a word trained so little is not always heard the first time.
    heard = room.ask("Quelle heure est-il ?", call=True, within=90.0, again_s=15.0)
    turn = room.turns[0]
    assert turn[1].startswith("Il est ")
    assert "Il est" in heard, (turn, heard)
