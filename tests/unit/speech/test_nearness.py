import numpy as np

from hive_mind.speech.audio import FRAME_SAMPLES, Samples
from hive_mind.speech.nearness import Nearness


def frames(level_db: float, count: int) -> list[Samples]:
    t = np.arange(count * FRAME_SAMPLES) / 16000
    tone = 0.5 * 10 ** (level_db / 20) * np.sin(2 * np.pi * 200 * t)
    return list(tone.astype(np.float32).reshape(count, FRAME_SAMPLES))


def test_sound_far_below_the_speaker_is_background() -> None:
    nearness = Nearness()
    nearness.begin()
    assert all(nearness.near(frame) for frame in frames(0, 30))
    behind = [nearness.near(frame) for frame in frames(-20, 30)]
    assert behind[0] and not any(behind[-15:])


def test_a_soft_end_of_a_sentence_and_the_gaps_between_syllables_are_not() -> None:
    nearness = Nearness()
    nearness.begin()
    heard = [*frames(0, 20), *frames(-40, 4), *frames(-3, 10), *frames(-40, 4), *frames(-10, 20)]
    assert all(nearness.near(frame) for frame in heard)


def test_another_utterance_is_measured_by_itself() -> None:
    nearness = Nearness()
    nearness.begin()
    for frame in frames(0, 20):
        nearness.near(frame)
    for frame in frames(-60, 20):
        nearness.note(frame)
    nearness.begin()
    assert all(nearness.near(frame) for frame in frames(-20, 20))
