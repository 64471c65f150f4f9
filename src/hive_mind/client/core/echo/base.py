"""What takes our own voice out of a microphone's signal."""

from dataclasses import dataclass
from typing import Protocol

from hive_mind.speech.audio import FRAME_SAMPLES, Samples

BLOCK = FRAME_SAMPLES
"""Samples that a canceller takes at once, at `SAMPLE_RATE`: the frame of everything that listens."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A block without its echo.

    Attributes:
        samples: what is not our own; silence when everything is.
        own: how much of the block's energy was our own voice, in [0, 1].
    """

    samples: Samples
    own: float


class EchoCanceller(Protocol):
    """Hears block after block what was heard and what was played; has memory."""

    @property
    def response(self) -> Samples | None:
        """What the room makes of one sample that is played; None where it is not known."""
        ...

    def cancel(self, heard: Samples, played: Samples) -> Cleaned:
        """Clean one `BLOCK`.

        Args:
            heard: by the microphone.
            played: by the speaker, a quarter of a second before it is heard at most, and never after it.
        """
        ...

    def reset(self) -> None:
        """Forget the room: a device was changed."""
        ...


class NoEcho:
    """For headphones: passes everything."""

    @property
    def response(self) -> Samples | None:
        """There is no room."""
        return None

    def cancel(self, heard: Samples, played: Samples) -> Cleaned:
        """As it is."""
        del played
        return Cleaned(heard, 0.0)

    def reset(self) -> None:
        """Nothing is remembered."""
