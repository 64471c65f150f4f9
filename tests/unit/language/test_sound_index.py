import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.alikeness import SIGNS, cost, weight
from hive_mind.language.sound_index import ALLOWED_SHARE, LEAST_ALLOWED, WINDOW, SoundIndex

SOUNDS = st.text(SIGNS, max_size=10)


@given(st.lists(SOUNDS, max_size=8), SOUNDS)
def test_all_words_at_once_cost_what_each_costs_alone(words: list[str], heard: str) -> None:
    index = SoundIndex()
    numbers = {word: index.add(word) for word in words}
    found = index.ends(heard)
    for word, number in numbers.items():
        best = min(cost(word, heard[:end]) for end in range(len(heard) + 1))
        allowed = max(LEAST_ALLOWED, ALLOWED_SHARE * weight(word))
        assert (number in found) == (best <= allowed) or best == pytest.approx(allowed, abs=1e-4)
        for end, costs in found.get(number, ()):
            assert costs == pytest.approx(cost(word, heard[:end]), abs=1e-4)


@given(st.lists(SOUNDS, max_size=5), st.lists(SOUNDS, max_size=5), SOUNDS)
def test_words_may_be_added_after_looking(first: list[str], then: list[str], heard: str) -> None:
    grown, whole = SoundIndex(), SoundIndex()
    for word in first:
        grown.add(word)
    grown.ends(heard)
    for word in then:
        grown.add(word)
    for word in (*first, *then):
        whole.add(word)
    assert grown.ends(heard) == whole.ends(heard)


def test_words_that_sound_the_same_share_a_number() -> None:
    index = SoundIndex()
    assert index.add("mE") == index.add("mE") != index.add("ma")


def test_only_the_next_sounds_count() -> None:
    index = SoundIndex()
    index.add("mE")
    assert index.ends("mE" + "a" * WINDOW) is index.ends("mE" + "a" * WINDOW + "pq")
