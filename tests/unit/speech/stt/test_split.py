import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.speech.audio import SAMPLE_RATE, Samples, silence
from hive_mind.speech.stt.split import split_at_silences


def noise(seconds: float) -> Samples:
    return np.random.default_rng(3).normal(0.0, 0.1, int(seconds * SAMPLE_RATE)).astype(np.float32)


@given(st.integers(0, 12 * SAMPLE_RATE))
def test_nothing_is_lost_and_no_piece_is_too_long(count: int) -> None:
    samples = np.arange(count, dtype=np.float32)
    pieces = list(split_at_silences(samples, 3.0))
    assert all(0 < len(p) <= 3 * SAMPLE_RATE for p in pieces)
    assert (np.concatenate(pieces) if pieces else samples[:0]).tolist() == samples.tolist()


def test_the_cut_falls_in_the_silence() -> None:
    recording = np.concatenate((noise(2.0), silence(0.4), noise(2.0)))
    first, second = split_at_silences(recording, 3.0)
    assert 2.0 <= len(first) / SAMPLE_RATE <= 2.4
    assert len(second) / SAMPLE_RATE < 2.5
