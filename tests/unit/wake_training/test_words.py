"""How a word may be said, and what sounds nearly like it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.wake_training.neighbours import alike_texts, changed, holds, parts_of
from hive_mind.wake_training.plan import SIZES, plan
from hive_mind.wake_training.pronunciations import MOST_READINGS, proposed, readings, sounds
from hive_mind.wake_training.voices import HELD_OUT


def test_a_french_house_may_say_it_in_several_ways() -> None:
    ways = proposed("hey alison", ["é alissonne"])
    heard = {sounds(each.phonemes) for each in ways}
    assert {"ɛalizɔ̃", "ealisɔn"} <= heard
    assert {"fr", "en-us", "en→fr"} <= {each.reading for each in ways}
    assert len(heard) == len(ways)


def test_everyday_french_words_are_not_read_in_english() -> None:
    assert {each.reading for each in proposed("dis bidule")} == {"fr"}
    assert {"fr", "en-us"} <= {each.reading for each in proposed("dis alison")}


@given(
    st.lists(st.text("aehinosxj -", max_size=12), max_size=4), st.text("aehinosxj", min_size=1, max_size=12)
)
def test_readings_are_few_and_begin_with_the_phrase(spellings: list[str], phrase: str) -> None:
    found = readings(phrase, spellings)
    assert found[0] == phrase
    assert len(set(found)) == len(found) <= MOST_READINGS
    assert all(text.strip() for text in found)


@pytest.mark.parametrize("phrase", ["hey alison", "dis bidule", "alexa"])
def test_what_must_not_wake_never_holds_the_word(phrase: str) -> None:
    known = readings(phrase)
    near = alike_texts(phrase, known)
    assert len(near) > 50
    assert not [text for text in near if holds(text, known)]


def test_a_word_is_found_inside_another_run_of_words() -> None:
    assert holds("c'est Alison", ["hé alison"])
    assert not holds("à l'horizon", ["hé alison"])


def test_parts_are_no_wholes() -> None:
    assert "dis bidule" not in parts_of("dis bidule")
    assert {"dis", "bidule"} <= set(parts_of("dis bidule"))
    assert not any(part.startswith("alexa ") for part in parts_of("alexa"))


def test_changed_words_differ() -> None:
    word = proposed("dis bidule")[0]
    for phonemes in changed(word, 30, np.random.default_rng(0)):
        assert sounds(phonemes) != sounds(word.phonemes)


def test_tests_hear_strangers_only_and_a_seed_makes_one_plan() -> None:
    voices = (*HELD_OUT, "af_nova", "am_liam", "af_bella", "jf_alpha")
    ways = proposed("dis bidule")
    groups = plan("dis bidule", ways, voices, SIZES["tiny"], 3)
    assert groups == plan("dis bidule", ways, voices, SIZES["tiny"], 3)
    assert groups != plan("dis bidule", ways, voices, SIZES["tiny"], 4)
    by_split = {
        split: {v for g in groups if g.split == split for v in g.voices} for split in ("train", "test")
    }
    assert not by_split["train"] & by_split["test"]
    said = {
        split: {line.text for g in groups if g.split == split and g.purpose != "positive" for line in g.lines}
        for split in ("train", "test")
    }
    assert not {text for text in said["train"] & said["test"] if len(text) > 60}


def test_what_sets_the_floor_and_what_tests_it_was_never_learnt() -> None:
    phrase = "dis bidule"
    voices = (*HELD_OUT, "af_nova", "af_bella")
    groups = plan(phrase, proposed(phrase), voices, SIZES["quick"], 0)
    parts = {part for start in range(9) for part in parts_of(phrase, names_from=start)}
    said = {
        split: {line.written for g in groups if g.split == split and g.purpose == "near" for line in g.lines}
        - parts
        - {""}
        for split in ("train", "calibrate", "test")
    }
    assert all(len(texts) > 20 for texts in said.values())
    assert not said["train"] & (said["calibrate"] | said["test"])
    assert not said["calibrate"] & said["test"]
