"""The home plugin: the devices of a house, through Home Assistant."""

import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from hive_mind.server.core.plugin import Plugin
from hive_mind.server.plugins.failure import Failure
from hive_mind.server.plugins.phrases import Phrases

from . import climate, covers, devices, guards, lights, looking, media
from .api import TIMEOUT_S, HomeAssistant
from .asked import Asked, NeedsAnswer, Result
from .house import LAYOUT, Layout, entities
from .names import Names
from .targets import place_of

REFRESH_S = 60.0
"""Seconds after which names and rooms are looked at again."""

_ORDERS: Mapping[str, Callable[[Asked], Awaitable[Result]]] = {
    "light_on": lights.turn_on,
    "light_off": lights.turn_off,
    "light_set": lights.adjust,
    "cover_open": covers.open_,
    "cover_close": covers.close,
    "cover_set": covers.position,
    "cover_stop": covers.stop,
    "garage_open": covers.open_guarded,
    "garage_close": covers.close_guarded,
    "device_on": devices.turn_on,
    "device_off": devices.turn_off,
    "scene_on": devices.scene,
    "media_play": media.play,
    "media_pause": media.pause,
    "media_next": media.next_,
    "media_previous": media.previous,
    "media_volume": media.volume,
    "climate_get": climate.temperature,
    "climate_set": climate.set_temperature,
    "climate_on": climate.turn_on,
    "climate_off": climate.turn_off,
    "lock_close": guards.lock,
    "lock_open": guards.unlock,
    "alarm_arm": guards.arm,
    "alarm_disarm": guards.disarm,
    "home_state": looking.state,
}


class HomePlugin(Plugin):
    """See above.

    Configuration: `url` (or `url_env`) and `token_env`, of Home Assistant; `alarm_code_env`, the code of its
    alarm system; `colours`, `kelvins` and `cover_classes`, what French words mean to it; `settle_s`, seconds
    that a device has to follow before it is said that it did not.
    """

    async def on_load(self) -> None:
        """Open the connection, and learn the names of the house if it answers."""
        folder = Path(__file__).parent
        self._phrases = Phrases.of_folder(folder)
        self._names = Names.read(folder)
        self._client = self.services.http(timeout_s=TIMEOUT_S)
        self._home = HomeAssistant(self._client, str(self.config["url"]), str(self.config["token"]))
        self._layout: Layout | None = None
        for name, values in _kept(await self.services.storage.get("names")).items():
            self.services.know(name, values)
        self.services.every(REFRESH_S, self._refresh)
        try:
            await self._refresh()
        except Failure:
            self._layout = None  # it is asked again at the first order, which then says what is wrong

    async def on_unload(self) -> None:
        """Close it."""
        await self._client.aclose()

    def get_prompt_context(self) -> str:
        """What the language model should know."""
        return (
            "Maison (Home Assistant) : light_on, light_off, light_set (brightness en pour cent, color), "
            "cover_open, cover_close, device_on, device_off, media_play, media_pause, climate_get, "
            "climate_set (temperature). Facultatif : area (pièce), floor (étage), name (appareil)."
        )

    async def execute(self, intent: str, params: dict[str, Any]) -> dict[str, Any]:
        """Carry out an order, or answer a question."""
        try:
            return await _ORDERS[intent](await self._asked(params))
        except NeedsAnswer as question:
            text = self._phrases.say(question.question)
            return {"success": False, "ask": {"slot": question.slot, "question": text}}
        except Failure as failure:
            return failure.result()

    async def _asked(self, params: Mapping[str, Any]) -> Asked:
        layout = self._layout if self._layout is not None else await self._look()
        place = place_of(params, layout, self._names, self.services.request().room)
        house = entities(await self._home.states(), layout)
        rooms = self.services.request().rooms
        if rooms is not None:
            allowed = {self._names.among("piece", room, layout.areas) for room in rooms} - {None}
            house = [entity for entity in house if entity.area in allowed]
        return Asked(params, place, house, self._home, self._names, self._phrases, self.config)

    async def _look(self) -> Layout:
        self._layout = Layout.of(await self._home.render(LAYOUT))
        return self._layout

    async def _refresh(self) -> None:
        """Learn rooms, floors and names of devices, for the sentences; they are kept for the next start."""
        layout = await self._look()
        names = self._names.of_house(layout, entities(await self._home.states(), layout))
        for name, values in names.items():
            self.services.know(name, values)
        if _kept(await self.services.storage.get("names")) != names:
            await self.services.storage.put("names", json.loads(json.dumps(names)))


def _kept(value: object) -> dict[str, dict[str, list[str]]]:
    return value if isinstance(value, dict) else {}
