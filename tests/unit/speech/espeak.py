"""Spoken French for tests, from our espeak-ng voice: no recording, no file."""

import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples, silence
from hive_mind.speech.files import resample
from hive_mind.speech.tts.espeak import EspeakVoice


def speak(text: str, words_per_minute: int = 140) -> Samples:
    """The text as 16 kHz mono with half a second of silence before and a second after."""
    voice = EspeakVoice(words_per_minute=words_per_minute)
    clip = Clip(np.concatenate(list(voice.synthesize(text))), voice.capabilities.rate)
    return np.concatenate((silence(0.5), resample(clip, SAMPLE_RATE).samples, silence(1.0)))
