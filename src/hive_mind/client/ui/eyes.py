"""The eyes at any moment: from looks and times to shapes. Pure; times are seconds of any steady clock."""

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

from hive_mind.client.ui.expressions import Design, Pose, design
from hive_mind.client.ui.look import Look
from hive_mind.client.ui.shapes import Colour, Eye, Shape

Parts: TypeAlias = dict[str, Shape]
_EYES = ("left", "right")


@dataclass(frozen=True, slots=True)
class Glide:
    """A value that follows its target with a time constant in seconds."""

    start: float
    target: float
    since: float
    seconds: float

    def at(self, now: float) -> float:
        """The value now."""
        gone = math.exp(-max(now - self.since, 0.0) / self.seconds)
        return self.target + (self.start - self.target) * gone


@dataclass(frozen=True, slots=True)
class Animation:
    """Eyes in time.

    Attributes:
        look: what they show, or are about to.
        seed: of their blinks and glances; two devices in a room should not blink together.
        since: when the present mood was put on.
        before: the shapes that were seen at that moment.
        loudness, light, night: what follows the look smoothly.
    """

    look: Look
    seed: int
    since: float
    before: Parts
    loudness: Glide
    light: Glide
    night: Glide


def begin(look: Look, now: float, seed: int = 0) -> Animation:
    """Eyes that open on a first look."""
    glide = design().glide
    light = Glide(0.0, look.brightness, now, glide.light)
    night = Glide(float(look.night), float(look.night), now, glide.light)
    loudness = Glide(look.loudness, look.loudness, now, glide.loudness_up)
    return Animation(look, seed, now, {}, loudness, light, night)


def change(eyes: Animation, look: Look, now: float) -> Animation:
    """The same eyes with another look from now on."""
    glide = design().glide
    if look.mood != eyes.look.mood:
        eyes = replace(eyes, before=_parts(eyes, now), since=now)
    loud = eyes.loudness.at(now)
    seconds = glide.loudness_up if look.loudness > loud else glide.loudness_down
    return replace(
        eyes,
        look=look,
        loudness=Glide(loud, look.loudness, now, seconds),
        light=_follow(eyes.light, look.brightness, now),
        night=_follow(eyes.night, float(look.night), now),
    )


def frame(eyes: Animation, now: float) -> tuple[Shape, ...]:
    """What is to be drawn now, in order; the two eyes come first."""
    light = eyes.light.at(now) * (1 + eyes.night.at(now) * (design().night_light - 1))
    return tuple(_lit(shape, light) for shape in _parts(eyes, now).values() if shape.eye.light > 0)


def still(look: Look) -> tuple[Shape, ...]:
    """The look without time: for paper and for pictures. A mark that blinks is shown lit."""
    pose, kit = design().poses[look.mood.expression], design()
    tone = kit.tones[look.mood.tone]
    sleepy = pose.life.sleepy * look.night
    light = look.brightness * (kit.night_light if look.night else 1.0)
    shapes = []
    for name, eye in pose.parts.items():
        leant = _lean(name, eye, tone.lean, 1.0)
        leant = _lean(name, leant, kit.night, sleepy).plus(pose.loudness, look.loudness)
        shapes.append(_lit(Shape(leant, tone.colour), light))
    return tuple(shapes)


def _follow(glide: Glide, target: float, now: float) -> Glide:
    return glide if target == glide.target else Glide(glide.at(now), target, now, glide.seconds)


def _parts(eyes: Animation, now: float) -> Parts:
    """All parts, on their way from the mood before to the present one."""
    kit = design()
    live = _live(eyes, now, kit)
    since = now - eyes.since
    turn = kit.transition
    if since >= turn.lasts:
        return live
    share = 1 - math.exp(-turn.decay * since) * math.cos(turn.swing * since)
    tint = 1 - math.exp(-turn.colour_decay * since)
    mixed: Parts = {}
    for name in (*live, *(name for name in eyes.before if name not in live)):
        old, new = eyes.before.get(name), live.get(name)
        if new is None and old is not None:
            new = Shape(old.eye.gone(), old.colour)
        elif old is None and new is not None:
            old = Shape(new.eye.gone(), new.colour)
        if old is None or new is None:
            continue
        eye = old.eye.towards(new.eye, share)
        mixed[name] = Shape(
            eye._replace(light=min(max(eye.light, 0.0), 1.0)), _mix(old.colour, new.colour, tint)
        )
    return mixed


def _live(eyes: Animation, now: float, kit: Design) -> Parts:
    """The parts of the present mood, alive."""
    look = eyes.look
    pose, tone = kit.poses[look.mood.expression], kit.tones[look.mood.tone]
    life, since = pose.life, now - eyes.since
    gaze_x, gaze_y = kit.glance.at(now, eyes.seed) if life.glance else (0.0, 0.0)
    squint = life.squint * kit.squint.at(now, eyes.seed)
    shut = life.blink * kit.blink.at(now, eyes.seed)
    if pose.enter_blink:
        shut = max(shut, kit.blink.once(since))
    sleepy, loud = life.sleepy * eyes.night.at(now), eyes.loudness.at(now)
    parts: Parts = {}
    for name, start in _waved(pose, since).items():
        eye = start
        if name in _EYES:
            eye = _lean(name, eye, tone.lean, 1.0)
            eye = _lean(name, eye, kit.night, sleepy)
            eye = _lean(name, eye, kit.squint_lean, squint)
            eye = eye.plus(pose.loudness, loud)
            eye = _gazing(eye, life.glance * gaze_x, life.glance * gaze_y, kit)
            eye = _shut(eye, shut, kit)
        parts[name] = Shape(eye._replace(light=min(max(eye.light, 0.0), 1.0)), tone.colour)
    return parts


def _waved(pose: Pose, since: float) -> dict[str, Eye]:
    parts = dict(pose.parts)
    for wave in pose.waves:
        moved = wave.at(since)
        for name in wave.parts:
            eye = parts[name]
            parts[name] = eye._replace(**{wave.field: getattr(eye, wave.field) + moved})
    return parts


def _lean(name: str, eye: Eye, lean: Eye, share: float) -> Eye:
    """Add a change that is given for the left eye; marks have no lids to lean."""
    if not share or name not in _EYES:
        return eye
    return eye.plus(lean if name == "left" else lean.mirrored(), share)


def _gazing(eye: Eye, x: float, y: float, kit: Design) -> Eye:
    """Look aside: both eyes move, and the nearer one grows as on a head that turns."""
    if not x and not y:
        return eye
    nearer = 1 + kit.glance.depth * (x / kit.glance.reach_x) * math.copysign(1.0, eye.x)
    return eye._replace(x=eye.x + x, y=eye.y + y, w=eye.w * (1 + (nearer - 1) / 2), h=eye.h * nearer)


def _shut(eye: Eye, share: float, kit: Design) -> Eye:
    if not share:
        return eye
    line = kit.blink.line
    closed = eye._replace(
        w=eye.w * (1 + kit.blink.stretch),
        upper=line,
        lower=1 - line,
        upper_slant=0.0,
        lower_slant=0.0,
        upper_bend=0.0,
        lower_bend=0.0,
    )
    return eye.towards(closed, share)


def _lit(shape: Shape, light: float) -> Shape:
    """The shape with its light put into its colour, over the background."""
    share = min(max(light * shape.eye.light, 0.0), 1.0)
    return Shape(shape.eye, _mix(design().background, shape.colour, share))


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    red, green, blue = (round(x + share * (y - x)) for x, y in zip(a, b, strict=True))
    return red, green, blue
