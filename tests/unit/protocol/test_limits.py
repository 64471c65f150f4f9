"""Token bucket and audio budget over virtual time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.errors import ProtocolError
from hive_mind.protocol.limits import AudioBudget, RateLimiter


def test_a_burst_then_the_rate() -> None:
    limiter = RateLimiter(rate=2, burst=3)
    assert [limiter.allow(0) for _ in range(4)] == [True, True, True, False]
    assert limiter.wait(0) == 0.5
    assert not limiter.allow(0.4)
    assert limiter.allow(0.5)
    assert not limiter.allow(0.5)
    assert [limiter.allow(100) for _ in range(4)] == [True, True, True, False]


def test_a_cost_above_the_burst_never_passes() -> None:
    limiter = RateLimiter(rate=1, burst=2)
    assert not limiter.allow(0, cost=3)
    assert limiter.wait(0, cost=3) == float("inf")
    assert limiter.allow(0, cost=2), "a refusal costs nothing"


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (1, 0), (-1, 1)])
def test_nonsense_is_refused(rate: float, burst: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        RateLimiter(rate, burst)


@given(
    rate=st.floats(0.5, 100),
    burst=st.floats(1, 100),
    steps=st.lists(st.floats(-1, 3), max_size=50),
)
def test_never_more_than_burst_and_rate(rate: float, burst: float, steps: list[float]) -> None:
    limiter = RateLimiter(rate, burst)
    now = latest = 0.0
    allowed = int(limiter.allow(now))
    for step in steps:
        now += step
        latest = max(latest, now)
        allowed += limiter.allow(now)
        assert allowed <= burst + latest * rate + 1e-6


@given(rate=st.floats(0.5, 100), burst=st.floats(1, 10))
def test_after_the_wait_it_passes(rate: float, burst: float) -> None:
    limiter = RateLimiter(rate, burst)
    while limiter.allow(0):
        pass
    assert limiter.allow(limiter.wait(0) + 1e-6)


def test_an_utterance_has_30_s() -> None:
    budget = AudioBudget(rate=16_000)
    for _ in range(30):
        budget.take(16_000)
    assert budget.seconds == 30
    with pytest.raises(ProtocolError) as caught:
        budget.take(1)
    assert caught.value.code == "AUDIO_TOO_LONG"
    assert budget.seconds == 30
