"""Recordings made of tones: what a VAD that listens to loudness takes for speech."""

import numpy as np

from hive_mind.client.core.clock import Clock
from hive_mind.client.core.source import WavSource
from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples, silence


def voice(seconds: float) -> Samples:
    """Something that counts as speech."""
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.3 * np.sin(2 * np.pi * 220 * t)).astype(np.float32)


def noise(seconds: float, level: float = 0.01) -> Samples:
    """Something that does not."""
    random = np.random.default_rng(1)
    return (level * random.standard_normal(int(seconds * SAMPLE_RATE))).astype(np.float32)


def recording(*pieces: float) -> Clip:
    """Speech (positive seconds) and silence (negative seconds), in order."""
    parts = [voice(p) if p > 0 else silence(-p) for p in pieces]
    return Clip(np.concatenate(parts), SAMPLE_RATE)


class ScriptedMicrophone(WavSource):
    """Plays speech and silence of given lengths.

    Args:
        clock: paces it.
        pieces: seconds of speech (positive) and of silence (negative).
        tail_s: silence after them.
    """

    def __init__(self, clock: Clock, *pieces: float, tail_s: float = 60.0) -> None:
        super().__init__(recording(*pieces), clock, tail_s=tail_s)


class LoudnessVad:
    """Whatever is loud is speech."""

    def probability(self, frame: Samples) -> float:
        return 1.0 if float(np.sqrt(np.mean(np.square(frame)))) > 0.05 else 0.0

    def reset(self) -> None:
        return
