"""The canceller takes our own voice out and leaves everybody else's in."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_mind.client.core.echo.base import BLOCK, NoEcho
from hive_mind.client.core.echo.canceller import AdaptiveCanceller
from hive_mind.speech.audio import SAMPLE_RATE, Samples, silence
from tests.unit.client.echo.rooms import babble, cleaned, level, room

S = SAMPLE_RATE


@pytest.mark.parametrize(("delay_ms", "gain_db"), [(20, -12), (80, -6), (200, 0)])
def test_our_own_voice_is_taken_out(delay_ms: float, gain_db: float) -> None:
    played = babble(12, 1)
    heard = room(played, delay_ms=delay_ms, gain_db=gain_db)
    clean, own = cleaned(AdaptiveCanceller(), heard, played)
    assert level(clean[: 4 * S]) < level(heard[: 4 * S]) - 15, "from the first second on"
    assert level(clean[6 * S :]) < level(heard[6 * S :]) - 25
    loud = np.array([level(heard[at : at + BLOCK]) > -45 for at in range(0, len(clean), BLOCK)])
    loud[: 6 * S // BLOCK] = False
    assert np.mean(own[loud]) > 0.9


def test_another_voice_passes_over_ours() -> None:
    played = babble(14, 1)
    echo = room(played)
    near = np.zeros_like(echo)
    near[10 * S : 12 * S] = babble(2, 7)
    clean, own = cleaned(AdaptiveCanceller(), echo + near, played)
    during = slice(10 * S, 12 * S)
    left = clean[during] - near[during]
    assert level(clean[during]) == pytest.approx(level(near[during]), abs=1.5)
    assert level(left) < level(echo[during]) - 6, "what is ours is taken out under it"
    assert np.mean(own[10 * S // BLOCK : 12 * S // BLOCK]) < 0.6


def test_a_device_that_is_moved_is_learnt_anew_within_two_seconds() -> None:
    played = babble(20, 1)
    heard = np.concatenate([room(played)[: 10 * S], room(played, delay_ms=110, gain_db=-3, seed=5)[10 * S :]])
    clean, _ = cleaned(AdaptiveCanceller(), heard, played)
    assert level(clean[12 * S :]) < level(heard[12 * S :]) - 20


def test_nothing_changes_while_nothing_is_played() -> None:
    heard = babble(2, 3)
    clean, own = cleaned(AdaptiveCanceller(), heard, silence(2))
    assert np.array_equal(clean, heard[: len(clean)])
    assert not np.any(own)


def test_headphones_pass_everything() -> None:
    heard = babble(1, 3)
    clean, own = cleaned(NoEcho(), heard, babble(1, 4))
    assert np.array_equal(clean, heard[: len(clean)])
    assert not np.any(own)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.sampled_from(["silence", "loud", "full", "voice"]), min_size=2, max_size=30),
    st.integers(0, 9),
)
def test_whatever_comes_the_result_is_finite_and_no_louder_than_both(kinds: list[str], seed: int) -> None:
    random = np.random.default_rng(seed)
    canceller = AdaptiveCanceller()
    shapes: dict[str, Callable[[], Samples]] = {
        "silence": lambda: np.zeros(BLOCK, np.float32),
        "loud": lambda: random.standard_normal(BLOCK).clip(-1, 1).astype(np.float32),
        "full": lambda: np.ones(BLOCK, np.float32),
        "voice": lambda: (0.05 * random.standard_normal(BLOCK)).astype(np.float32),
    }
    for heard, played in zip(kinds, reversed(kinds), strict=True):
        result = canceller.cancel(shapes[heard](), shapes[played]())
        assert len(result.samples) == BLOCK
        assert np.all(np.isfinite(result.samples))
        assert 0.0 <= result.own <= 1.0


def steady(seconds: float, seed: int) -> Samples:
    """As loud as speech, and hardly a pause in it."""
    return np.asarray(0.8 * babble(seconds, seed) + 0.2 * babble(seconds, seed + 100), np.float32)


@pytest.mark.parametrize("at_s", [0.8, 1.5, 2.5, 4.0])
def test_a_loud_word_over_the_first_answer_passes_before_the_room_is_known(at_s: float) -> None:
    played = steady(6, 1)
    heard = room(played, gain_db=-12)
    at = int(at_s * S)
    word = babble(0.5, 7)
    heard[at : at + len(word)] += word * 10 ** ((level(played) - level(word)) / 20)
    _, own = cleaned(AdaptiveCanceller(), heard, played)
    during = own[at // BLOCK : (at + len(word)) // BLOCK]
    assert np.sum(during < 0.5) >= 5


def test_a_buffer_that_ran_dry_makes_it_deaf_for_two_seconds_at_most() -> None:
    played = steady(14, 1)
    shifted = np.concatenate([played[: 6 * S], np.zeros(S // 80, np.float32), played[6 * S :]])[: len(played)]
    near = np.zeros_like(played)
    near[8 * S : 9 * S] = babble(1, 7)
    heard = room(shifted) + near
    clean, own = cleaned(AdaptiveCanceller(), heard, played)
    assert np.mean(own[6 * S // BLOCK + 4 : 8 * S // BLOCK]) > 0.7, "it is ours, and taken for ours"
    loud = [level(near[at : at + BLOCK]) > -25 for at in range(0, len(clean), BLOCK)]
    assert np.mean(own[np.array(loud)]) < 0.7


def learnt(delay_ms: float = 80, gain_db: float = -6) -> Samples:
    """What is known of a room after twelve seconds of our voice in it."""
    played = babble(12, 1)
    canceller = AdaptiveCanceller()
    cleaned(canceller, room(played, delay_ms=delay_ms, gain_db=gain_db), played)
    response = canceller.response
    assert response is not None
    return response


def near_and_left(remembered: Samples | None, delay_ms: float, gain_db: float) -> tuple[float, float]:
    """How much of a voice over the first second of ours passes, and how much of ours does, in dB."""
    played = babble(3, 2)
    echo = room(played, delay_ms=delay_ms, gain_db=gain_db)
    during = slice(6 * S // 10, 12 * S // 10)
    near = np.zeros_like(echo)
    near[during] = 0.7 * babble(0.6, 7)
    clean, _ = cleaned(AdaptiveCanceller(remembered), echo + near, played)
    alone, _ = cleaned(AdaptiveCanceller(remembered), echo, played)
    return level(clean[during]) - level(near[during]), level(alone) - level(echo)


def test_a_room_that_is_remembered_is_known_again_at_another_delay_and_volume() -> None:
    memory = learnt(delay_ms=80, gain_db=-6)
    for delay_ms, gain_db in ((95, -9), (40, -2)):
        passes, ours = near_and_left(memory, delay_ms, gain_db)
        assert passes == pytest.approx(0, abs=1.5), "a voice in the first second is heard"
        assert ours < -15, "and ours is not"
    assert near_and_left(None, 95, -9)[0] < -3, "without it, it is not"


def test_another_room_than_the_remembered_one_is_learnt_as_ever() -> None:
    played = babble(12, 2)
    heard = room(played, delay_ms=60, gain_db=0, seed=9)
    with_memory, _ = cleaned(AdaptiveCanceller(learnt(gain_db=-12)), heard, played)
    without, _ = cleaned(AdaptiveCanceller(), heard, played)
    assert level(with_memory[: 4 * S]) < level(without[: 4 * S]) + 3
    assert level(with_memory[6 * S :]) < level(heard[6 * S :]) - 25


def test_a_room_that_was_learnt_is_told_until_another_one_is() -> None:
    played = babble(12, 1)
    canceller = AdaptiveCanceller()
    assert AdaptiveCanceller().response is None
    cleaned(canceller, room(played, delay_ms=80, gain_db=-6), played)
    known = canceller.response
    canceller.reset()
    assert known is not None
    assert canceller.response is not None
    assert np.array_equal(canceller.response, known)
