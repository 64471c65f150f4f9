"""Which devices are meant: by name, room, floor, or where the question was asked. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hive_mind.server.plugins.failure import Failure

from .house import Entity, Layout
from .names import Names, key_of, occurs


@dataclass(frozen=True, slots=True)
class Place:
    """Where: a room, a floor, everywhere, or nowhere in particular.

    Attributes:
        area: as the house calls it.
        floor: likewise.
        everywhere: the whole house was said.
        said: whether somebody named it; otherwise it is where the question was asked.
    """

    area: str | None = None
    floor: str | None = None
    everywhere: bool = False
    said: bool = True

    def holds(self, entity: Entity) -> bool:
        """Whether an entity is there."""
        if self.area is not None:
            return entity.area == self.area
        return self.floor is None or entity.floor == self.floor


def place_of(params: Mapping[str, Any], layout: Layout, names: Names, room: str | None) -> Place:
    """The place that an order names, else the room where it was given.

    Raises:
        Failure: AREA_UNKNOWN when the house has no such room or floor.
    """
    for slot, kind, known in (("area", "piece", layout.areas), ("floor", "etage", layout.floors)):
        said = str(params.get(slot) or "").strip()
        if said:
            found = names.among(kind, said, known)
            if found is None:
                raise Failure("AREA_UNKNOWN", "Home Assistant has no such area or floor.", place=said)
            return Place(area=found) if slot == "area" else Place(floor=found)
    if params.get("all"):
        return Place(everywhere=True)
    here = names.among("piece", room, layout.areas) if room else None
    return Place(area=here, said=False)


def named(said: str, kind: str, candidates: Sequence[Entity], names: Names) -> list[Entity]:
    """The devices that a name means: the very name, else those in whose name it occurs."""
    for fits in (_is, occurs):
        for key in names.ways(kind, said):
            found = [e for e in candidates if fits(key, key_of(e.name))]
            if found:
                return found
    return []


def choose(
    candidates: Sequence[Entity], place: Place, *, otherwise: Callable[[Sequence[Entity]], bool] | None = None
) -> list[Entity] | None:
    """Those in the place; None when nobody said which of several rooms is meant.

    Args:
        candidates: all devices of the kind.
        place: from `place_of`.
        otherwise: without a room, and with none of them where the question was asked: whether all of them
            may be meant. By default, only if they stand in one room.
    """
    there = [entity for entity in candidates if place.holds(entity)]
    if place.said or (there and place.area is not None):
        return there
    one_room = len({entity.area for entity in candidates}) < 2
    if one_room or (otherwise is not None and otherwise(candidates)):
        return list(candidates)
    return None


def _is(key: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return key == name
