from datetime import UTC, datetime, timedelta

from hive_mind.server.core.steady_time import BELIEVED_S, LEEWAY, SteadyTime

START = datetime(2026, 11, 27, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_clock_that_runs_is_the_time() -> None:
    steady = SteadyTime(START, 100.0)
    for hours in range(0, 24 * 30, 5):
        now = START + timedelta(hours=hours)
        assert steady.of(now, 100.0 + 3600 * hours) == now
    assert steady.of(START - DAY, 101.0) == START - DAY


def test_a_jump_ahead_is_not_believed_for_a_day_and_may_be_taken_back() -> None:
    steady = SteadyTime(START, 0.0)
    wrong = START + 300 * DAY
    assert steady.of(wrong, 10.0) == START + timedelta(seconds=10) + LEEWAY
    assert steady.of(wrong, 10.0 + BELIEVED_S - 1) < START + 2 * DAY
    right = START + timedelta(seconds=BELIEVED_S)
    assert steady.of(right, BELIEVED_S) == right
    assert steady.of(wrong, BELIEVED_S + 20) < START + 2 * DAY, "another jump, and another day"


def test_a_jump_that_lasts_was_right() -> None:
    """The machine slept, or had started with the clock of last week."""
    steady = SteadyTime(START, 0.0)
    later = START + 10 * DAY
    assert steady.of(later, 60.0) < later
    assert steady.of(later + DAY, 60.0 + BELIEVED_S) == later + DAY
    assert steady.of(later + 2 * DAY, 60.0 + 2 * BELIEVED_S) == later + 2 * DAY
