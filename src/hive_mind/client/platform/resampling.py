"""Between the rate of a device and ours, as the samples come."""

import numpy as np
import soxr

from hive_mind.client.platform.base import OnSamples, Pull
from hive_mind.speech.audio import Samples

DEVICE_RATE = 48_000
"""What nearly every device runs at; the sound server converts for the others."""

_QUALITY = "MQ"  # 16 bits of accuracy at half the delay of "HQ"


def resampled_capture(device_rate: int, rate: int, on_samples: OnSamples) -> OnSamples:
    """What a device at `device_rate` calls so that `on_samples` hears `rate`."""
    if device_rate == rate:
        return on_samples
    stream = soxr.ResampleStream(device_rate, rate, 1, dtype="float32", quality=_QUALITY)

    def _hear(samples: Samples) -> None:
        converted = stream.resample_chunk(samples)
        if len(converted):
            on_samples(converted)

    return _hear


def resampled_playback(device_rate: int, rate: int, pull: Pull) -> Pull:
    """What a device at `device_rate` pulls from when `pull` gives `rate`."""
    if device_rate == rate:
        return pull
    stream = soxr.ResampleStream(rate, device_rate, 1, dtype="float32", quality=_QUALITY)
    ready = np.zeros(0, np.float32)

    def _play(count: int) -> Samples:
        nonlocal ready
        while len(ready) < count:
            need = max(1, -(-(count - len(ready)) * rate // device_rate))
            ready = np.concatenate([ready, stream.resample_chunk(pull(need))])
        out, ready = ready[:count], ready[count:]
        return out

    return _play
