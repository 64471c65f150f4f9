"""Shutters, curtains and blinds; garage doors and gates, which are only moved after a yes."""

from collections.abc import Sequence

from hive_mind.server.plugins.failure import Failure

from .asked import Asked, Result
from .doing import Deed
from .house import Entity
from .names import key_of
from .targets import named

GUARDED = frozenset({"garage", "gate", "door"})
"""What shuts people and things in or out."""

_SET_POSITION = 4
"""Bit of `supported_features`: https://developers.home-assistant.io/docs/core/entity/cover."""

_NEAR = 5


async def open_(asked: Asked) -> Result:
    """Open them."""
    return await _move(asked, meant(asked), opening=True)


async def close(asked: Asked) -> Result:
    """Close them."""
    return await _move(asked, meant(asked), opening=False)


async def position(asked: Asked) -> Result:
    """Open them so far, in per cent; 100 is open."""
    said = asked.params.get("position")
    if not isinstance(said, int | float) or not 0 <= said <= 100:
        raise Failure("OUT_OF_RANGE", "A position goes from 0 to 100.")
    wanted = round(100 - said if asked.params.get("downwards") else said)
    covers = meant(asked)
    able = [c for c in covers if int(c.number("supported_features") or _SET_POSITION) & _SET_POSITION]
    if not able:
        raise Failure("COVER_NO_POSITION", "The cover can only be opened and closed.")

    def done(cover: Entity) -> bool:
        there = cover.number("current_position")
        return cover.state in ("opening", "closing") or (there is not None and abs(there - wanted) <= _NEAR)

    outcome = await asked.do(Deed("cover", "set_cover_position", {"position": wanted}, done), able)
    return asked.done("cover_set", outcome, what=what(asked, able), level=wanted)


async def stop(asked: Asked) -> Result:
    """Stop them where they are."""
    covers = meant(asked)
    outcome = await asked.do(Deed("cover", "stop_cover"), covers)
    return asked.done("cover_stop", outcome, what=what(asked, covers))


async def open_guarded(asked: Asked) -> Result:
    """Open the garage or the gate."""
    return await _move(asked, guarded(asked), opening=True)


async def close_guarded(asked: Asked) -> Result:
    """Close it."""
    return await _move(asked, guarded(asked), opening=False)


def meant(asked: Asked) -> list[Entity]:
    """The covers that are meant: those of the kind that was said, or the one of that name."""
    harmless = [cover for cover in asked.of("cover") if cover.device_class not in GUARDED]
    said = str(asked.params.get("kind") or "")
    usual = asked.names.usual("ouvrant", said)
    if said and usual is None:
        found = named(said, "ouvrant", harmless, asked.names)
        if not found:
            raise Failure("DEVICE_UNKNOWN", "Home Assistant has no such cover.", name=said)
        return found
    kind = [cover for cover in harmless if usual is None or _is_kind(asked, cover, usual)]
    return asked.chosen(kind, "ouvrant", otherwise=lambda _: True)


def guarded(asked: Asked) -> list[Entity]:
    """The garage door, or the gate."""
    gate = asked.params.get("kind") == "portail"
    classes = ("gate",) if gate else ("garage",)
    found = [cover for cover in asked.of("cover") if cover.device_class in classes]
    if not found:
        raise Failure("DEVICE_UNKNOWN", "There is no such door.", name="portail" if gate else "garage")
    return found


def what(asked: Asked, covers: Sequence[Entity]) -> str:
    """What they are called in a sentence."""
    said = str(asked.params.get("kind") or "")
    usual = asked.names.usual("ouvrant", said)
    if usual is None:
        return asked.listed(covers)
    key = "what_" + "_".join(usual.split())
    return asked.phrases.count(key, len(covers))


async def _move(asked: Asked, covers: Sequence[Entity], *, opening: bool) -> Result:
    states = ("open", "opening") if opening else ("closed", "closing")
    service = "open_cover" if opening else "close_cover"
    outcome = await asked.do(Deed("cover", service, done=lambda cover: cover.state in states), covers)
    name = "cover_open" if opening else "cover_close"
    if covers[0].device_class in GUARDED:
        return asked.done(f"guarded{name.removeprefix('cover')}", outcome, what=asked.listed(covers))
    return asked.done(name, outcome, what=what(asked, covers))


def _is_kind(asked: Asked, cover: Entity, usual: str) -> bool:
    """By its class, by its name; one that says neither is a shutter."""
    classes: dict[str, list[str]] = asked.config["cover_classes"]
    if cover.device_class:
        return cover.device_class in classes[usual]
    name = set(key_of(cover.name))
    by_name = [kind for kind in classes if any(set(way) <= name for way in asked.names.ways("ouvrant", kind))]
    return usual in by_name if by_name else usual == "volet"
