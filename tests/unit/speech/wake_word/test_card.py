from pathlib import Path

import pytest

from hive_mind.errors import ModelError
from hive_mind.language.normalise import Normaliser
from hive_mind.speech.wake_word.card import read_card, stock_cards


def test_a_card_needs_only_its_phrase(tmp_path: Path) -> None:
    path = tmp_path / "w.json"
    path.write_text('{"phrase": "hey alison", "seeds": [1, 2]}', "utf-8")
    card = read_card(path)
    assert card.all_spellings == ("hey alison",)
    assert 0.0 < card.loose_threshold < card.threshold < 1.0


@pytest.mark.parametrize(
    "text", ["", "{}", '{"phrase": ""}', '{"phrase": "x", "threshold": 2}', '{"phrase": "x", "spellings": 1}']
)
def test_a_malformed_card_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "w.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ModelError, match=r"w\.json is malformed") as caught:
        read_card(path)
    assert caught.value.code == "MODEL_CORRUPT"
    assert "\n" not in caught.value.message


def test_a_missing_card_says_what_it_would_hold(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="phrase") as caught:
        read_card(tmp_path / "w.json")
    assert caught.value.code == "MODEL_MISSING"


@pytest.mark.parametrize("word", stock_cards())
def test_each_spelling_comes_off_the_head_of_a_question(word: str) -> None:
    card = stock_cards()[word]
    normaliser = Normaliser(robot_names=card.all_spellings)
    for spelling in card.all_spellings:
        readings = [words for _, words in normaliser.readings(f"{spelling}, quelle heure est-il ?")]
        assert any([w.key for w in words] == ["quelle", "heure", "est", "il"] for words in readings), spelling
