"""The sounds of a client."""

import numpy as np
import pytest

from hive_mind.client.core.chime import chime, chimes, render, ring


@pytest.mark.parametrize("name", ["wake", "end", "error", "timer", "alarm"])
def test_a_chime_is_short_and_starts_and_ends_softly(name: str) -> None:
    sound = chime(24_000, name)
    assert sound.dtype == np.float32
    assert 0.15 < len(sound) / 24_000 < 1.6
    assert np.max(np.abs(sound)) == pytest.approx(chimes()[name].peak)
    assert abs(float(sound[0])) < 0.01
    assert np.max(np.abs(sound[-24:])) < 0.01


def test_a_quieter_one_is_the_same_sound() -> None:
    timer = chimes()["timer"]
    assert render(timer, 8000, 0.5) == pytest.approx(0.5 * render(timer, 8000), abs=1e-6)


def test_a_ring_grows_leaves_room_for_stop_and_gives_up() -> None:
    rate = 8000
    alarm = chimes()["alarm"]
    pieces = list(ring(alarm, rate, 60, 0.8))
    sounds, pauses = pieces[::2], pieces[1::2]
    peaks = [float(np.max(np.abs(sound))) for sound in sounds]
    assert peaks == sorted(peaks)
    assert peaks[0] == pytest.approx(0.8 * alarm.quiet * alarm.peak, rel=1e-3)
    assert peaks[-1] == pytest.approx(0.8 * alarm.peak, rel=1e-3)
    assert all(len(pause) >= 1.2 * rate and not np.any(pause) for pause in pauses)
    assert sum(map(len, pieces)) / rate == pytest.approx(60, abs=3)


def test_a_sound_that_does_not_ring_sounds_once() -> None:
    (once,) = ring(chimes()["wake"], 8000, 60)
    assert len(once) == len(chime(8000, "wake"))
