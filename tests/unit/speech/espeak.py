"""Spoken French for tests, from espeak-ng's library: no recording, no file."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

import espeakng_loader
import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples, silence
from hive_mind.speech.files import resample

CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
SYNCHRONOUS = 2
UTF8 = 1
RATE_PARAMETER = 1


@contextmanager
def _library() -> Iterator[tuple[ctypes.CDLL, int]]:
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, str(espeakng_loader.get_data_path()).encode(), 0)
    try:
        yield library, rate
    finally:
        library.espeak_Terminate()


def speak(text: str, voice: str = "fr", words_per_minute: int = 140) -> Samples:
    """The text as 16 kHz mono with half a second of silence before and a second after."""
    heard: list[Samples] = []

    def take(wave: "ctypes._Pointer[ctypes.c_short]", count: int, events: int) -> int:
        if count:  # the last call has no samples
            pcm = np.ctypeslib.as_array(wave, shape=(count,))
            heard.append(pcm.astype(np.float32) / 32768.0)
        return 0

    callback = CALLBACK(take)
    with _library() as (library, rate):
        library.espeak_SetSynthCallback(callback)
        library.espeak_SetVoiceByName(voice.encode())
        library.espeak_SetParameter(RATE_PARAMETER, words_per_minute, 0)
        data = text.encode() + b"\0"
        library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 1, 0, UTF8, None, None)
    spoken = resample(Clip(np.concatenate(heard), rate), SAMPLE_RATE).samples
    return np.concatenate((silence(0.5), spoken, silence(1.0)))
