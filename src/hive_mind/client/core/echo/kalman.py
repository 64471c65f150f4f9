"""An adaptive filter that learns how the room changes what is played, and predicts what comes back of it.

A frequency-domain Kalman filter in partitioned blocks (Enzner and Vary, "Frequency-domain adaptive Kalman
filter for acoustic echo control in hands-free telephones", Signal Processing 86, 2006; partitions as in
Kuech, Mabande and Enzner, ICASSP 2014). It holds what it does not know of the room against what it cannot
explain in the microphone, so a voice over the echo does not lead it astray: no double-talk detector is
needed.
"""

import numpy as np
from numpy.typing import NDArray

from hive_mind.client.core.echo.base import BLOCK
from hive_mind.speech.audio import Samples

PARTITIONS = 10
"""Blocks of what was played that may still be heard: 320 ms of buffers, air and room."""

_MEMORY = 0.998
"""How much of the room is the same one block later."""

_DOUBT = 0.2
"""How far the way from speaker to microphone may be from nothing, at first: with more the first words teach
it nonsense."""

_TRUST = 0.1
"""Share of the power of a room that was recalled by which it may be another one, and as much of its mean."""

_SMOOTHING = 0.8
_CAUTION = 0.75
"""Share of what is doubted that counts against a step; at 0.5, which theory has for halved blocks, the first
steps go too far."""

_BINS = BLOCK + 1
_SILENT = 1e-5


class KalmanFilter:
    """Predicts the echo of each block of `BLOCK` samples."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the room, and what was played."""
        self._spectra: NDArray[np.complex64] = np.zeros((PARTITIONS, _BINS), np.complex64)
        self._last = np.zeros(BLOCK, np.float32)
        self._idle = PARTITIONS
        self.forget()

    def forget(self) -> None:
        """Forget the room."""
        shape = (PARTITIONS, _BINS)
        self._room: NDArray[np.complex64] = np.zeros(shape, np.complex64)
        self._doubt: NDArray[np.float32] = np.full(shape, _DOUBT, np.float32)
        self._rest: NDArray[np.float32] = np.full(_BINS, 1e-3 * BLOCK, np.float32)

    @property
    def response(self) -> Samples:
        """What the room makes of one sample that is played, as far as it is learnt: 320 ms."""
        whole: Samples = np.fft.irfft(self._room, axis=1)[:, :BLOCK].reshape(-1).astype(np.float32)
        return whole

    def know(self, response: Samples) -> None:
        """Go on from what a room is believed to make of one sample."""
        parts = response.reshape(PARTITIONS, BLOCK)
        self._room = np.fft.rfft(parts, 2 * BLOCK, axis=1).astype(np.complex64)
        power = np.square(np.abs(self._room))
        self._doubt = (_TRUST * (power + power.mean())).astype(np.float32)

    @property
    def idle(self) -> bool:
        """Whether nothing was played that may still be heard."""
        return self._idle >= PARTITIONS

    def predict(self, heard: Samples, played: Samples) -> Samples:
        """The part of `heard` that is echo; learns from the rest."""
        self._idle = self._idle + 1 if float(np.max(np.abs(played))) < _SILENT else 0
        if self.idle:
            self._spectra[:] = 0
            self._last = played
            return np.zeros(BLOCK, np.float32)
        self._spectra[1:] = self._spectra[:-1]
        self._spectra[0] = np.fft.rfft(np.concatenate([self._last, played]))
        self._last = played
        whole = np.fft.irfft((self._room * self._spectra).sum(0))
        echo = whole[BLOCK:].astype(np.float32)
        self._learn(heard - echo)
        return echo

    def _learn(self, error: Samples) -> None:
        spectrum = np.fft.rfft(np.concatenate([np.zeros(BLOCK, np.float32), error]))
        self._rest += (1 - _SMOOTHING) * (np.square(np.abs(spectrum)) - self._rest)
        power = np.square(np.abs(self._spectra))
        step = self._doubt / (_CAUTION * (self._doubt * power).sum(0) + self._rest + 1e-6)
        response = np.fft.irfft(step * np.conj(self._spectra) * spectrum, axis=1)
        response[:, BLOCK:] = 0  # a room answers forward in time
        self._doubt *= _MEMORY * (1 - 0.5 * step * power)
        self._doubt += (1 - _MEMORY) * np.square(np.abs(self._room)) + 1e-10
        self._room += np.fft.rfft(response, axis=1)
