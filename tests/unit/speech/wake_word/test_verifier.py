"""How well a phrase fits."""

import pytest

from hive_mind.speech.wake_word.verifier import best_fit


@pytest.mark.parametrize(
    ("scores", "handicaps", "best"),
    [
        ((-3.0, -5.0), (), -3.0),
        ((-3.0, -5.0), (0.0, 1.0), -3.0),
        ((-3.0, -2.5), (0.0, 1.0), -3.0),
        ((-6.0, -5.0), (0.0, -2.0), -3.0),
        ((-6.0, -5.0), (1.0,), -5.0),
        ((-6.0,), (0.0, -9.0, -9.0), -6.0),
    ],
)
def test_a_handicap_is_taken_off_its_own_spelling_alone(
    scores: tuple[float, ...], handicaps: tuple[float, ...], best: float
) -> None:
    assert best_fit(scores, handicaps) == pytest.approx(best)
