"""The data of the eyes, `design/eyes.json`, as objects. A browser reads the same file."""

import json
import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from hive_mind.client.ui.life import Blink, Glance, Squint
from hive_mind.client.ui.look import Expression, Tone
from hive_mind.client.ui.shapes import NO_CHANGE, Colour, Eye
from hive_mind.design import eyes_json


@dataclass(frozen=True, slots=True)
class Wave:
    """A field of some parts that goes up and down: `base + amount · sin(2π (t / period + phase))`."""

    parts: tuple[str, ...]
    field: str
    period: float
    amount: float
    phase: float = 0.0
    base: float = 0.0

    def at(self, since: float) -> float:
        """What is added to the field, `since` seconds after the expression was put on."""
        return self.base + self.amount * math.sin(2 * math.pi * (since / self.period + self.phase))


@dataclass(frozen=True, slots=True)
class Life:
    """How much of each involuntary movement an expression has, 0 to 1."""

    blink: float = 0.0
    glance: float = 0.0
    squint: float = 0.0
    sleepy: float = 0.0


@dataclass(frozen=True, slots=True)
class Pose:
    """One expression: its parts (`left`, `right` and marks beside them) and how they move."""

    parts: dict[str, Eye]
    waves: tuple[Wave, ...]
    loudness: Eye
    life: Life
    enter_blink: bool


@dataclass(frozen=True, slots=True)
class Palette:
    """A colour, and how it changes the shape so that it is not told by the colour alone."""

    colour: Colour
    lean: Eye


@dataclass(frozen=True, slots=True)
class Transition:
    """A damped swing from one expression to the next: `1 - exp(-decay t) cos(swing t)`."""

    decay: float
    swing: float
    colour_decay: float
    lasts: float


@dataclass(frozen=True, slots=True)
class Glides:
    """Time constants, in seconds, of what follows its target smoothly."""

    loudness_up: float
    loudness_down: float
    light: float


@dataclass(frozen=True, slots=True)
class Design:
    """The whole file."""

    background: Colour
    tones: dict[Tone, Palette]
    night: Eye
    night_light: float
    transition: Transition
    glide: Glides
    blink: Blink
    glance: Glance
    squint: Squint
    squint_lean: Eye
    lid_radius: float
    thinnest: float
    poses: dict[Expression, Pose]


@cache
def design() -> Design:
    """The design that comes with us."""
    return read_design(eyes_json())


def read_design(text: str) -> Design:
    """A design from its JSON text.

    Raises:
        KeyError, TypeError, ValueError: something is missing, unknown or not of its kind.
    """
    raw = json.loads(text)
    squint = dict(raw["squint"])
    squint_lean = _change(squint.pop("lean"))
    squint["into"] = squint.pop("in")
    return Design(
        background=_colour(raw["background"]),
        tones={tone: _palette(raw["tones"][tone.value]) for tone in Tone},
        night=_change(raw["night"]["lean"]),
        night_light=raw["night"]["light"],
        transition=Transition(**raw["transition"]),
        glide=Glides(**raw["glide"]),
        blink=Blink(**raw["blink"]),
        glance=Glance(**raw["glance"]),
        squint=Squint(**squint),
        squint_lean=squint_lean,
        lid_radius=raw["lid_radius"],
        thinnest=raw["thinnest"],
        poses={expression: _pose(raw["expressions"][expression.value]) for expression in Expression},
    )


def _pose(raw: dict[str, Any]) -> Pose:
    given = {name: Eye(**fields) for name, fields in raw["parts"].items()}
    left = given["left"]
    parts = {"left": left, "right": given.get("right", left.mirrored()), **given}  # the eyes come first
    waves = tuple(Wave(**{**wave, "parts": tuple(wave["parts"])}) for wave in raw["waves"])
    for wave in waves:
        if wave.field not in Eye._fields or not set(wave.parts) <= set(parts):
            raise ValueError(f"A wave moves {wave.field} of {wave.parts}, which are not there.")
    return Pose(
        parts=parts,
        waves=waves,
        loudness=_change(raw.get("loudness", {})),
        life=Life(**raw["life"]),
        enter_blink=raw.get("enter_blink", False),
    )


def _palette(raw: dict[str, Any]) -> Palette:
    return Palette(_colour(raw["colour"]), _change(raw["lean"]))


def _change(fields: dict[str, float]) -> Eye:
    return NO_CHANGE._replace(**fields)


def _colour(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue
