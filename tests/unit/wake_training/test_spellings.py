"""Which ways to write a word are compared with the sound."""

from hive_mind.speech.wake_word.card import VERIFY_AT
from hive_mind.wake_training.spellings import candidates, compared, plain_ones


def test_a_recogniser_s_own_spellings_count_if_they_sound_right() -> None:
    heard = ["Et Alison.", "Et Alison !", "À l'horizon du matin", "Hé, Alisson", "Merci."]
    found = candidates("hey alison", ["hé alisson"], heard)
    assert found[:2] == ("hey alison", "Hey Alison")
    assert {"hé alisson", "Hé alisson", "Et Alison.", "Et Alison !", "Hé, Alisson"} <= set(found)
    assert "Merci." not in found
    assert len(set(found)) == len(found)
    assert plain_ones(found[:2]) == ("hey alison",)


def test_the_spelling_that_tells_the_word_is_found_and_the_others_are_spared() -> None:
    texts = ("hey alison", "et alison", "à l'horizon")
    word = [(-6.0 - 0.01 * n, -2.0 - 0.01 * n, -3.0) for n in range(60)]
    near = [(-6.5, -5.0, -1.0)] * 20
    found = compared(texts, word, near, [None] * 50)
    assert found.texts == ("hey alison", "et alison")
    assert found.handicaps == (0.0, 1.5)
    assert -6.5 < found.floor <= -2.6 - 1.5


def test_one_spelling_is_enough_where_it_tells_everything() -> None:
    word, other = [(-1.0, -1.1)] * 30, [(-7.0, -7.0)] * 5
    assert compared(("a", "b"), word, [], other).texts == ("a",)


def test_a_false_wake_in_speech_weighs_more_than_a_call_in_a_hundred() -> None:
    word = [(-1.0 - 0.01 * n,) for n in range(200)]
    assert compared(("a",), word, [], [(-3.95,)] * 10).floor > -3.95
    assert compared(("a",), word, [], []).floor < -3.9


def test_what_was_not_heard_may_fit_better_than_what_was() -> None:
    assert -2.45 < compared(("a",), [(-2.0,)] * 50, [], [(-2.95,)] * 5).floor <= -2.0


def test_the_slower_others_get_rarer_the_more_room_they_are_left() -> None:
    def floor(apart: float) -> float:
        return compared(("a",), [(-2.0,)] * 50, [], [(-6.0 - apart * n,) for n in range(30)]).floor

    assert floor(0.01) < floor(0.2) < floor(0.4)


def test_a_text_that_fits_anything_must_fit_better() -> None:
    texts = ("jarvis", "j'avis")
    english, french = [(-4.0, -3.0)] * 20, [(-8.0, -1.0)] * 20
    found = compared(texts, english + french, [], [(-7.0, -2.5)] * 20)
    assert found.texts == texts
    assert found.handicaps == (0.0, 4.5)
    assert -6.7 < found.floor < -5.5


def test_without_a_word_that_woke_there_is_nothing_to_learn() -> None:
    assert compared(("a", "b"), [None], [(-1.0, -1.0)], []).floor == VERIFY_AT
