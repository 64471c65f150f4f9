"""Known places: misheard ones are taken for them, real names and everything else stay as they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_mind.language.pronunciation import sounds_of
from hive_mind.language.words import keys_of
from hive_mind.understanding.expected import expected_words
from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.places import is_known, near, taken_for
from hive_mind.understanding.repair import candidates


@pytest.mark.parametrize(
    ("heard", "place"),
    [
        ("l'yon", "Lyon"),
        ("belle fort", "Belfort"),
        ("Belford", "Belfort"),
        ("nante", "Nantes"),
        ("tout l'use", "Toulouse"),
        ("Apari", "Paris"),
    ],
)
def test_a_misheard_place_is_taken_for_the_known_one(heard: str, place: str) -> None:
    assert taken_for(heard) == place


@pytest.mark.parametrize(
    "text",
    [
        "Lyon",
        "Saint Malo",
        "New York",
        "Lyons-la-Forêt",
        "Sarrebourg",
        "la maison",
        "cette ville",
        "",
        "…",
        "x",
    ],
)
def test_what_is_known_or_something_else_stays(text: str) -> None:
    assert taken_for(text) == text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_safe(text: str) -> None:
    taken = taken_for(text)
    assert taken == text or is_known(keys_of(taken))


def test_places_are_found_where_they_begin() -> None:
    heard = "".join(map(sounds_of, ("lion", "demain", "matin")))
    assert min(cost for _, cost in near(heard)["Lyon"]) == 0.0
    assert "Lyon" not in near(sounds_of("sourdine"))


def test_a_place_is_repaired_inside_a_misheard_sentence(weather: Grammar) -> None:
    best = candidates(weather, ["Qu'elle t'en fait il a mis l'use"])[0]
    assert best.match is not None
    assert best.match.slots == {"place": "Mulhouse"}
    assert not best.taken


def test_a_place_without_a_capital_is_doubted(weather: Grammar) -> None:
    for place, doubted in (("manantes", True), ("Plougastel", False)):
        match = weather.match(f"quel temps fait-il à {place}")
        assert match is not None
        assert weather.doubts(match) is doubted


def test_only_words_of_the_grammar_are_expected(weather: Grammar) -> None:
    assert "quel temps fait-il" in expected_words(weather)
    assert "rappel" not in expected_words(weather)


@pytest.fixture(scope="module")
def weather(tmp_path_factory: pytest.TempPathFactory) -> Grammar:
    folder = tmp_path_factory.mktemp("weather")
    text = "intent: get_weather\nsentences: ['quel temps fait il[ (à|en) {place}]']\n"
    (folder / "get_weather.yaml").write_text(text, "utf-8")
    return Grammar([folder])
