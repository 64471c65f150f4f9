"""An `AudioPlatform` whose microphones deliver what they are told to; its speakers keep what they play."""

import threading
from collections.abc import Mapping, Sequence

import numpy as np

from hive_mind.client.platform.base import AudioStream, Device, OnSamples, Pull
from hive_mind.errors import AudioError
from hive_mind.speech.audio import Samples


class ScriptedDevices:
    """Devices of a machine, the default ones first.

    Args:
        microphones: what each one hears, by name; None: it refuses to open.
        speakers: names.
    """

    def __init__(self, microphones: Mapping[str, Samples | None], speakers: Sequence[str]) -> None:
        self.played: dict[str, list[Samples]] = {name: [] for name in speakers}
        self._heard = dict(microphones)

    def microphones(self) -> Sequence[Device]:
        """By name."""
        return [Device(name, name) for name in self._heard]

    def speakers(self) -> Sequence[Device]:
        """By name."""
        return [Device(name, name) for name in self.played]

    def open_microphone(
        self, rate: int, on_samples: OnSamples, device: str | None = None
    ) -> AudioStream | None:
        """Deliver everything at once."""
        name = device or next(iter(self._heard), None)
        if name is None or name not in self._heard:
            return None
        heard = self._heard[name]
        if heard is None:
            raise AudioError(f"The audio device {name!r} refuses.", code="DEVICE_BUSY")
        on_samples(heard)
        return ScriptedStream(name)

    def open_speaker(self, rate: int, pull: Pull, device: str | None = None) -> AudioStream | None:
        """Take samples as fast as they come."""
        name = device or next(iter(self.played), None)
        if name is None or name not in self.played:
            return None
        stream = ScriptedStream(name)

        def _take() -> None:
            while not stream.closed.is_set():
                self.played[name].append(pull(rate // 10))

        threading.Thread(target=_take, daemon=True).start()
        return stream

    def loudest(self, speaker: str) -> float:
        """Peak of what a speaker played."""
        return max((float(np.max(np.abs(piece))) for piece in self.played[speaker]), default=0.0)


class ScriptedStream:
    """An open device."""

    def __init__(self, name: str) -> None:
        self.device = Device(name, name)
        self.closed = threading.Event()

    def close(self) -> None:
        """Stop."""
        self.closed.set()
