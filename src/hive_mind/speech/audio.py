"""What audio is inside Hive Mind: mono float32 samples in [-1, 1] and a rate in hertz.

Everything that listens (VAD, wake word, STT) runs at `SAMPLE_RATE` and is fed frames of `FRAME_SAMPLES`.
Audio time is counted in samples, never with a clock.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]
"""Mono samples, float32, shape (n,), in [-1, 1]."""

SAMPLE_RATE = 16_000
"""Rate of everything that listens, in hertz."""

FRAME_SAMPLES = 512
"""Samples in one frame: 32 ms at `SAMPLE_RATE`, the window that Silero VAD v5 and v6 expect."""

FRAME_MS = 1000 * FRAME_SAMPLES // SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Clip:
    """A piece of audio with its rate.

    Attributes:
        samples: mono float32 in [-1, 1], shape (n,).
        rate: samples per second.
    """

    samples: Samples
    rate: int

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate


def to_pcm16(samples: Samples) -> bytes:
    """Convert to signed 16-bit little-endian PCM, the format of audio on the wire."""
    return (np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()


def from_pcm16(data: bytes) -> Samples:
    """Convert signed 16-bit little-endian PCM to float32; a dangling odd byte is dropped."""
    return np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2").astype(np.float32) / 32768.0


def silence(seconds: float, rate: int = SAMPLE_RATE) -> Samples:
    """Digital silence of the given length."""
    return np.zeros(int(seconds * rate), dtype=np.float32)
