import math

import numpy as np
import pytest

from benchmarks.timeline import Timeline, speech_end

RATE = 1000
LOUD = np.ones(1000, dtype=np.float32)
QUIET = np.zeros(400, dtype=np.float32)


def test_nothing_never_starts() -> None:
    assert math.isinf(Timeline().first_audible())
    timeline = Timeline()
    timeline.add(1.0, QUIET, RATE)
    assert math.isinf(timeline.first_audible())
    assert math.isinf(timeline.lasting_start())


def test_leading_silence_counts() -> None:
    timeline = Timeline()
    timeline.add(2.0, np.concatenate([QUIET, LOUD]), RATE)
    assert timeline.first_audible() == pytest.approx(2.4)
    assert timeline.lasting_start() == pytest.approx(2.4)


def test_a_piece_waits_for_the_one_before_it() -> None:
    timeline = Timeline()
    timeline.add(2.0, LOUD, RATE)
    timeline.add(2.1, LOUD, RATE)
    assert timeline.lasting_start() == pytest.approx(2.0)


def test_a_start_followed_by_a_stall_is_no_start() -> None:
    timeline = Timeline()
    timeline.add(2.0, LOUD, RATE)
    timeline.add(3.2, LOUD, RATE)
    timeline.add(4.6, LOUD, RATE)
    assert timeline.first_audible() == pytest.approx(2.0)
    assert timeline.lasting_start() == pytest.approx(4.6)


def test_speech_end_ignores_what_follows_the_last_word() -> None:
    samples = np.concatenate([LOUD * 0.5, QUIET, QUIET + 0.001]).astype(np.float32)
    assert speech_end(samples, RATE) == pytest.approx(1.0)
