import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.speech.engines import Wake
from hive_mind.speech.wake_word.trigger import REARM, REFRACTORY, Trigger, TriggerWord, threshold_at

STEP = 1280
WORDS = (TriggerWord("a", 0.5, 1000), TriggerWord("b", 0.2, 500))


def wakes(scores: list[tuple[float, float]], trigger: Trigger | None = None) -> list[Wake]:
    trigger = trigger or Trigger(WORDS)
    found = [trigger.hear((place + 1) * STEP, pair) for place, pair in enumerate(scores)]
    return [wake for wake in found if wake]


def test_a_word_is_reported_once_with_its_end() -> None:
    scores = [(0.0, 0.0), (0.3, 0.0), (0.9, 0.0), *[(0.99, 0.0)] * 30, (0.0, 0.0)]
    assert wakes(scores) == [Wake("a", 0.9, 3 * STEP - 1000)]


def test_a_dip_is_no_second_word_and_a_later_one_is() -> None:
    pause = [(0.0, 0.0)] * (REFRACTORY // STEP)
    assert len(wakes([(0.9, 0.0), (0.0, 0.0), (0.9, 0.0)])) == 1
    assert len(wakes([(0.9, 0.0), *pause, (0.0, 0.0), (0.9, 0.0)])) == 2


def test_a_score_that_never_falls_is_one_word() -> None:
    assert len(wakes([(0.51, 0.0)] * 100)) == 1


def test_of_two_words_at_once_the_surer_one_counts() -> None:
    assert [wake.word for wake in wakes([(0.6, 0.6)])] == ["b"]
    assert [wake.word for wake in wakes([(0.99, 0.25)])] == ["a"]


def test_a_word_at_the_very_beginning_ends_at_no_negative_place() -> None:
    assert wakes([(0.9, 0.0)], Trigger([TriggerWord("a", 0.5, 99_999), WORDS[1]]))[0].end_sample == 0


def test_after_a_pause_a_word_may_follow_whatever_its_last_score_was() -> None:
    trigger = Trigger(WORDS)
    assert trigger.hear(STEP, (0.9, 0.0))
    trigger.forget()
    assert trigger.hear(STEP + REFRACTORY, (0.9, 0.0))
    assert not trigger.hear(STEP + 3 * REFRACTORY, (0.9, 0.0))
    trigger.reset()
    assert trigger.hear(STEP, (0.9, 0.0))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=200))
def test_wakes_are_sure_apart_and_in_order(scores: list[tuple[float, float]]) -> None:
    trigger, last = Trigger(WORDS), -REFRACTORY
    for place, pair in enumerate(scores):
        end = (place + 1) * STEP
        if wake := trigger.hear(end, pair):
            word = next(word for word in WORDS if word.name == wake.word)
            assert wake.score >= word.threshold
            assert 0 <= wake.end_sample <= end
            assert end - last >= REFRACTORY
            last = end


@given(st.floats(0.01, 0.99), st.floats(0, 1), st.floats(0, 1))
def test_more_sensitive_is_a_lower_threshold(threshold: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0.0 < threshold_at(threshold, high) <= threshold_at(threshold, low) < 1.0
    assert threshold_at(threshold, 0.5) == pytest.approx(threshold)


def test_rearming_needs_a_clear_fall() -> None:
    assert 0.0 < REARM < 1.0
