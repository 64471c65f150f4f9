"""The ear: what it takes for somebody who speaks to us."""

import numpy as np

from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples
from hive_mind.speech.endpointing import Endpoint, SpeechStarted
from hive_mind.speech.engines import Wake
from hive_mind.speech.listening import OWN_VOICE, Ear, Heard
from tests.fakes.scripted_microphone import voice


class FixedVad:
    """Finds every frame that is not silent this likely to be speech."""

    def __init__(self, probability: float) -> None:
        self._probability = probability

    def probability(self, frame: Samples) -> float:
        return self._probability if np.any(frame) else 0.0

    def reset(self) -> None:
        return


def hear(ear: Ear, samples: Samples, own: float = 0.0) -> list[Heard]:
    frames = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    return [event for frame in frames for event in ear.hear(frame, own)]


def test_what_the_canceller_leaves_of_our_own_voice_is_nobody() -> None:
    assert hear(Ear(FixedVad(0.7)), voice(1.0), OWN_VOICE) == []
    assert hear(Ear(FixedVad(0.7)), voice(1.0), OWN_VOICE - 0.1) == [SpeechStarted(0)]
    assert hear(Ear(FixedVad(0.95)), voice(1.0), 1.0) == [SpeechStarted(0)]


def test_a_television_behind_the_speaker_does_not_keep_an_utterance_open() -> None:
    events = hear(Ear(FixedVad(0.95)), np.concatenate([voice(2.0), 0.1 * voice(8.0)]))
    (end,) = (event for event in events if isinstance(event, Endpoint))
    assert end.reason == "gate"
    assert 2.0 < end.speech_end_sample / SAMPLE_RATE < 2.5


def test_what_followed_a_wake_word_in_one_breath_is_heard_again_with_the_word_before_it() -> None:
    ear = Ear(FixedVad(0.95))
    hear(ear, np.concatenate([np.zeros(SAMPLE_RATE, np.float32), voice(2.0)]))
    before = ear.position
    events = ear.begin_after(Wake("hey_jarvis", 0.9, int(1.7 * SAMPLE_RATE)))
    assert ear.position == before
    (started,) = events
    assert isinstance(started, SpeechStarted)
    assert 1.85 < started.sample / SAMPLE_RATE < 1.95
    assert abs(len(ear.samples()) / SAMPLE_RATE - (before / SAMPLE_RATE - 0.8)) < 0.01


def test_an_ear_that_is_deaf_for_a_moment_hears_afterwards() -> None:
    ear = Ear(FixedVad(0.95))
    ear.forget(deaf_ms=320)
    (started,) = hear(ear, voice(1.0))
    assert started == SpeechStarted(10 * FRAME_SAMPLES)
