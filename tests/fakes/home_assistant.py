"""Home Assistant's REST API as its documentation describes it, on a local socket: a house of two floors.

https://developers.home-assistant.io/docs/api/rest/; templates are rendered, with the functions for areas and
floors of https://www.home-assistant.io/docs/configuration/templating/.
"""

import copy
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from tests.fakes.web import Moods, serving

TOKEN = "a-long-lived-token"

AREAS = {
    "salon": ("Salon", "rdc"),
    "cuisine": ("Cuisine", "rdc"),
    "entree": ("Entrée", "rdc"),
    "chambre": ("Chambre parentale", "premier"),
    "bureau": ("Bureau", "premier"),
    "orangerie": ("Orangerie", None),
}
FLOORS = {"rdc": "Rez-de-chaussée", "premier": "Premier étage"}

_RGB = {"supported_color_modes": ["color_temp", "xy"]}
_DIM = {"supported_color_modes": ["brightness"]}
_HOUSE: dict[str, tuple[str, str | None, dict[str, Any]]] = {
    "light.salon": ("off", "salon", {"friendly_name": "Salon", **_RGB}),
    "light.lampadaire": ("off", "salon", {"friendly_name": "Lampadaire du salon", **_DIM}),
    "light.cuisine": ("on", "cuisine", {"friendly_name": "Plafonnier", "brightness": 255, **_DIM}),
    "light.chambre": ("off", "chambre", {"friendly_name": "Lampe de chevet", **_DIM}),
    "light.bureau": ("off", "bureau", {"friendly_name": "Bureau", **_RGB}),
    "light.cellier": (
        "unavailable", "orangerie", {"friendly_name": "Cellier", "supported_color_modes": ["onoff"]}
    ),
    "cover.salon": (
        "open", "salon",
        {"friendly_name": "Volet baie vitrée", "device_class": "shutter", "current_position": 100,
         "supported_features": 15},
    ),
    "cover.bureau": (
        "open", "bureau", {"friendly_name": "Rideaux", "device_class": "curtain", "supported_features": 3}
    ),
    "cover.chambre": (
        "closed", "chambre",
        {"friendly_name": "Volet chambre", "device_class": "shutter", "current_position": 0,
         "supported_features": 15},
    ),
    "cover.garage": (
        "closed", None,
        {"friendly_name": "Porte de garage", "device_class": "garage", "supported_features": 3},
    ),
    "switch.cafetiere": ("off", "cuisine", {"friendly_name": "Machine à café"}),
    "media_player.tele": ("playing", "salon", {"friendly_name": "Télé du salon", "volume_level": 0.4}),
    "media_player.bureau": ("paused", "bureau", {"friendly_name": "Enceinte bureau", "volume_level": 0.2}),
    "climate.salon": (
        "heat", "salon",
        {"friendly_name": "Thermostat", "current_temperature": 20.5, "temperature": 20.0, "min_temp": 7,
         "max_temp": 28, "hvac_modes": ["off", "heat"]},
    ),
    "sensor.bureau": (
        "19.04", "bureau",
        {"friendly_name": "Température", "device_class": "temperature", "unit_of_measurement": "°C"},
    ),
    "lock.entree": ("locked", "entree", {"friendly_name": "Porte d'entrée"}),
    "alarm_control_panel.maison": ("disarmed", None, {"friendly_name": "Alarme"}),
    "scene.cinema": ("unknown", None, {"friendly_name": "Soirée cinéma"}),
    "sun.sun": ("above_horizon", None, {"friendly_name": "Sun"}),
}  # fmt: skip


class HomeAssistantServer(Moods):
    """The service.

    Attributes:
        url: address.
        entities: state objects by id.
        calls: services that were called: "light.turn_on", and with which data.
        deaf: ids of devices that do not follow.
        call_status: status that answers service calls with, instead of doing them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        self.areas = copy.deepcopy(AREAS)
        self.home = {entity: area for entity, (_, area, _) in _HOUSE.items()}
        self.entities: dict[str, dict[str, Any]] = {
            entity: {"entity_id": entity, "state": state, "attributes": dict(attributes)}
            for entity, (state, _, attributes) in _HOUSE.items()
        }
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.deaf: set[str] = set()
        self.call_status: int | None = None

    def state(self, entity: str) -> str:
        return str(self.entities[entity]["state"])

    def attribute(self, entity: str, name: str) -> Any:
        return self.entities[entity]["attributes"].get(name)

    def call(self, domain: str, service: str, data: dict[str, Any]) -> list[dict[str, Any]]:
        """Do it; the entities that changed."""
        self.calls.append((f"{domain}.{service}", {k: v for k, v in data.items() if k != "entity_id"}))
        wanted = data["entity_id"]
        changed = []
        for entity in wanted if isinstance(wanted, list) else [wanted]:
            told = self.entities[entity]
            before = copy.deepcopy(told)
            if entity not in self.deaf and told["state"] != "unavailable":
                self._apply(told, service, data)
            if told != before:
                changed.append(told)
        return changed

    def _apply(self, told: dict[str, Any], service: str, data: dict[str, Any]) -> None:
        attributes = told["attributes"]
        states = {
            "turn_on": "heat" if told["entity_id"].startswith("climate.") else "on", "turn_off": "off",
            "open_cover": "opening", "close_cover": "closing", "media_pause": "paused",
            "media_play": "playing", "lock": "locked", "unlock": "unlocked", "alarm_arm_away": "arming",
            "alarm_disarm": "disarmed",
        }  # fmt: skip
        if not told["entity_id"].startswith("scene."):
            told["state"] = states.get(service, told["state"])
        if service == "turn_on" and "brightness_pct" in data:
            attributes["brightness"] = round(data["brightness_pct"] * 2.55)
        if service == "turn_on" and "brightness_step_pct" in data:
            level = (attributes.get("brightness") or 0) + round(data["brightness_step_pct"] * 2.55)
            attributes["brightness"] = max(0, min(255, level))
        for key in ("color_name", "color_temp_kelvin", "volume_level", "temperature"):
            if key in data:
                attributes[key] = data[key]
        if service == "set_cover_position":
            attributes["current_position"] = data["position"]

    def render(self, template: str) -> str:
        """What a template gives.

        Raises:
            TemplateError: it is malformed.
        """
        environment = SandboxedEnvironment()
        names: dict[str, Callable[..., Any]] = {
            "areas": lambda: list(self.areas),
            "area_name": lambda area: self.areas[area][0],
            "area_entities": lambda area: [e for e, where in self.home.items() if where == area],
            "floors": lambda: list(FLOORS),
            "floor_name": FLOORS.__getitem__,
            "floor_areas": lambda floor: [a for a, (_, where) in self.areas.items() if where == floor],
        }
        environment.globals |= names
        environment.filters |= {**names, "to_json": json.dumps}
        return environment.from_string(template).render()


@asynccontextmanager
async def home_assistant() -> AsyncIterator[HomeAssistantServer]:
    """Start one on a free port."""
    fake = HomeAssistantServer()
    app = FastAPI()

    async def refused(request: Request) -> Response | None:
        faulty = await fake.faulty(request)
        if faulty is None and request.headers.get("authorization") != f"Bearer {TOKEN}":
            return PlainTextResponse("401: Unauthorized", status_code=401)
        return faulty

    @app.get("/api/states")
    async def states(request: Request) -> Response:
        return await refused(request) or JSONResponse(list(fake.entities.values()))

    @app.post("/api/template")
    async def template(request: Request) -> Response:
        if (no := await refused(request)) is not None:
            return no
        try:
            return PlainTextResponse(fake.render((await request.json())["template"]))
        except TemplateError as error:
            return JSONResponse({"message": f"Error rendering template: {error}"}, status_code=400)

    @app.post("/api/services/{domain}/{service}")
    async def services(request: Request, domain: str, service: str) -> Response:
        if (no := await refused(request)) is not None:
            return no
        if fake.call_status is not None:
            return JSONResponse({"message": "no"}, status_code=fake.call_status)
        return JSONResponse(fake.call(domain, service, await request.json()))

    async with serving(app) as url:
        fake.url = url
        yield fake
