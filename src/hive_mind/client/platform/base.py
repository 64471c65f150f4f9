"""What a platform gives the client: microphones and speakers, if there are any."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from hive_mind.speech.audio import Samples

OnSamples: TypeAlias = Callable[[Samples], None]
"""Called from the device's thread with what was heard, mono."""

Pull: TypeAlias = Callable[[int], Samples]
"""Called from the device's thread: gives exactly so many samples to play, mono."""


@dataclass(frozen=True, slots=True)
class Device:
    """A microphone or a speaker.

    Attributes:
        id: what `open_microphone` and `open_speaker` take.
        name: as the user knows it.
    """

    id: str
    name: str


class AudioStream(Protocol):
    """An open device."""

    @property
    def device(self) -> Device:
        """Which one."""
        ...

    def close(self) -> None:
        """Stop and give the device back. Idempotent; no callback comes after it."""
        ...


class AudioPlatform(Protocol):
    """Audio devices of one machine. A machine without audio has empty lists and opens None."""

    def microphones(self) -> Sequence[Device]:
        """What can be listened to, the default one first."""
        ...

    def speakers(self) -> Sequence[Device]:
        """What can be played on, the default one first."""
        ...

    def open_microphone(
        self, rate: int, on_samples: OnSamples, device: str | None = None
    ) -> AudioStream | None:
        """Listen at `rate` hertz on a device (by id, or the default); None when there is none.

        Raises:
            AudioError: DEVICE_BUSY: the device is there and refuses.
        """
        ...

    def open_speaker(self, rate: int, pull: Pull, device: str | None = None) -> AudioStream | None:
        """Play at `rate` hertz on a device (by id, or the default); None when there is none.

        Raises:
            AudioError: DEVICE_BUSY: the device is there and refuses.
        """
        ...


class NoAudio:
    """The platform of a machine without any audio library."""

    def microphones(self) -> Sequence[Device]:
        """None."""
        return ()

    def speakers(self) -> Sequence[Device]:
        """None."""
        return ()

    def open_microphone(
        self, rate: int, on_samples: OnSamples, device: str | None = None
    ) -> AudioStream | None:
        """None."""
        del rate, on_samples, device
        return None

    def open_speaker(self, rate: int, pull: Pull, device: str | None = None) -> AudioStream | None:
        """None."""
        del rate, pull, device
        return None


def find_platform() -> AudioPlatform:
    """The audio of this machine: miniaudio where it is installed, else sounddevice, else none."""
    try:
        from hive_mind.client.platform.miniaudio_devices import MiniaudioPlatform
    except ImportError:
        pass
    else:
        return MiniaudioPlatform()
    try:
        from hive_mind.client.platform.sounddevice_devices import SounddevicePlatform
    except (ImportError, OSError):  # OSError: the wheel is there and the system's PortAudio is not
        return NoAudio()
    return SounddevicePlatform()
