import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.phonetics import sound


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("suprime", "supprime"),
        ("suprimes", "supprime"),
        ("arete", "arrete"),
        ("cronometre", "chronometre"),
        ("heur", "heure"),
        ("minutteurs", "minuteur"),
        ("quelle", "quel"),
        ("secondes", "seconde"),
        ("demare", "demarre"),
        ("reste", "restent"),
        ("anule", "annule"),
    ],
)
def test_sound_alike(heard: str, said: str) -> None:
    assert sound(heard) == sound(said)


@pytest.mark.parametrize(
    ("one", "other"),
    [("minute", "minuteur"), ("dix", "six"), ("deux", "douze"), ("annule", "allume"), ("trois", "treize")],
)
def test_sound_different(one: str, other: str) -> None:
    assert sound(one) != sound(other)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789,", max_size=20))
def test_any_word_is_safe(key: str) -> None:
    assert isinstance(sound(key), str)
