"""Log-mel features as Whisper was trained on: 25 ms windows every 10 ms, Slaney's mel scale."""

import numpy as np
from numpy.typing import NDArray

from hive_mind.speech.audio import SAMPLE_RATE, Samples

WINDOW = 400
HOP = 160
FRAMES_PER_SECOND = SAMPLE_RATE // HOP


class LogMel:
    """Turns samples into log-mel features.

    Args:
        bands: mel bands: 80, or 128 for Whisper large-v3.
    """

    def __init__(self, bands: int = 80) -> None:
        self._filters = _filters(bands)
        self._window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)

    def __call__(self, samples: Samples, frames: int) -> NDArray[np.float32]:
        """Features of shape (bands, frames); what the audio does not fill is silence, what is over is cut."""
        audio = np.pad(samples[: frames * HOP], (WINDOW // 2, WINDOW // 2 + HOP), mode="constant")
        windows = np.lib.stride_tricks.sliding_window_view(audio, WINDOW)[::HOP][:frames]
        spectrum = np.fft.rfft(windows * self._window, axis=1)
        power = np.square(np.abs(spectrum)).astype(np.float32)
        log = np.log10(np.maximum(self._filters @ power.T, 1e-10))
        floor = log.max() - 8.0
        features = np.full((log.shape[0], frames), floor, dtype=np.float32)
        features[:, : log.shape[1]] = np.maximum(log, floor)
        features += 4.0
        features /= 4.0
        return features


def _filters(bands: int) -> NDArray[np.float32]:
    """Triangular filters of equal area, shape (bands, WINDOW // 2 + 1)."""
    bins = np.fft.rfftfreq(WINDOW, 1.0 / SAMPLE_RATE)
    edges = _mel_to_hertz(np.linspace(0.0, _hertz_to_mel(SAMPLE_RATE / 2), bands + 2))
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rise = (bins - left) / (centre - left)
    fall = (right - bins) / (right - centre)
    triangles = np.maximum(0.0, np.minimum(rise, fall))
    return (triangles * 2.0 / (right - left)).astype(np.float32)


def _hertz_to_mel(hertz: float) -> float:
    """Slaney's scale above 1 kHz, where it is logarithmic."""
    return 15.0 + 27.0 * float(np.log(hertz / 1000.0) / np.log(6.4))


def _mel_to_hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = mel * 200.0 / 3.0
    logarithmic = 1000.0 * np.exp((mel - 15.0) * np.log(6.4) / 27.0)
    return np.where(mel < 15.0, linear, logarithmic)
