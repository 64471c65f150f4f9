from collections.abc import Iterator

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples
from hive_mind.speech.segments import SETTINGS, frames, segments
from hive_mind.speech.vad.energy import EnergyVad


def noise(seconds: float, level: float) -> Samples:
    return np.random.default_rng(2).normal(0.0, level, int(seconds * SAMPLE_RATE)).astype(np.float32)


def blocks(samples: Samples, size: int) -> Iterator[Samples]:
    for i in range(0, len(samples), size):
        yield samples[i : i + size]


@given(st.lists(st.integers(0, 2000), max_size=20))
def test_frames_hold_every_sample_once(sizes: list[int]) -> None:
    total = sum(sizes)
    whole = np.arange(1, total + 1, dtype=np.float32)
    pieces = np.split(whole, np.cumsum(sizes)[:-1]) if sizes else []
    made = list(frames(pieces))
    assert all(len(f) == FRAME_SAMPLES for f in made)
    joined = np.concatenate(made) if made else np.zeros(0, dtype=np.float32)
    assert joined[:total].tolist() == whole.tolist()
    assert not joined[total:].any()


def test_two_loud_stretches_are_two_segments() -> None:
    quiet, loud = noise(2.0, 0.0005), noise(1.0, 0.2)
    recording = np.concatenate((quiet, loud, quiet, loud, quiet))
    found = list(segments(blocks(recording, 7001), EnergyVad()))
    assert len(found) == 2
    for segment, at in zip(found, (2.0, 5.0), strict=True):
        assert at - 0.45 < segment.start / SAMPLE_RATE <= at
        assert 1.3 < len(segment.samples) / SAMPLE_RATE < 2.3
        assert (recording[segment.start :][: len(segment.samples)] == segment.samples).all()


def test_speech_up_to_the_end_of_the_file_is_kept() -> None:
    found = list(segments([noise(1.0, 0.0005), noise(1.0, 0.2)], EnergyVad()))
    assert len(found) == 1


def test_silence_and_nothing_give_no_segment() -> None:
    assert list(segments([noise(5.0, 0.0005)], EnergyVad())) == []
    assert list(segments([], EnergyVad())) == []


def test_endless_speech_is_cut_to_what_a_recogniser_reads() -> None:
    # Bursts: the noise floor of `EnergyVad` would learn a steady noise.
    burst = np.concatenate((noise(0.4, 0.2), noise(0.1, 0.0005)))
    found = list(segments([noise(1.0, 0.0005), *[burst] * 140], EnergyVad()))
    assert len(found) == 3
    assert max(len(s.samples) for s in found) <= (SETTINGS.max_utterance_ms + 1000) * SAMPLE_RATE // 1000
