import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.normalise import Normaliser
from hive_mind.language.words import fold, keys_of, text_of, words_of

NORMALISER = Normaliser(["Alison"])


def readings(text: str) -> list[str]:
    return [" ".join(word.key for word in words) for _, words in NORMALISER.readings(text)]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Quelle heure est-il ?", "quelle heure est il"),
        ("T'as l'heure ?", "t as l heure"),
        ("T’as l’heure", "t as l heure"),
        ("1h30", "1 h 30"),
        ("30s, 10 MIN", "30 s 10 min"),
        ("14,5 et 1.000", "14,5 et 1.000"),
        ("Œufs à la coque", "oeufs a la coque"),
        ("½ heure", "1 2 heure"),
        ("😀 !?", ""),
    ],
)
def test_words(text: str, keys: str) -> None:
    assert " ".join(keys_of(text)) == keys


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Euh, quelle heure est-il s'il te plaît ?", "quelle heure est il"),
        ("Hey Alison, quelle heure est-il ?", "quelle heure est il"),
        ("Alison quelle heure est-il maintenant", "quelle heure est il"),
        ("Hey Robot donne-moi l'heure", "donne moi l heure"),
        ("Quel heure est-il ?", "quelle heure est il"),
        ("minuteur diminute", "minuteur dix minutes"),
        ("Suprime le minutesur", "supprime le minuteur"),
    ],
)
def test_what_means_nothing_is_dropped_and_slips_are_mended(text: str, kept: str) -> None:
    assert kept in readings(text)


def test_an_exact_reading_comes_first() -> None:
    assert next(NORMALISER.readings("Quelle heure est-il ?"))[0] == "exact"


def test_names_keep_their_accents() -> None:
    assert text_of(words_of("L'œuf de Pâques")) == "L'œuf de Pâques"


@given(st.text(max_size=100))
def test_any_text_is_safe(text: str) -> None:
    for _, words in NORMALISER.readings(text):
        assert words
    assert fold(fold(text)) == fold(text)
