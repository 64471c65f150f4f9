import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.pronunciation import LATENT, sounds_of


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("minuteur", "minyt3r"),
        ("Quelle", "kEl@"),
        ("chronomètre", "kronomEtr@"),
        ("éteins", "Et1C"),
        ("oiseau", "wazo"),
        ("famille", "famiJ@"),
        ("rappelle", "rapEl@"),
        ("question", "kEstJ0"),
        ("longueur", "l0g3r"),
        ("vingt", "v1T"),
        ("préviens", "prEvJ1C"),
        ("sonnent", "son@"),
        ("comment", "kom2T"),
        ("annulé", "anylE"),
        ("annule", "anyl@"),
        ("soixante", "swas2t@"),
        ("10", ""),
        ("", ""),
    ],
)
def test_words_sound_as_they_do(word: str, sounds: str) -> None:
    assert sounds_of(word) == sounds


@pytest.mark.parametrize("word", ["démarre", "chronomètre", "règle", "météo", "arrête", "prépare"])
def test_a_word_without_its_accents_sounds_nearly_the_same(word: str) -> None:
    bare = word.translate(str.maketrans("éèê", "eee"))
    assert sounds_of(word).replace("E", "e") == sounds_of(bare).replace("E", "e")


@given(st.text(max_size=30))
def test_any_text_is_safe_and_gives_known_signs(word: str) -> None:
    assert set(sounds_of(word)) <= set("aE3iouy120@ewJpbtdkgfvszSZmnNlr") | set(LATENT)
