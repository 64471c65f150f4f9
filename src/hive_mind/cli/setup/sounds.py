"""Playing and hearing for a moment, outside any voice loop."""

import threading
from collections.abc import Callable

import numpy as np

from hive_mind.client.platform.base import AudioPlatform
from hive_mind.errors import AudioError
from hive_mind.speech.audio import SAMPLE_RATE, Samples

MOST_S = 20.0
"""A device that has not taken everything by then hangs."""


def play(platform: AudioPlatform, device: str | None, samples: Samples, rate: int) -> None:
    """Play and wait for the end.

    Raises:
        AudioError: NO_SPEAKER or DEVICE_BUSY, or DEVICE_SILENT when the device takes nothing.
    """
    padded = np.concatenate([samples, np.zeros(rate // 4, np.float32)])
    at = 0
    done = threading.Event()

    def _pull(count: int) -> Samples:
        nonlocal at
        piece = padded[at : at + count]
        at += len(piece)
        if at >= len(padded):
            done.set()
        return np.concatenate([piece, np.zeros(count - len(piece), np.float32)])

    stream = platform.open_speaker(rate, _pull, device)
    if stream is None:
        raise AudioError(f"There is no speaker named {device!r}.", code="NO_SPEAKER")
    try:
        if not done.wait(MOST_S):
            raise AudioError("The speaker is open and plays nothing: choose another.", code="DEVICE_SILENT")
    finally:
        stream.close()


class Listener:
    """A microphone held open while in this context; keeps what it heard, in memory.

    Args:
        platform: of this machine.
        device: id of the microphone; None means the default one.
        on_samples: told of each piece, in the device's thread.

    Raises:
        AudioError: NO_MICROPHONE or DEVICE_BUSY.
    """

    def __init__(
        self,
        platform: AudioPlatform,
        device: str | None,
        on_samples: Callable[[Samples], None] = lambda _: None,
    ) -> None:
        self._pieces: list[Samples] = []
        self._on_samples = on_samples
        stream = platform.open_microphone(SAMPLE_RATE, self._hear, device)
        if stream is None:
            raise AudioError(f"There is no microphone named {device!r}.", code="NO_MICROPHONE")
        self._stream = stream

    def __enter__(self) -> "Listener":
        """The open microphone."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back."""
        self._stream.close()

    @property
    def samples(self) -> Samples:
        """All that was heard, at `SAMPLE_RATE`."""
        return np.concatenate([np.zeros(0, np.float32), *self._pieces])

    def level(self) -> float:
        """How loud it is now, from 0 (-60 dBFS or less) to 1 (full scale)."""
        newest = self._pieces[-1] if self._pieces else np.zeros(1, np.float32)
        loudest = float(np.max(np.abs(newest), initial=0.0))
        return min(1.0, max(0.0, 1.0 + 20.0 * float(np.log10(loudest + 1e-6)) / 60.0))

    def _hear(self, samples: Samples) -> None:
        self._pieces.append(samples.copy())
        self._on_samples(samples)
