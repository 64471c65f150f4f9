"""Has Home Assistant do something, and looks whether it was done."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hive_mind.server.plugins.failure import Failure

from .api import HomeAssistant
from .house import Entity


@dataclass(frozen=True, slots=True)
class Deed:
    """A service call.

    Attributes:
        domain: of the service.
        service: "turn_on".
        data: what it takes beside the entities.
        done: whether an entity is as it was wanted; None where the state does not tell.
    """

    domain: str
    service: str
    data: Mapping[str, Any] = field(default_factory=dict)
    done: Callable[[Entity], bool] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        changed: entities that are now as wanted.
        missed: that are not.
        already: all were so before.
    """

    changed: tuple[Entity, ...]
    missed: tuple[Entity, ...]
    already: bool = False


async def do(home: HomeAssistant, deed: Deed, targets: Sequence[Entity], settle_s: float) -> Outcome:
    """Call the service for the targets and read their state back.

    Args:
        home: where.
        deed: what.
        targets: at least one.
        settle_s: seconds given to devices that have not followed when the call returns.

    Raises:
        Failure: HOME_DEVICE_AWAY when none is reached, HOME_NOT_DONE when none followed; as `HomeAssistant`.
    """
    there = [target for target in targets if target.there or target.domain == "scene"]
    if not there:
        raise Failure("HOME_DEVICE_AWAY", "Home Assistant does not reach the device.", name=targets[0].name)
    told = await home.call(deed.domain, deed.service, {"entity_id": [t.id for t in there], **deed.data})
    if deed.done is None:
        return Outcome(tuple(there), _others(targets, there))
    done = deed.done
    already = all(map(done, there))
    now = _renewed(there, told)
    for wait_s in (0.0, settle_s):
        if all(map(done, now)):
            break
        if wait_s:
            await asyncio.sleep(wait_s)
        now = _renewed(now, await home.states())
    changed = [entity for entity in now if done(entity)]
    if not changed:
        raise Failure("HOME_NOT_DONE", "The device has not followed the call.", name=there[0].name)
    return Outcome(tuple(changed), _others(targets, changed), already)


def _renewed(entities: Sequence[Entity], told: Sequence[Mapping[str, Any]]) -> list[Entity]:
    """Entities with the state that was told of them, if any was."""
    news = {str(t["entity_id"]): t for t in told}
    return [
        replace(entity, state=str(new["state"]), attributes=new.get("attributes") or {})
        if (new := news.get(entity.id)) is not None
        else entity
        for entity in entities
    ]


def _others(targets: Sequence[Entity], without: Sequence[Entity]) -> tuple[Entity, ...]:
    ids = {entity.id for entity in without}
    return tuple(target for target in targets if target.id not in ids)
