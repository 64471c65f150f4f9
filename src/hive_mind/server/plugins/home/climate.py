"""Warmth: what a thermometer says, and what the heating is to do."""

from collections.abc import Sequence

from hive_mind.server.plugins.failure import Failure

from .asked import Asked, Result, decimal
from .doing import Deed, Outcome
from .house import Entity

_MOST = 5


async def temperature(asked: Asked) -> Result:
    """How warm it is, room by room."""
    found: dict[str, list[float]] = {}
    for entity in asked.entities:
        value = _reading(entity)
        if value is not None and asked.place.holds(entity) and (entity.area or entity.domain == "climate"):
            found.setdefault(entity.area or entity.name, []).append(value)
    if not found:
        raise Failure("NO_THERMOMETER", "There is no thermometer there.", where=asked.where())
    means = {area: round(sum(values) / len(values), 1) for area, values in found.items()}
    if len(means) == 1:
        (area, degrees), *_ = means.items()
        said = asked.phrases.say("climate_get", degrees=_degrees(degrees, asked), where=asked.in_area(area))
        return asked.said(said, temperature=degrees)
    rooms = [
        asked.phrases.say("climate_room", degrees=_degrees(degrees, asked), where=asked.in_area(area))
        for area, degrees in list(means.items())[:_MOST]
    ]
    said = asked.phrases.say("climate_rooms", rooms=asked.phrases.listed(rooms))
    return asked.said(said, temperatures=means)


async def set_temperature(asked: Asked) -> Result:
    """Set the heating to a temperature, or some degrees more or less."""
    heaters = _heaters(asked)
    change, said = asked.params.get("change"), asked.params.get("temperature")
    if change in ("up", "down"):
        by = asked.params.get("by")
        step = float(by) if isinstance(by, int | float) and 0 < by <= 10 else 1.0
        known = [h.number("temperature") for h in heaters]
        now = next((value for value in known if value is not None), None)
        if now is None:
            raise Failure("HEATING_OFF", "The heating has no set temperature to change.")
        wanted = now + (step if change == "up" else -step)
    elif isinstance(said, int | float):
        wanted = float(said)
    else:
        raise Failure("OUT_OF_RANGE", "The temperature is missing.")
    low = max((h.number("min_temp") or 5.0 for h in heaters), default=5.0)
    high = min((h.number("max_temp") or 35.0 for h in heaters), default=35.0)
    if not low <= wanted <= high:
        raise Failure(
            "TEMPERATURE_RANGE", "The heating cannot be set to that.", low=decimal(low), high=decimal(high)
        )

    def done(heater: Entity) -> bool:
        there = heater.number("temperature")
        return there is not None and abs(there - wanted) < 0.3

    deed = Deed("climate", "set_temperature", {"temperature": wanted}, done)
    return asked.done("climate_set", await asked.do(deed, heaters), degrees=_degrees(wanted, asked))


async def turn_on(asked: Asked) -> Result:
    """Start it."""
    return asked.done("climate_on", await _turn(asked, "turn_on", off=False))


async def turn_off(asked: Asked) -> Result:
    """Stop it."""
    return asked.done("climate_off", await _turn(asked, "turn_off", off=True))


async def _turn(asked: Asked, service: str, *, off: bool) -> Outcome:
    deed = Deed("climate", service, done=lambda heater: (heater.state == "off") == off)
    return await asked.do(deed, _heaters(asked))


def _heaters(asked: Asked) -> list[Entity]:
    """Of the room that was said, else all: a house is warmed as one."""
    return asked.chosen(asked.of("climate"), "chauffage", otherwise=_any)


def _any(_: Sequence[Entity]) -> bool:
    return True


def _reading(entity: Entity) -> float | None:
    if entity.domain == "climate":
        return entity.number("current_temperature")
    if entity.domain != "sensor" or entity.device_class != "temperature" or not entity.there:
        return None
    try:
        return float(entity.state)
    except ValueError:
        return None


def _degrees(value: float, asked: Asked) -> str:
    return asked.phrases.say("degrees", number=decimal(round(value, 1)))
