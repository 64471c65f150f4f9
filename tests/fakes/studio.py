"""Voices that hum and an ear that measures: a training without models, in a second."""

import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.wake_word.embedding import WARM_UP, WIDTH
from hive_mind.speech.wake_word.mel import STEP_SAMPLES
from hive_mind.wake_training.voices import Spoken

SOUND_S = 0.07


class HummingCrowd:
    """Each phoneme is a tone."""

    names = ("af_one", "af_two", "af_nova", "ff_siwis")

    def __init__(self) -> None:
        self.said = 0

    def say(
        self,
        word: str,
        mix: Mapping[str, float],
        *,
        speed: float = 1.0,
        pitch: float = 1.0,
        before: str = "",
        after: str = "",
    ) -> Spoken:
        self.said += 1
        voice = sum(share * (1.0 + zlib.crc32(name.encode()) % 5 / 10) for name, share in mix.items())
        first, said, last = (self._hum(text, voice * pitch, speed) for text in (before, word, after))
        return Spoken(np.concatenate((first, said, last)), len(first), len(first) + len(said))

    def _hum(self, phonemes: str, voice: float, speed: float) -> Samples:
        time = np.arange(int(SOUND_S / speed * SAMPLE_RATE)) / SAMPLE_RATE
        tones = [np.sin(2 * np.pi * voice * (150.0 + ord(p) % 97 * 20.0) * time) for p in phonemes]
        return np.concatenate([*tones, np.zeros(0)]).astype(np.float32)


def measured(samples: Samples) -> NDArray[np.float16]:
    """Loudness by pitch, each 80 ms: in the place of embeddings."""
    whole = samples[: len(samples) // STEP_SAMPLES * STEP_SAMPLES].reshape(-1, STEP_SAMPLES)
    spectrum = np.abs(np.fft.rfft(whole))[:, : 5 * WIDTH].reshape(len(whole), WIDTH, 5).sum(axis=2)
    made: NDArray[np.float16] = np.log(spectrum + 0.1)[WARM_UP:].astype(np.float16)
    return made
