"""The sounds of a client, made of sines from `data/chimes.toml`: no recording, no licence."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from hive_mind.speech.audio import Samples

_ATTACK_S = 0.005
_RELEASE_S = 0.01
_OVERTONE = 2.76
_LOUDER = 1.25
"""Each ring is so much louder than the last one."""


class Note(BaseModel):
    """One tone of a chime; the units are in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pitch: float = Field(gt=20, lt=8000)
    start: float = Field(ge=0, le=10)
    length: float = Field(gt=0, le=10)
    loudness: float = Field(default=1.0, gt=0, le=1)


class Chime(BaseModel):
    """A sound, and for one that rings, how; the units are in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    notes: tuple[Note, ...] = Field(min_length=1)
    peak: float = Field(gt=0, le=1)
    fall: float = Field(gt=0)
    bell: float = Field(ge=0, le=1)
    every: float | None = None
    quiet: float = Field(default=1.0, gt=0, le=1)

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return max(note.start + note.length for note in self.notes)


@cache
def chimes() -> dict[str, Chime]:
    """All of them by name: wake, end, error, timer, alarm."""
    text = resources.files("hive_mind.client").joinpath("data/chimes.toml").read_text("utf-8")
    return {name: Chime.model_validate(table) for name, table in tomllib.loads(text).items()}


def render(sound: Chime, rate: int, loudness: float = 1.0) -> Samples:
    """The samples of a chime, once.

    Args:
        sound: what to render.
        rate: in hertz.
        loudness: factor of its own, from 0 to 1.
    """
    total = np.zeros(int(sound.seconds * rate), np.float32)
    for note in sound.notes:
        t = np.arange(int(note.length * rate)) / rate
        shape = np.minimum(1.0, t / _ATTACK_S) * np.exp(-t / sound.fall)
        shape *= np.minimum(1.0, (note.length - t) / _RELEASE_S)
        tone = np.sin(2 * np.pi * note.pitch * t)
        tone += sound.bell * np.sin(2 * np.pi * _OVERTONE * note.pitch * t)
        start = int(note.start * rate)
        piece = (note.loudness * tone * shape).astype(np.float32)[: len(total) - start]
        total[start : start + len(piece)] += piece
    return np.asarray(loudness * sound.peak * total / float(np.max(np.abs(total))), np.float32)


def ring(sound: Chime, rate: int, seconds: float, loudness: float = 1.0) -> Iterator[Samples]:
    """A chime again and again, louder each time: sound, then the pause in which "stop" is heard, and so on.

    Args:
        sound: one with `every`; another one sounds once.
        rate: in hertz.
        seconds: when it gives up.
        loudness: of the loudest, from 0 to 1.
    """
    if sound.every is None:
        yield render(sound, rate, loudness)
        return
    factor, at = sound.quiet, 0.0
    while at < seconds:
        once = render(sound, rate, loudness * factor)
        yield once
        yield np.zeros(max(0, int(sound.every * rate) - len(once)), np.float32)
        factor, at = min(1.0, factor * _LOUDER), at + sound.every


def chime(rate: int, name: str = "timer") -> Samples:
    """One of our sounds at `rate` samples per second, once."""
    return render(chimes()[name], rate)
