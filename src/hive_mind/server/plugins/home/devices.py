"""What is only on or off: plugs, fans, television sets; and scenes."""

from hive_mind.server.plugins.failure import Failure

from .asked import Asked, Result
from .doing import Deed
from .house import Entity
from .targets import named

KINDS = ("switch", "fan", "input_boolean", "humidifier", "media_player", "light")
"""Domains that may be switched by name."""

_OFF = ("off", "standby")


async def turn_on(asked: Asked) -> Result:
    """Switch it on."""
    deed = Deed("homeassistant", "turn_on", done=lambda e: e.there and e.state not in _OFF)
    return asked.done("device_on", await asked.do(deed, _meant(asked)))


async def turn_off(asked: Asked) -> Result:
    """Switch it off."""
    deed = Deed("homeassistant", "turn_off", done=lambda e: e.state in _OFF)
    return asked.done("device_off", await asked.do(deed, _meant(asked)))


async def scene(asked: Asked) -> Result:
    """Set a scene."""
    said = str(asked.params.get("name") or "")
    scenes = asked.of("scene")
    found = named(said, "scene", scenes, asked.names)
    here = [scene for scene in found if asked.place.holds(scene)] or found
    if not here:
        if not scenes:
            raise Failure("NO_SCENE", "There are no scenes.")
        raise Failure("SCENE_UNKNOWN", "There is no such scene.", name=said, scenes=asked.listed(scenes))
    outcome = await asked.do(Deed("scene", "turn_on"), here[:1])
    return asked.done("scene_on", outcome, name=here[0].name)


def _meant(asked: Asked) -> list[Entity]:
    return asked.chosen(asked.of(*KINDS), "appareil")
