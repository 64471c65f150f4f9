"""What a few seconds of a microphone tell of it: works, muted, the wrong one, too quiet, too loud. Pure."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from hive_mind.speech.audio import SAMPLE_RATE, Samples

Verdict: TypeAlias = Literal["good", "no_sound", "muted", "monitor", "hum", "too_quiet", "clipping"]
"""`no_sound`: not a single sample; `muted`: samples without any life; `monitor`: it records a speaker's
output; `hum`: mains hum alone, as of a plug without a microphone; the French sentence is
`message("microphone_" + verdict)`."""

ADVICE: dict[Verdict, str] = {
    "good": "The microphone works.",
    "no_sound": "The microphone delivers nothing: plug it in again, or choose another one.",
    "muted": "The microphone is muted or dead: unmute it in the sound settings, or choose another one.",
    "monitor": "This is the output of a speaker, not a microphone: choose another one.",
    "hum": "The microphone gives mains hum alone: check its plug, or choose another one.",
    "too_quiet": "The microphone is too quiet: turn it up in the system's sound settings, or move it closer.",
    "clipping": "The microphone is overdriven: turn it down in the system's sound settings.",
}

_FRAME = SAMPLE_RATE * 30 // 1000
_DEAD_DBFS = -90.0
"""The noise of the very best converters is above it, and rounding to 16 bits alone is not."""

_CLIPPED = 0.985
_CLIPPED_SHARE = 0.002
_HUM_DBFS = -60.0
_HUM_SHARE = 0.9
_HUM_TOP_HZ = 1000.0
_SPOKEN_DBFS = -45.0


@dataclass(frozen=True, slots=True)
class LevelReport:
    """What was found.

    Attributes:
        verdict: see `Verdict`.
        level_dbfs: of the loudest tenth of a few seconds, in 30 ms frames; -120 is nothing.
        floor_dbfs: of the quietest tenth: the room and the microphone's own noise.
    """

    verdict: Verdict
    level_dbfs: float
    floor_dbfs: float

    @property
    def advice(self) -> str:
        """One English sentence for the log that says what to do."""
        return ADVICE[self.verdict]


def frame_level(samples: Samples) -> float:
    """Level in dBFS without any constant part, at least -120; for a meter."""
    return float(10 * np.log10(np.var(samples) + 1e-12)) if len(samples) else -120.0


def check_level(samples: Samples, name: str = "", *, spoken: bool = False) -> LevelReport:
    """Judge a microphone.

    Args:
        samples: two seconds or more, as the device gave them, at `SAMPLE_RATE`.
        name: of the device.
        spoken: the user was asked to speak meanwhile, so silence is not the room's.
    """
    frames = [frame_level(samples[at : at + _FRAME]) for at in range(0, len(samples) - _FRAME + 1, _FRAME)]
    if not frames:
        return LevelReport("no_sound", -120.0, -120.0)
    floor, level = (float(np.percentile(frames, part)) for part in (10, 90))
    return LevelReport(_verdict(samples, name, level, spoken=spoken), level, floor)


def _verdict(samples: Samples, name: str, level: float, *, spoken: bool) -> Verdict:
    if name.startswith("Monitor of"):
        return "monitor"
    if frame_level(samples) < _DEAD_DBFS:
        return "muted"
    if float(np.mean(np.abs(samples) >= _CLIPPED)) > _CLIPPED_SHARE:
        return "clipping"
    if (
        frame_level(samples) > _HUM_DBFS
        and max(_hum_share(samples, mains) for mains in (50, 60)) > _HUM_SHARE
    ):
        return "hum"
    if spoken and level < _SPOKEN_DBFS:
        return "too_quiet"
    return "good"


def _hum_share(samples: Samples, mains_hz: int) -> float:
    """How much of the energy lies within 2 Hz of the mains and its harmonics."""
    power = np.square(np.abs(np.fft.rfft((samples - np.mean(samples)) * np.hanning(len(samples)))))
    frequencies = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    off = np.abs(frequencies - mains_hz * np.round(frequencies / mains_hz))
    harmonic = (off <= 2.0) & (frequencies >= mains_hz - 2) & (frequencies <= _HUM_TOP_HZ)
    return float(power[harmonic].sum() / (power.sum() + 1e-12))
