from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.speech.audio import FRAME_MS, FRAME_SAMPLES
from hive_mind.speech.endpointing import (
    Endpoint,
    Endpointer,
    EndpointEvent,
    EndpointSettings,
    NoSpeech,
    Speculate,
    SpeechResumed,
    SpeechStarted,
    TooLong,
)

SPEECH, SILENCE, MURMUR = 0.95, 0.02, 0.42


def hear(endpointer: Endpointer, probabilities: Sequence[float]) -> list[EndpointEvent]:
    return [event for p in probabilities for event in endpointer.feed(p)]


def frames(ms: int) -> int:
    return -(-ms // FRAME_MS)


def test_an_utterance_ends_where_the_speech_ended_after_the_default_gate() -> None:
    endpointer = Endpointer()
    events = hear(endpointer, [SILENCE] * 10 + [SPEECH] * 20 + [SILENCE] * 40)
    assert events == [
        SpeechStarted(10 * FRAME_SAMPLES),
        Speculate(10 * FRAME_SAMPLES, 30 * FRAME_SAMPLES),
        Endpoint("gate", 10 * FRAME_SAMPLES, 30 * FRAME_SAMPLES, (30 + frames(600)) * FRAME_SAMPLES),
    ]


def test_speculation_comes_after_64_ms_of_silence() -> None:
    endpointer = Endpointer()
    hear(endpointer, [SPEECH] * 10)
    assert endpointer.feed(SILENCE) == ()
    assert endpointer.feed(SILENCE) == (Speculate(0, 10 * FRAME_SAMPLES),)


def test_a_dip_of_one_frame_is_no_pause() -> None:
    assert hear(Endpointer(), [SPEECH] * 10 + [SILENCE] + [SPEECH] * 10) == [SpeechStarted(0)]


def test_a_click_is_not_speech() -> None:
    assert hear(Endpointer(), ([SPEECH] * 2 + [SILENCE] * 5) * 20) == []


def test_a_weak_frame_inside_a_short_word_is_forgiven() -> None:
    assert hear(Endpointer(), [SPEECH, SPEECH, SILENCE, SPEECH]) == [SpeechStarted(0)]


def test_speech_that_resumes_speculates_again() -> None:
    events = hear(Endpointer(), [SPEECH] * 10 + [SILENCE] * 8 + [SPEECH] * 10 + [SILENCE] * 30)
    assert [type(e) for e in events] == [SpeechStarted, Speculate, SpeechResumed, Speculate, Endpoint]
    assert events[2] == SpeechResumed(18 * FRAME_SAMPLES)
    assert events[3] == Speculate(0, 28 * FRAME_SAMPLES)


def test_one_loud_frame_in_a_pause_neither_resumes_speech_nor_restarts_the_gate() -> None:
    events = hear(Endpointer(), [SPEECH] * 10 + [SILENCE] * 6 + [SPEECH] + [SILENCE] * 12)
    assert events[-1] == Endpoint("gate", 0, 10 * FRAME_SAMPLES, 29 * FRAME_SAMPLES)


def test_a_closed_gate_ends_the_utterance_at_once() -> None:
    endpointer = Endpointer()
    hear(endpointer, [SPEECH] * 10 + [SILENCE] * 3)
    assert endpointer.due() == ()
    endpointer.set_gate(0)
    assert endpointer.due() == (Endpoint("gate", 0, 10 * FRAME_SAMPLES, 13 * FRAME_SAMPLES),)
    assert endpointer.due() == ()
    assert not endpointer.in_utterance


def test_a_closed_gate_without_due_ends_it_with_the_next_frame() -> None:
    endpointer = Endpointer()
    hear(endpointer, [SPEECH] * 10 + [SILENCE] * 3)
    endpointer.set_gate(0)
    assert endpointer.feed(SILENCE) == (Endpoint("gate", 0, 10 * FRAME_SAMPLES, 14 * FRAME_SAMPLES),)


def test_a_closed_gate_waits_one_frame_when_speech_may_be_resuming() -> None:
    endpointer = Endpointer()
    hear(endpointer, [SPEECH] * 10 + [SILENCE] * 3 + [SPEECH])
    endpointer.set_gate(0)
    assert endpointer.due() == ()
    assert endpointer.feed(SPEECH) == (SpeechResumed(13 * FRAME_SAMPLES),)


@pytest.mark.parametrize("gate", [100, 600, 700, 1000])
def test_the_gate_is_respected_within_a_frame(gate: int) -> None:
    endpointer = Endpointer()
    hear(endpointer, [SPEECH] * 10 + [SILENCE] * 2)
    endpointer.set_gate(gate)
    (end,) = [e for e in hear(endpointer, [SILENCE] * 60) if isinstance(e, Endpoint)]
    silent_ms = (end.sample - end.speech_end_sample) // FRAME_SAMPLES * FRAME_MS
    assert gate <= silent_ms < gate + FRAME_MS


def test_the_gate_falls_back_when_speech_resumes_and_does_nothing_outside_a_pause() -> None:
    endpointer = Endpointer()
    hear(endpointer, [SPEECH] * 10 + [SILENCE] * 3)
    endpointer.set_gate(1000)
    assert endpointer.gate_ms == 1000
    hear(endpointer, [SPEECH] * 3)
    assert endpointer.gate_ms == 600
    endpointer.set_gate(0)
    assert endpointer.gate_ms == 600
    with pytest.raises(ValueError, match="negative"):
        endpointer.set_gate(-1)


def test_endless_speech_is_closed_at_the_limit() -> None:
    endpointer = Endpointer(EndpointSettings(max_utterance_ms=3200))
    events = hear(endpointer, [SPEECH] * 101)
    assert events[:2] == [SpeechStarted(0), TooLong(0, 100 * FRAME_SAMPLES)]


def test_endless_murmur_does_not_stretch_speech() -> None:
    events = hear(Endpointer(), [SPEECH] * 10 + [MURMUR] * 90)
    assert [type(e) for e in events] == [SpeechStarted, Speculate, Endpoint]
    assert hear(Endpointer(), [MURMUR] * 2000) == []


def test_nobody_speaks_is_said_once_a_wait() -> None:
    endpointer = Endpointer(EndpointSettings(no_speech_ms=3200))
    assert hear(endpointer, [SILENCE] * 500) == [NoSpeech(100 * FRAME_SAMPLES)]
    endpointer.reset()
    assert hear(endpointer, [SILENCE] * 500) == [NoSpeech(600 * FRAME_SAMPLES)]


def test_the_end_of_the_audio_ends_the_utterance() -> None:
    endpointer = Endpointer()
    hear(endpointer, [SPEECH] * 10 + [SILENCE] * 3)
    assert endpointer.finish() == (Endpoint("end_of_audio", 0, 10 * FRAME_SAMPLES, 13 * FRAME_SAMPLES),)
    assert endpointer.finish() == ()


def test_a_second_utterance_follows_by_itself() -> None:
    events = hear(Endpointer(), ([SPEECH] * 10 + [SILENCE] * 30) * 2)
    ends = [e for e in events if isinstance(e, Endpoint)]
    assert [e.speech_start_sample for e in ends] == [0, 40 * FRAME_SAMPLES]


@pytest.mark.parametrize(
    "wrong",
    [{"speech": 0.2}, {"silence": 0.0}, {"gate_ms": -1}, {"onset_ms": 0}, {"max_utterance_ms": 50}],
)
def test_impossible_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"thresholds|durations|max_utterance_ms"):
        EndpointSettings(**wrong)  # type: ignore[arg-type]


PROBABILITIES = st.floats(0.0, 1.0) | st.just(float("nan"))
RUNS = st.lists(
    st.tuples(st.sampled_from([SPEECH, SILENCE, MURMUR]) | PROBABILITIES, st.integers(1, 60)), max_size=40
)
GATES = st.lists(st.none() | st.sampled_from([0, 64, 300, 700, 1000, 5000]), min_size=1, max_size=8)


@given(RUNS, GATES)
def test_events_come_in_order_whatever_is_heard(
    runs: list[tuple[float, int]], gates: list[int | None]
) -> None:
    """Order, positions, gate and limit hold for any probabilities and any gates set at any pause."""
    settings = EndpointSettings(max_utterance_ms=6400, no_speech_ms=3200)
    endpointer = Endpointer(settings)
    state = "waiting"
    start = last_end = pauses = 0
    for probability, count in runs:
        for _ in range(count):
            for event in endpointer.feed(probability):
                assert endpointer.position > 0
                match event:
                    case SpeechStarted(sample):
                        assert state == "waiting"
                        assert last_end <= sample < endpointer.position
                        state, start = "speaking", sample
                    case Speculate(begin, end):
                        assert state == "speaking"
                        assert start == begin < end < endpointer.position
                        state, last_end = "pausing", end
                        pauses += 1
                        if (gate := gates[pauses % len(gates)]) is not None:
                            endpointer.set_gate(gate)
                    case SpeechResumed(sample):
                        assert state == "pausing"
                        assert last_end <= sample < endpointer.position
                        assert endpointer.gate_ms == settings.gate_ms
                        state = "speaking"
                    case Endpoint(reason, begin, end, sample):
                        assert (state, reason) == ("pausing", "gate")
                        assert start == begin < end == last_end <= sample == endpointer.position
                        state = "waiting"
                    case TooLong(begin, end):
                        assert state in {"speaking", "pausing"}
                        assert start == begin < end <= endpointer.position
                        state, last_end = "waiting", end
                    case NoSpeech(sample):
                        assert state == "waiting"
                        assert sample == endpointer.position
            assert endpointer.in_utterance == (state != "waiting")
            if endpointer.in_utterance:
                assert endpointer.position - start <= 6400 // FRAME_MS * FRAME_SAMPLES
            if state == "pausing":
                silent_ms = (endpointer.position - last_end) // FRAME_SAMPLES * FRAME_MS
                assert silent_ms < max(endpointer.gate_ms, settings.speculate_ms) + 2 * FRAME_MS


def test_sound_without_a_pause_is_closed_and_begins_nothing_before_it_has_paused() -> None:
    endpointer = Endpointer(EndpointSettings(max_unbroken_ms=3200))
    events = hear(endpointer, [SPEECH] * 400)
    assert events == [
        SpeechStarted(0),
        Endpoint("unbroken", 0, 100 * FRAME_SAMPLES, 100 * FRAME_SAMPLES),
    ]
    assert hear(endpointer, [SILENCE] * 3 + [SPEECH] * 5) == [SpeechStarted(403 * FRAME_SAMPLES)]


def test_speech_with_pauses_is_never_unbroken() -> None:
    endpointer = Endpointer(EndpointSettings(max_unbroken_ms=3200))
    events = hear(endpointer, ([SPEECH] * 80 + [SILENCE] * 4) * 5)
    assert not [event for event in events if isinstance(event, Endpoint)]


def test_what_followed_a_wake_word_is_heard_again() -> None:
    endpointer = Endpointer()
    hear(endpointer, [SPEECH] * 30)
    endpointer.rewind(10)
    assert endpointer.position == 20 * FRAME_SAMPLES
    assert hear(endpointer, [SILENCE] * 4 + [SPEECH] * 6) == [SpeechStarted(24 * FRAME_SAMPLES)]
