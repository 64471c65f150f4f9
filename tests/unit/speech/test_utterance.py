import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE
from hive_mind.speech.utterance import IDLE_MS, UtteranceBuffer

PRE_ROLL = 4800


def ramp(start: int, count: int = FRAME_SAMPLES) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.arange(start, start + count, dtype=np.float32)


def test_keeps_the_pre_roll_and_the_tail() -> None:
    buffer = UtteranceBuffer()
    for i in range(100):
        buffer.push(ramp(i * FRAME_SAMPLES))
    start = 90 * FRAME_SAMPLES
    buffer.begin(start)
    buffer.push(ramp(100 * FRAME_SAMPLES))
    samples = buffer.samples()
    assert samples[0] == start - PRE_ROLL
    assert samples[-1] == 101 * FRAME_SAMPLES - 1 == buffer.position - 1


def test_speech_at_the_very_beginning_has_what_pre_roll_there_is() -> None:
    buffer = UtteranceBuffer()
    buffer.push(ramp(0))
    buffer.begin(0)
    assert len(buffer.samples()) == FRAME_SAMPLES


def test_before_speech_and_after_it_there_is_nothing_to_recognise() -> None:
    buffer = UtteranceBuffer()
    buffer.push(ramp(0))
    assert len(buffer.samples()) == 0
    buffer.begin(0)
    assert buffer.recording
    buffer.clear()
    assert len(buffer.samples()) == 0


def test_the_caller_may_reuse_its_frame() -> None:
    buffer = UtteranceBuffer()
    frame = ramp(0)
    buffer.push(frame)
    buffer.begin(0)
    frame[:] = -1.0
    assert buffer.samples()[0] == 0.0


@given(st.lists(st.integers(0, 3000), max_size=60), st.integers(0, 60), st.booleans())
def test_memory_is_bounded_and_positions_hold(sizes: list[int], begin_at: int, clear: bool) -> None:
    buffer = UtteranceBuffer(max_ms=2000)
    position = 0
    for i, size in enumerate(sizes):
        if i == begin_at:
            buffer.begin(position)
        buffer.push(ramp(position, size))
        position += size
    assert buffer.position == position
    samples = buffer.samples()
    assert len(samples) <= (2000 + IDLE_MS) * SAMPLE_RATE // 1000 + 3000
    if len(samples):
        assert samples[-1] == position - 1
        assert (np.diff(samples) == 1.0).all()
    if clear:
        buffer.clear()
        buffer.begin(0)
        assert len(buffer.samples()) <= IDLE_MS * SAMPLE_RATE // 1000 + 3000


def test_what_was_heard_between_two_moments() -> None:
    buffer = UtteranceBuffer()
    for i in range(20):
        buffer.push(ramp(i * FRAME_SAMPLES))
    assert list(buffer.between(1000, 1003)) == [1000, 1001, 1002]
    assert len(buffer.between(-500, 20)) == 20
    assert len(UtteranceBuffer().between(0, 100)) == 0


def test_an_utterance_may_begin_no_earlier_than_it_is_told() -> None:
    buffer = UtteranceBuffer()
    for i in range(20):
        buffer.push(ramp(i * FRAME_SAMPLES))
    buffer.begin(6000, not_before=5000)
    assert buffer.samples()[0] == 5000
