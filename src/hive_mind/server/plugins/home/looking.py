"""Questions about how things are: lit, shut, locked."""

from collections.abc import Sequence

from . import covers, guards
from .asked import Asked, Result
from .devices import KINDS
from .house import Entity


async def state(asked: Asked) -> Result:
    """Answer them."""
    kind = asked.params.get("kind")
    if kind == "lock":
        doors = guards.locks(asked)
        return _shut(asked, doors, [d for d in doors if d.state != "locked"], "lock")
    if kind == "garage":
        doors = covers.guarded(asked)
        return _shut(asked, doors, [d for d in doors if d.state != "closed"], "door")
    if asked.params.get("asked") in ("open", "closed"):
        found = covers.meant(asked)
        unshut = [cover for cover in found if cover.state != "closed"]
        return _either(asked, found, unshut, "open", positive=asked.params["asked"] == "open")
    named = bool(asked.params.get("name"))
    light = asked.of("light")
    found = asked.chosen([*light, *asked.of(*KINDS)] if named else light, "lampe", otherwise=lambda _: True)
    lit = [entity for entity in found if entity.there and entity.state not in ("off", "standby")]
    return _either(asked, found, lit, "lit", positive=asked.params.get("asked") != "off")


def _either(
    asked: Asked, found: Sequence[Entity], such: Sequence[Entity], key: str, *, positive: bool
) -> Result:
    """Yes or no, and which ones.

    Args:
        asked: the question.
        found: what was asked about.
        such: those of it that are lit, or open.
        key: of the sentences.
        positive: asked was whether they are so, not whether they are not.
    """
    where = asked.where(found)
    if such:
        which = "" if len(found) == 1 else asked.phrases.say("which", names=asked.listed(such))
        name = f"{key}_yes" if positive else f"{key}_still"
        return asked.said(asked.phrases.say(name, where=where, which=which), such=[e.name for e in such])
    return asked.said(asked.phrases.say(f"{key}_none" if positive else f"{key}_off", where=where), such=[])


def _shut(asked: Asked, doors: Sequence[Entity], unshut: Sequence[Entity], key: str) -> Result:
    name = f"{key}_unshut" if unshut else f"{key}_shut"
    return asked.said(asked.phrases.say(name, names=asked.listed(unshut or doors)))
