"""Microphones and speakers through sounddevice (PortAudio), where miniaudio has no wheel."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import sounddevice

from hive_mind.client.platform.base import AudioStream, Device, OnSamples, Pull
from hive_mind.client.platform.resampling import DEVICE_RATE, resampled_capture, resampled_playback
from hive_mind.errors import AudioError


class SounddevicePlatform:
    """Devices as PortAudio finds them."""

    def microphones(self) -> Sequence[Device]:
        """What can be listened to."""
        return [self._device(info) for info in self._list("max_input_channels")]

    def speakers(self) -> Sequence[Device]:
        """What can be played on."""
        return [self._device(info) for info in self._list("max_output_channels")]

    def open_microphone(
        self, rate: int, on_samples: OnSamples, device: str | None = None
    ) -> AudioStream | None:
        """Listen; see `AudioPlatform`."""
        info = self._find("max_input_channels", device)
        if info is None:
            return None
        device_rate = int(info.get("default_samplerate") or DEVICE_RATE)
        hear = resampled_capture(device_rate, rate, on_samples)

        def _heard(data: Any, *_: object) -> None:
            hear(np.array(data[:, 0], np.float32))

        return self._open(sounddevice.InputStream, "max_input_channels", info, device_rate, _heard)

    def open_speaker(self, rate: int, pull: Pull, device: str | None = None) -> AudioStream | None:
        """Play; see `AudioPlatform`."""
        info = self._find("max_output_channels", device)
        if info is None:
            return None
        device_rate = int(info.get("default_samplerate") or DEVICE_RATE)
        play = resampled_playback(device_rate, rate, pull)

        def _wanted(data: Any, count: int, *_: object) -> None:
            data[:] = play(count)[:, np.newaxis]

        return self._open(sounddevice.OutputStream, "max_output_channels", info, device_rate, _wanted)

    @staticmethod
    def _list(direction: str) -> list[dict[str, Any]]:
        try:
            return [dict(info) for info in sounddevice.query_devices() if info[direction] > 0]
        except sounddevice.PortAudioError:
            return []

    def _find(self, direction: str, device: str | None) -> dict[str, Any] | None:
        found = self._list(direction)
        if device is None:
            default = sounddevice.default.device[0 if direction == "max_input_channels" else 1]
            return next((i for i in found if i["index"] == default), found[0] if found else None)
        return next((info for info in found if info["name"] == device), None)

    @staticmethod
    def _device(info: dict[str, Any]) -> Device:
        return Device(id=str(info["name"]), name=str(info["name"]))

    def _open(
        self, kind: Any, direction: str, info: dict[str, Any], rate: int, callback: Any
    ) -> "SounddeviceStream":
        try:
            handle = kind(
                samplerate=rate,
                device=info["index"],
                channels=min(2, info[direction]),  # many bare devices refuse a single one
                dtype="float32",
                latency="low",
                callback=callback,
            )
            handle.start()
        except sounddevice.PortAudioError as error:
            raise AudioError(
                f"The audio device {info['name']!r} refuses ({error}): close what else uses it.",
                code="DEVICE_BUSY",
                retryable=True,
            ) from error
        return SounddeviceStream(self._device(info), handle)


class SounddeviceStream:
    """An open device."""

    def __init__(self, device: Device, handle: Any) -> None:
        self._device = device
        self._handle = handle

    @property
    def device(self) -> Device:
        """Which one."""
        return self._device

    def close(self) -> None:
        """Stop and give the device back."""
        if self._handle is not None:
            self._handle.close()
            self._handle = None
