"""Windows cover the clause, overlap where they should, and are as long as the sound in hand allows."""

from hypothesis import given
from hypothesis import strategies as st

from hive_mind.speech.tts.windows import CONTEXT, LONGEST, OVERLAP, SHORTEST, next_length, next_window


@given(
    st.lists(st.floats(-5, 5), min_size=1, max_size=600), st.lists(st.floats(14, 120), min_size=50), st.data()
)
def test_windows_cover_every_frame_once(
    loudness: list[float], lengths: list[float], data: st.DataObject
) -> None:
    begin = data.draw(st.integers(0, len(loudness) - 1))
    at, heard_until = begin, begin
    for length in lengths:
        window = next_window(at, loudness, length, first=at == begin)
        assert window.start <= window.begin < window.end <= window.stop <= len(loudness)
        assert window.begin == (begin if at == begin else heard_until - OVERLAP)
        assert at == begin or window.begin - window.start == min(CONTEXT, window.begin)
        heard_until, at = window.end, window.cut
        if at == len(loudness):
            break
    assert heard_until == len(loudness) or len(loudness) - begin > 10 * 50


def test_a_cut_falls_on_the_quietest_frame_near_by() -> None:
    loudness = [1.0] * 100
    loudness[25] = -1.0
    assert next_window(0, loudness, 22, first=True).cut == 25


def test_a_short_rest_is_taken_whole() -> None:
    assert next_window(0, [0.0] * 30, 22, first=True).end == 30


@given(st.floats(14, 100), st.floats(-1000, 1000), st.floats(0.01, 10))
def test_lengths_stay_in_bounds(length: float, in_hand: float, pace: float) -> None:
    assert SHORTEST <= next_length(length, in_hand, pace) <= LONGEST


def test_a_slow_machine_gets_short_windows() -> None:
    assert next_length(22, 22, 0.2) > 30
    assert next_length(22, 22, 0.9) == SHORTEST
