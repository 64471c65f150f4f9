"""A room that was learnt before: is it still this one, and how late does the echo come today?

Buffers are filled anew at each start, so that the same room answers some milliseconds earlier or later, and
somebody may have turned the volume. What a room makes of a sound stays the same.
"""

from dataclasses import dataclass

import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE, Samples

MOST_SHIFT = SAMPLE_RATE * 200 // 1000
"""Samples by which it may come earlier or later than it did."""

_ALIKE = 0.6
"""How much the echo that is expected must be like what is heard: 1 is the same."""

_MOST_GAIN = 8.0
_MARGIN_DB = 3.0
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Recalled:
    """The room as it is now.

    Attributes:
        response: what it makes of one sample that is played.
        leak_db: what is left of the echo when this is taken away, relative to it, at most.
    """

    response: Samples
    leak_db: float


def recalled(response: Samples, heard: Samples, played: Samples) -> Recalled | None:
    """The remembered room, put where the echo comes now; None when this is another one, or cannot be told.

    Args:
        response: of the room as it was learnt.
        heard: by the microphone, from a moment at which nothing had been played for a while.
        played: by the speaker meanwhile.
    """
    size = 1 << (len(heard) + len(response) + MOST_SHIFT).bit_length()
    expected = np.fft.irfft(np.fft.rfft(played, size) * np.fft.rfft(response, size), size)
    likeness = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(expected, size)), size)
    shifts = np.arange(-MOST_SHIFT, MOST_SHIFT + 1)
    shift = int(shifts[np.argmax(likeness[shifts])])
    moved = _moved(response, shift)
    echo = np.fft.irfft(np.fft.rfft(played, size) * np.fft.rfft(moved, size), size)[: len(heard)]
    loud, sound = float(np.dot(echo, echo)), float(np.dot(heard, heard))
    if min(loud, sound) < _TINY:
        return None
    common = float(np.dot(heard, echo))
    gain = common / loud
    if common < _ALIKE * np.sqrt(loud * sound) or not 1 / _MOST_GAIN < gain < _MOST_GAIN:
        return None
    left = heard - gain * echo
    leak = float(np.dot(left, left)) / (gain * gain * loud) + _TINY
    return Recalled(np.asarray(gain * moved, np.float32), 10.0 * float(np.log10(leak)) + _MARGIN_DB)


def _moved(response: Samples, shift: int) -> Samples:
    """The same, so many samples later."""
    moved = np.zeros_like(response)
    if shift >= 0:
        moved[shift:] = response[: len(response) - shift]
    else:
        moved[:shift] = response[-shift:]
    return moved
