"""`hive-mind wakeword`: listing, choosing, removing, reporting; errors in one line."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from hive_mind.cli import wakeword
from hive_mind.cli.wakeword_train import alone, checked
from hive_mind.client.config import config_file, load_config
from hive_mind.errors import ConfigError, HiveMindError, ModelError
from hive_mind.paths import wake_words_dir
from hive_mind.speech.wake_word.card import WakeWordCard
from hive_mind.speech.wake_word.lessons import Lesson
from hive_mind.wake_lessons_file import LessonsFile
from hive_mind.wake_training.evaluation import Evaluation, Rate
from hive_mind.wake_training.fit import FitSettings, fit
from hive_mind.wake_training.memory import remembered
from hive_mind.wake_training.plan import SIZES
from hive_mind.wake_training.pronunciations import Pronunciation
from hive_mind.wake_training.train import Order, Trained, save
from tests.unit.wake_training.made_up import made_up, windows


def run(data: Path, *arguments: str) -> tuple[str, BaseException | None]:
    app = typer.Typer()
    wakeword.register(app)
    result = CliRunner().invoke(app, ["wakeword", *arguments, "--data", str(data)])
    return result.output, result.exception


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one trained word."""
    examples = made_up()
    network = fit(examples, FitSettings(steps=60, batch=64, channels=8), 0, rate=8e-3)
    rate = {room: Rate(3, 50) for room in ("clean", "noise", "far")}
    found = Evaluation(rate, rate, Rate(1, 40), Rate(2, 40), 0, 1, 5, 0.5, (), ())
    ways = (Pronunciation("hey alison", "ˈɛ alizˈɔ̃", "fr"),)
    order = Order("hey alison", "hey_alison", ways, (), SIZES["tiny"], 4, date(2030, 1, 2))
    card = WakeWordCard(phrase="hey alison", loose_threshold=0.2)
    save(
        order, Trained(remembered(network, examples, 0), card, found, {"word": 24}), wake_words_dir(tmp_path)
    )
    return tmp_path


def test_the_card_says_how_the_word_was_made(data: Path) -> None:
    written = json.loads((wake_words_dir(data) / "hey_alison.json").read_text("utf-8"))
    assert (written["phrase"], written["loose_threshold"]) == ("hey alison", 0.2)
    made = written["training"]
    assert (made["seed"], made["date"], made["takes"]) == (4, "2030-01-02", {"word": 24})
    assert made["pronunciations"] == ["ˈɛ alizˈɔ̃ (fr)"]
    assert made["evaluation"]["missed"]["far"] == {"count": 3, "of": 50}


def test_words_are_listed_with_what_is_known_of_them(data: Path) -> None:
    output, _ = run(data, "list", "--json")
    rows = {row["name"]: row for row in map(json.loads, output.splitlines())}
    assert rows["hey_alison"]["origin"] == "trained here"
    assert rows["hey_alison"]["missed"] == 6.0
    assert rows["hey_jarvis"]["sensitivity"] == 0.5
    assert "« hey alison »" in run(data, "list")[0]


def test_a_word_is_chosen_and_then_cannot_be_removed(data: Path) -> None:
    assert run(data, "use", "hey_alison", "--also", "--sensitivity", "0.6")[1] is None
    assert load_config(config_file(data), data=data).wake_words == {"hey_jarvis": 0.5, "hey_alison": 0.6}
    error = run(data, "remove", "hey_alison")[1]
    assert isinstance(error, HiveMindError)
    assert error.code == "WAKE_WORD_IN_USE"
    (data / "client" / "client.toml").unlink()
    assert run(data, "remove", "hey_alison")[1] is None
    assert not list(wake_words_dir(data).glob("hey_alison*"))


def test_the_report_is_summed_up(data: Path) -> None:
    output, _ = run(data, "report", "hey_alison")
    assert "missed, clean: 3 of 50" in output
    assert str(wake_words_dir(data) / "hey_alison.html") in output
    assert "<svg" in (wake_words_dir(data) / "hey_alison.html").read_text("utf-8")


def test_a_word_learns_from_false_wakes_that_were_kept(data: Path) -> None:
    assert "nothing to learn" in run(data, "learn", "hey_alison")[0]
    file = LessonsFile(data)
    false = [Lesson("hey_alison", window.astype(np.float32), False) for window in windows(10, 5, 2)]
    file.save(tuple(false))
    assert "recall" in run(data, "learn", "hey_alison")[0]
    assert run(data, "learn", "hey_alison", "--forget")[1] is None
    assert not file.load()


@pytest.mark.parametrize(
    "arguments", [("use", "nobody"), ("report", "nobody"), ("remove", "../x"), ("learn", "no")]
)
def test_unknown_words_are_one_clear_error(data: Path, arguments: tuple[str, ...]) -> None:
    error = run(data, *arguments)[1]
    assert isinstance(error, HiveMindError)
    assert error.code.startswith("MODEL_")


def test_phrases_and_names_are_checked() -> None:
    assert checked("  Hey   Alison ", None) == ("hey alison", "hey_alison")
    assert checked("Hé, Léa !", None)[1] == "he_lea"
    for phrase, name in (("ok", None), ("x" * 41, None), ("dis bidule", "../x"), ("…", None)):
        with pytest.raises(ConfigError):
            checked(phrase, name)


def test_two_trainings_do_not_work_in_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "wake-training"
    with alone(folder), pytest.raises(ConfigError, match="wait until it is done"), alone(folder):
        pass
    with alone(folder):
        pass  # the first one is over


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be written"), alone(tmp_path / "file" / "wake-training"):
        pass
