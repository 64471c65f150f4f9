"""A detector that takes over while somebody listens."""

import numpy as np

from hive_mind.speech.audio import FRAME_SAMPLES, SAMPLE_RATE
from hive_mind.speech.engines import Wake
from hive_mind.speech.listening import Ear
from hive_mind.speech.wake_word.shifted import ShiftedWakeWords
from tests.fakes.scripted_microphone import LoudnessVad
from tests.fakes.scripted_wake import ScriptedWake

SILENCE = np.zeros(FRAME_SAMPLES, np.float32)


def listen(ear: Ear, seconds: float) -> list[Wake]:
    frames = int(seconds * SAMPLE_RATE / FRAME_SAMPLES)
    return [event for _ in range(frames) for event in ear.hear(SILENCE) if isinstance(event, Wake)]


def test_positions_are_those_of_the_listener() -> None:
    ear = Ear(LoudnessVad(), None, ScriptedWake())
    assert listen(ear, 3.0) == []
    begun = ear.position
    shifted = ShiftedWakeWords(ScriptedWake(1.0), begun)
    ear.listen_for(shifted)
    (wake,) = listen(ear, 2.0)
    assert wake.end_sample == begun + SAMPLE_RATE
    assert shifted.own(wake).end_sample == SAMPLE_RATE
    ear.restart()
    (again,) = listen(ear, 2.0)
    assert again.end_sample == SAMPLE_RATE
