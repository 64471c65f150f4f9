"""What was played and what was heard are put side by side, however they come."""

import numpy as np
import pytest

from hive_mind.client.core.echo.base import BLOCK, Cleaned
from hive_mind.client.core.echo.canceller import AdaptiveCanceller
from hive_mind.client.core.echo.guard import EchoGuard
from hive_mind.speech.audio import SAMPLE_RATE, Samples
from tests.unit.client.echo.rooms import babble, level, room

S = SAMPLE_RATE


class Witness:
    """A canceller that keeps what it is given."""

    def __init__(self) -> None:
        self.played: list[Samples] = []
        self.resets = 0

    def cancel(self, heard: Samples, played: Samples) -> Cleaned:
        self.played.append(played.copy())
        return Cleaned(heard, 0.25)

    def reset(self) -> None:
        self.resets += 1

    @property
    def response(self) -> Samples | None:
        return None


def drive(
    guard: EchoGuard,
    played: Samples,
    heard: Samples,
    *,
    period_ms: int = 20,
    jitter_ms: int = 0,
    drift: float = 0.0,
) -> Samples:
    """Two devices bring their samples in periods, the speaker's clock being fast by `drift`."""
    random = np.random.default_rng(1)
    out = [np.zeros((0, 2), np.float32)]
    given = taken = 0
    for ms in range(0, len(heard) * 1000 // S, period_ms):
        due = int((ms + 60 - random.integers(0, jitter_ms + 1)) * S / 1000 * (1 + drift))
        if due > given:
            guard.played(played[given:due])
            given = due
        until = (ms + period_ms) * S // 1000
        out.append(guard.clean(heard[taken:until]))
        taken = until
    return np.concatenate(out)


def test_frames_come_out_whole_with_their_share() -> None:
    guard = EchoGuard(Witness(), S)
    sizes = (100, 700, 3, 1000, 2048)
    whole = np.arange(sum(sizes), dtype=np.float32)
    out, at = [], 0
    for size in sizes:
        out.append(guard.clean(whole[at : at + size]))
        at += size
        assert len(out[-1]) % BLOCK == 0
    together = np.concatenate(out)
    assert np.array_equal(together[:, 0], whole[: len(together)])
    assert np.all(together[:, 1] == np.float32(0.25))


@pytest.mark.parametrize("jitter_ms", [0, 19])
@pytest.mark.parametrize("rate", [16_000])
def test_the_order_and_the_distance_stay_the_same(rate: int, jitter_ms: int) -> None:
    witness = Witness()
    guard = EchoGuard(witness, rate)
    played = np.arange(1, 10 * S, dtype=np.float32)
    drive(guard, played, np.zeros(8 * S, np.float32), jitter_ms=jitter_ms)
    seen = np.concatenate(witness.played)[2 * S :]
    assert np.all(np.diff(seen) == 1), "nothing is lost and nothing is doubled after the start"
    assert guard.shifts <= 3


@pytest.mark.parametrize("drift", [3e-4, -3e-4])
def test_clocks_that_differ_do_not_part_for_ever(drift: float) -> None:
    witness = Witness()
    guard = EchoGuard(witness, S)
    speech = babble(130, 2)
    speech[::3000] = 0
    drive(guard, speech, np.zeros(120 * S, np.float32), drift=drift)
    assert guard.shifts < 20
    assert guard._queue.waiting < 0.25 * S


def test_an_echo_is_cancelled_through_resampling_and_lumps() -> None:
    rate = 24_000
    voice = babble(12, 1, rate)
    at_16k = np.interp(np.arange(12 * S) / S, np.arange(len(voice)) / rate, voice).astype(np.float32)
    guard = EchoGuard(AdaptiveCanceller(), rate)
    heard = room(at_16k, delay_ms=90)
    out = [np.zeros((0, 2), np.float32)]
    for step in range(600):
        guard.played(voice[step * rate // 50 : (step + 1) * rate // 50])
        out.append(guard.clean(heard[step * S // 50 : (step + 1) * S // 50]))
    clean = np.concatenate(out)
    assert level(clean[6 * S :, 0]) < level(heard[6 * S :]) - 20


def test_a_speaker_that_is_late_is_waited_for() -> None:
    witness = Witness()
    guard = EchoGuard(witness, S)
    played = np.arange(1, 4 * S, dtype=np.float32)
    guard.played(played[:S])
    guard.clean(np.zeros(S, np.float32))
    late = guard.clean(np.zeros(S // 10, np.float32))
    assert len(late) == 0, "nothing is known yet of what was played beside it"
    guard.played(played[S : S + S // 5])
    guard.clean(np.zeros(S // 10, np.float32))
    assert np.all(np.diff(np.concatenate(witness.played)) == 1)
    assert guard.shifts == 0


def test_a_speaker_that_has_stopped_is_not_waited_for() -> None:
    witness = Witness()
    guard = EchoGuard(witness, S)
    guard.played(np.ones(BLOCK, np.float32))
    out = [guard.clean(np.zeros(BLOCK, np.float32)) for _ in range(20)]
    assert sum(map(len, out)) == 20 * BLOCK
    assert len(out[-1]) == BLOCK


def test_a_new_device_is_a_new_room() -> None:
    witness = Witness()
    guard = EchoGuard(witness, S)
    guard.played(np.ones(S // 2, np.float32))
    guard.restart()
    guard.clean(np.zeros(BLOCK, np.float32))
    assert witness.resets == 1
    assert not np.any(witness.played[-1])
