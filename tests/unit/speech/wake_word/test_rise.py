"""When a score is done with rising."""

import pytest

from hive_mind.speech.wake_word.rise import SURE, WATCHED, risen


@pytest.mark.parametrize(
    ("odds", "place"),
    [
        ([0.0], 0),
        ([0.0, 0.1, 0.2, 9.0], 0),  # it stood still before
        ([-1.0, 0.5, 3.0, 8.0, 9.0], 2),  # sure enough
        ([-1.0, 0.5, 0.6, 3.0], 1),
        ([SURE, SURE + 4.0], 0),
        ([-1.0, -3.0, 4.0], 0),
        ([-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0], WATCHED - 1),
    ],
)
def test_the_last_rise_is_found(odds: list[float], place: int) -> None:
    assert risen(odds) == place
