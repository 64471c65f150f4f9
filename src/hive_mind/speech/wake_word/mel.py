"""Log-mel spectrum as openWakeWord's models were trained on, 8 frames at a time."""

from pathlib import Path

import numpy as np

from hive_mind.errors import ModelError
from hive_mind.speech.audio import Samples
from hive_mind.speech.wake_word.embedding import MELS, STEP_FRAMES, Floats
from hive_mind.speech.wake_word.tflite import read_tflite

HOP = 160
"""Samples between frames: 10 ms."""

FFT = 512

STEP_SAMPLES = HOP * STEP_FRAMES
"""Samples of one step: 80 ms."""

LEAD_SAMPLES = FFT - HOP
"""Samples before a step that its first frame needs too."""

RANGE_DB = 80.0
QUIETEST = 1e-10


class MelSpectrum:
    """Mel frames of 10 ms, scaled as the embedding wants them.

    Window and filters come from the file of openWakeWord, which writes the Fourier transform out as a
    convolution; a fast transform gives the same for a tenth of the work.

    Args:
        model: `melspectrogram.tflite` of openWakeWord.

    Raises:
        ModelError: MODEL_MISSING, or MODEL_UNAVAILABLE when it is damaged or another network.
    """

    def __init__(self, model: Path) -> None:
        constants = read_tflite(model)[0].constants.values()
        bases = [c for c in constants if c.shape == (FFT // 2 + 1, 1, FFT, 1)]
        filters = [c for c in constants if c.shape == (FFT // 2 + 1, MELS)]
        if len(bases) != 2 or len(filters) != 1:
            raise ModelError(f"{model.name} is not openWakeWord's mel spectrum.")
        # The cosines of frequency 0 are all one: what is left is the window.
        self._window = max((basis[0].reshape(FFT) for basis in bases), key=lambda row: np.abs(row).max())
        self._filters = np.ascontiguousarray(filters[0])

    def __call__(self, samples: Samples) -> Floats:
        """Frames of whole steps.

        Args:
            samples: `LEAD_SAMPLES` of the past, then a multiple of `STEP_SAMPLES`.
        """
        windows = np.lib.stride_tricks.sliding_window_view(samples, FFT)[::HOP]
        # As 16-bit integers: what the network was trained on.
        spectrum = np.fft.rfft(windows * (self._window * np.float32(32767.0)))
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        mels = power.astype(np.float32) @ self._filters
        decibels = 10.0 * np.log10(np.maximum(mels, QUIETEST))
        steps = decibels.reshape(-1, STEP_FRAMES, MELS)
        steps = np.maximum(steps, steps.max(axis=(1, 2), keepdims=True) - RANGE_DB)
        scaled: Floats = (steps.reshape(-1, MELS) / 10.0 + 2.0).astype(np.float32)
        return scaled
