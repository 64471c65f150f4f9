"""Microphones and speakers through miniaudio: PulseAudio, ALSA, CoreAudio, WASAPI."""

import ctypes
from collections.abc import Generator, Sequence
from typing import Any

import miniaudio
import numpy as np

from hive_mind.client.platform.base import AudioStream, Device, OnSamples, Pull
from hive_mind.client.platform.resampling import DEVICE_RATE, resampled_capture, resampled_playback
from hive_mind.errors import AudioError

_PERIOD_MS = 20
"""miniaudio keeps three periods ahead of a speaker: what `interrupt` cannot take back any more."""


_AlsaHandler = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)


_say_nothing = _AlsaHandler(lambda *_: None)


def _hush_alsa() -> None:
    """Keep libasound from writing to stderr that there is no card: that is told in our own words.

    https://www.alsa-project.org/alsa-doc/alsa-lib/group___error.html
    """
    try:
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_say_nothing)
    except (OSError, AttributeError):
        return


class _Devices(miniaudio.Devices):  # type: ignore[misc]  # the package has no annotations
    """What miniaudio finds, and which of it is the system's default: the package looks it up and hides it."""

    def _get_info(self, device_type: Any, device_info: Any) -> dict[str, Any]:
        return {
            **super()._get_info(device_type, device_info),
            "default": bool(device_info.isDefault),
            "monitor": miniaudio.ffi.string(device_info.name).startswith(b"Monitor of"),
        }


class MiniaudioPlatform:
    """Devices as miniaudio finds them. Its null backend does not count as a device."""

    def __init__(self) -> None:
        _hush_alsa()
        b = miniaudio.Backend
        # JACK complains on stderr wherever it is installed and not running.
        enabled = miniaudio.get_enabled_backends() - {b.NULL, b.CUSTOM, b.JACK}
        # Sound servers before bare devices: ALSA would take the card away from everybody else.
        self._backends = sorted(enabled, key=lambda backend: backend is b.ALSA)

    def microphones(self) -> Sequence[Device]:
        """What can be listened to; recordings of a speaker's own output ("monitors") come last."""
        return [self._device(info) for info in self._list("get_captures")]

    def speakers(self) -> Sequence[Device]:
        """What can be played on."""
        return [self._device(info) for info in self._list("get_playbacks")]

    def open_microphone(
        self, rate: int, on_samples: OnSamples, device: str | None = None
    ) -> AudioStream | None:
        """Listen; see `AudioPlatform`."""
        info = self._find("get_captures", device)
        if info is None:
            return None
        hear = resampled_capture(_rate(info), rate, on_samples)

        def _listen() -> Generator[None, bytes, None]:
            while True:
                data = yield
                hear(np.frombuffer(data, np.float32))

        return self._open(miniaudio.CaptureDevice, "input_format", info, _listen())

    def open_speaker(self, rate: int, pull: Pull, device: str | None = None) -> AudioStream | None:
        """Play; see `AudioPlatform`."""
        info = self._find("get_playbacks", device)
        if info is None:
            return None
        play = resampled_playback(_rate(info), rate, pull)

        def _play() -> Generator[bytes, int, None]:
            count = yield b""
            while True:
                count = yield play(count).tobytes()

        return self._open(miniaudio.PlaybackDevice, "output_format", info, _play(), follow=device is None)

    def _list(self, method: str) -> list[dict[str, Any]]:
        try:
            found: list[dict[str, Any]] = getattr(_Devices(self._backends), method)()
        except miniaudio.MiniaudioError:
            return []  # no sound server and no card
        return sorted(found, key=lambda info: (info["monitor"], not info["default"]))

    def _find(self, method: str, device: str | None) -> dict[str, Any] | None:
        found = self._list(method)
        if device is None:
            found = [info for info in found if not info["monitor"]]  # only who asks for one gets one
        return next((info for info in found if device in (None, info["name"])), None)

    @staticmethod
    def _device(info: dict[str, Any]) -> Device:
        return Device(id=info["name"], name=info["name"])

    def _open(
        self, kind: Any, format_name: str, info: dict[str, Any], callback: Any, *, follow: bool = False
    ) -> "MiniaudioStream":
        next(callback)
        # A speaker may be moved when the default one changes; a microphone would end on a speaker's monitor.
        follow = follow and info["default"]
        try:
            handle = kind(
                **{format_name: miniaudio.SampleFormat.FLOAT32},
                nchannels=1,
                sample_rate=_rate(info),
                buffersize_msec=_PERIOD_MS,
                device_id=None if follow else info["id"],
                backends=self._backends,
                app_name="Hive Mind",
            )
            handle.start(callback)
        except miniaudio.MiniaudioError as error:
            raise AudioError(
                f"The audio device {info['name']!r} refuses ({error}): close what else uses it.",
                code="DEVICE_BUSY",
                retryable=True,
            ) from error
        return MiniaudioStream(self._device(info), handle)


def _rate(info: dict[str, Any]) -> int:
    """The device's own rate, so that only soxr resamples; some tell none."""
    return next((int(f["samplerate"]) for f in info["formats"] if f["samplerate"]), DEVICE_RATE)


class MiniaudioStream:
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
