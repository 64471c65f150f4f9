"""A house as Home Assistant tells of it: entities, in areas, on floors. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .api import unreadable

LAYOUT = """
{%- set ns = namespace(areas=[], floors=[]) -%}
{%- for a in areas() -%}
{%- set ns.areas = ns.areas + [{"name": area_name(a), "entities": area_entities(a)}] -%}
{%- endfor -%}
{%- for f in floors() -%}
{%- set rooms = floor_areas(f) | map("area_name") | list -%}
{%- set ns.floors = ns.floors + [{"name": floor_name(f), "areas": rooms}] -%}
{%- endfor -%}
{{ {"areas": ns.areas, "floors": ns.floors} | to_json }}
"""
"""Asks for areas and floors, which the REST API does not tell otherwise; Home Assistant 2024.4 or later."""

_GONE = ("unavailable", "unknown")


@dataclass(frozen=True, slots=True)
class Entity:
    """One device as Home Assistant sees it.

    Attributes:
        id: "light.salon".
        state: "on", "off", "open", "21.5", "unavailable" …
        attributes: as documented for its domain.
        area: name of its room, if it stands in one.
        floor: name of that room's floor.
    """

    id: str
    state: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    area: str | None = None
    floor: str | None = None

    @property
    def domain(self) -> str:
        """Its kind: "light"."""
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        """As the household calls it."""
        return str(self.attributes.get("friendly_name") or self.id.partition(".")[2].replace("_", " "))

    @property
    def there(self) -> bool:
        """Whether Home Assistant reaches it."""
        return self.state not in _GONE

    @property
    def device_class(self) -> str:
        """What it is among its domain ("shutter"); empty when that is not said."""
        return str(self.attributes.get("device_class") or "")

    def number(self, attribute: str) -> float | None:
        """An attribute that is a number; None for any other."""
        value = self.attributes.get(attribute)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class Layout:
    """Which rooms there are, what stands in them, and on which floor.

    Attributes:
        areas: ids of the entities by room.
        floors: rooms by floor.
    """

    areas: Mapping[str, Sequence[str]] = field(default_factory=dict)
    floors: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Any) -> "Layout":
        """What `LAYOUT` gives.

        Raises:
            Failure: HOME_UNREADABLE.
        """
        try:
            return cls(
                {str(area["name"]): [str(e) for e in area["entities"]] for area in told["areas"]},
                {str(floor["name"]): [str(a) for a in floor["areas"]] for floor in told["floors"]},
            )
        except (KeyError, TypeError) as error:
            raise unreadable(error) from error


def entities(states: Iterable[Mapping[str, Any]], layout: Layout) -> list[Entity]:
    """The entities of a house, each in its room."""
    area_of = {entity: area for area, ids in layout.areas.items() for entity in ids}
    floor_of = {area: floor for floor, areas in layout.floors.items() for area in areas}
    found = []
    for told in states:
        attributes = told.get("attributes")
        area = area_of.get(str(told["entity_id"]))
        found.append(
            Entity(
                str(told["entity_id"]),
                str(told["state"]),
                attributes if isinstance(attributes, dict) else {},
                area,
                floor_of.get(area) if area is not None else None,
            )
        )
    return found
