import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.alikeness import cost, distance, nearest, weight
from hive_mind.language.pronunciation import LATENT, sounds_of
from hive_mind.language.words import words_of

SOUNDS = st.text("aE3iouy120@ewJpbtdkgfvszSZmnNlr" + "".join(LATENT), max_size=12)


def sounds(text: str) -> str:
    return "".join(sounds_of(word.surface) for word in words_of(text))


@pytest.mark.parametrize(
    ("heard", "said", "other"),
    [
        ("diminute", "dix minutes", "deux minutes"),
        ("Anne-Uli", "annuler", "allumer"),
        ("mais un minuteur", "mets un minuteur", "arrête un minuteur"),
        ("Buzz", "pause", "minuteur"),
        ("Keli la date", "quelle est la date", "quelle est l'heure"),
        ("étant la lumière", "éteins la lumière", "allume la lumière"),
    ],
)
def test_what_was_said_is_nearer_than_something_else(heard: str, said: str, other: str) -> None:
    assert distance(sounds(heard), sounds(said)) < distance(sounds(heard), sounds(other))


@given(SOUNDS, SOUNDS)
def test_a_distance_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    there, back = distance(one, other), distance(other, one)
    assert 0 <= there <= 1
    assert there == pytest.approx(back)


@given(SOUNDS)
def test_nothing_is_apart_from_itself(one: str) -> None:
    assert distance(one, one) == 0


def test_mute_sounds_weigh_little() -> None:
    assert weight("@T") < 0.2
    assert weight("pa") == pytest.approx(1.6)


@given(SOUNDS, SOUNDS)
def test_the_nearest_run_is_the_nearest_of_all_runs(heard: str, wanted: str) -> None:
    runs = {heard[a:b] for a in range(len(heard) + 1) for b in range(a, len(heard) + 1)}
    assert nearest(heard, wanted) == pytest.approx(min(cost(run, wanted) for run in runs))
