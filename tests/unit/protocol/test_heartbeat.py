"""Heartbeat and backoff over virtual time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.protocol.messages import Connected, Pong
from hive_mind.protocol.session import ClientSession, Degraded, SendPing, backoff
from tests.unit.protocol.test_session import NOON


def connected() -> ClientSession:
    """A client that the server greeted at second 0."""
    client = ClientSession("c")
    client.hello()
    assert client.tick(0.0) == []
    client.receive(Connected())
    return client


def run(
    client: ClientSession, start: float, end: float, pong_until: float, delay: float = 0.0
) -> list[float]:
    """Jump from one deadline to the next; the server answers pings sent before `pong_until`.

    Returns:
        The moments at which the client became degraded.
    """
    degraded, pongs, now = [], list[float](), start
    while now < end:
        for effect in client.tick(now):
            if isinstance(effect, SendPing) and now < pong_until:
                pongs.append(now + delay)
            if isinstance(effect, Degraded):
                degraded.append(now)
        following = client.next_tick()
        assert following is not None
        assert following > now, "a tick does all that is due"
        now = min([following, *pongs, end])
        if pongs and now == pongs[0]:
            pongs.pop(0)
            client.receive(Pong(timestamp=NOON))
    return degraded


def test_pings_go_out_every_30_s() -> None:
    client = connected()
    sent = []
    for second in range(1, 121):
        if SendPing() in client.tick(float(second)):
            sent.append(second)
            client.receive(Pong(timestamp=NOON))
    assert sent == [30, 60, 90, 120]


def test_answered_pings_keep_the_link_up_for_a_day() -> None:
    client = connected()
    assert run(client, 0, 86_400, pong_until=86_400, delay=4.9) == []
    assert not client.degraded


@given(death=st.floats(0, 300), delay=st.floats(0, 4.9))
def test_a_dead_server_is_noticed_in_time(death: float, delay: float) -> None:
    client = connected()
    degraded = run(client, 0, death + 200, pong_until=death, delay=delay)
    assert len(degraded) == 1
    assert 30 <= degraded[0] - death <= 65 + 1e-6
    assert client.degraded


def test_one_missed_ping_is_forgiven() -> None:
    client = connected()
    assert SendPing() in client.tick(30)
    assert client.tick(35) == []
    client.receive(Pong(timestamp=NOON))
    assert SendPing() in client.tick(60)
    assert client.tick(65) == []
    assert not client.degraded


def test_any_message_is_a_sign_of_life_and_ends_degradation() -> None:
    client = connected()
    assert run(client, 0, 70, pong_until=0) == [65.0]
    client.receive(Connected())
    assert not client.degraded


def test_pings_tell_the_state() -> None:
    client = ClientSession("c")
    assert client.ping(NOON).state == "degraded"
    client.hello()
    client.receive(Connected())
    assert client.ping(NOON).state == "connected"


def test_a_lost_socket_degrades_at_once_and_once() -> None:
    client = connected()
    assert client.lost() == [Degraded()]
    assert client.lost() == []
    assert client.tick(1000) == []
    assert client.next_tick() is None


def test_a_new_socket_starts_the_count_anew() -> None:
    client = connected()
    client.tick(30)
    client.lost()
    client.hello()
    assert client.degraded, "until the server speaks"
    assert client.tick(100) == []
    client.receive(Connected())
    assert client.tick(129) == []
    assert client.tick(130) == [SendPing()]


def test_waking_from_sleep_sends_one_ping_and_counts_one_miss() -> None:
    client = connected()
    client.tick(30)
    assert client.tick(10_000) == [SendPing()]
    assert client.tick(10_001) == []
    assert not client.degraded


@pytest.mark.parametrize("jitter", [0.0, 0.5, 1.0])
def test_the_first_attempt_is_at_once(jitter: float) -> None:
    assert backoff(0, jitter) == 0.0


@given(attempt=st.integers(1, 10**9), jitter=st.floats(0, 1))
def test_backoff_grows_to_30_s(attempt: int, jitter: float) -> None:
    wait = backoff(attempt, jitter)
    assert 0.25 <= wait <= 30
    assert backoff(attempt + 1, jitter) >= wait
    assert backoff(attempt, 0) <= wait <= backoff(attempt, 1)


def test_backoff_steps() -> None:
    assert [backoff(n, 1) for n in range(9)] == [0, 0.5, 1, 2, 4, 8, 16, 30, 30]
    assert backoff(3, 0) == 1
    assert backoff(3, 99) == 2
