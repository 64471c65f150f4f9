"""Lights: on, off, bright, dim, coloured."""

from collections.abc import Callable
from typing import TypeAlias

from hive_mind.server.plugins.failure import Failure

from .asked import Asked, Result
from .doing import Deed
from .house import Entity

_Fits: TypeAlias = Callable[[frozenset[str]], bool]
_FULL = 255
_STEP = 25
_COLOURED = frozenset({"hs", "xy", "rgb", "rgbw", "rgbww"})


async def turn_on(asked: Asked) -> Result:
    """Light them."""
    outcome = await asked.do(Deed("light", "turn_on", done=_is_on), _meant(asked))
    return asked.done("light_on", outcome)


async def turn_off(asked: Asked) -> Result:
    """Put them out."""
    outcome = await asked.do(Deed("light", "turn_off", done=lambda e: e.state == "off"), _meant(asked))
    return asked.done("light_off", outcome)


async def adjust(asked: Asked) -> Result:
    """Set brightness or colour, or both; or make it a little brighter or dimmer."""
    lights = _meant(asked)
    params = asked.params
    if params.get("change"):
        return await _step(asked, lights, up=params["change"] == "up")
    brightness, colour = params.get("brightness"), params.get("color")
    data: dict[str, object] = {}
    if isinstance(brightness, int | float):
        if not 0 <= brightness <= 100:
            raise Failure("OUT_OF_RANGE", "Brightness goes from 0 to 100.")
        if brightness == 0:
            return await turn_off(asked)
        lights = _able(lights, lambda modes: bool(modes - {"onoff"}), "LIGHT_NOT_DIMMED", asked)
        data["brightness_pct"] = round(brightness)
    if isinstance(colour, str):
        lights = _in_colour(asked, lights, colour, data)
    if not data:
        return await turn_on(asked)
    wanted = data.get("brightness_pct")

    def done(light: Entity) -> bool:
        level = light.number("brightness")
        as_bright = not isinstance(wanted, int) or (
            level is not None and abs(100 * level / _FULL - wanted) <= 3
        )
        return _is_on(light) and as_bright

    outcome = await asked.do(Deed("light", "turn_on", data, done), lights)
    key = "light_set" if colour is None else "light_colour" if wanted is None else "light_both"
    return asked.done(key, outcome, level=wanted, colour=colour)


async def _step(asked: Asked, lights: list[Entity], *, up: bool) -> Result:
    lit = [light for light in lights if light.state == "on"]
    if not lit and not up:
        return asked.said(asked.phrases.say("light_off_already", where=asked.where(lights)))
    lights = _able(lit or lights, lambda modes: bool(modes - {"onoff"}), "LIGHT_NOT_DIMMED", asked)
    before = {light.id: light.number("brightness") or 0.0 for light in lights}

    def done(light: Entity) -> bool:
        level = light.number("brightness") or 0.0
        return level > before[light.id] or level >= _FULL - 1 if up else level < before[light.id]

    step = {"brightness_step_pct": _STEP if up else -_STEP}
    outcome = await asked.do(Deed("light", "turn_on", step, done), lights)
    return asked.done("light_brighter" if up else "light_dimmer", outcome)


def _in_colour(asked: Asked, lights: list[Entity], said: str, data: dict[str, object]) -> list[Entity]:
    """Those that can show it; what the call takes for it is added to `data`."""
    colours, kelvins = asked.config["colours"], asked.config["kelvins"]
    usual = asked.names.usual("couleur", said) or said
    if usual in kelvins:
        data["color_temp_kelvin"] = kelvins[usual]
        return _able(
            lights, lambda modes: "color_temp" in modes or bool(modes & _COLOURED), "LIGHT_NO_COLOUR", asked
        )
    if usual not in colours:
        raise Failure("COLOUR_UNKNOWN", "No such colour is known.", colour=said)
    data["color_name"] = colours[usual]
    return _able(lights, lambda modes: bool(modes & _COLOURED), "LIGHT_NO_COLOUR", asked)


def _able(lights: list[Entity], fits: _Fits, code: str, asked: Asked) -> list[Entity]:
    """Those whose modes allow it; those that do not tell their modes are believed to."""
    found = []
    for light in lights:
        modes = light.attributes.get("supported_color_modes")
        if not isinstance(modes, list) or fits(frozenset(map(str, modes))):
            found.append(light)
    if not found:
        raise Failure(code, "No light there can do this.", where=asked.where(lights))
    return found


def _meant(asked: Asked) -> list[Entity]:
    return asked.chosen(asked.of("light"), "lampe")


def _is_on(light: Entity) -> bool:
    return light.state == "on"
