"""`/api/settings`: what the household has set, every change of it, and how to take one back."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, JsonValue

from hive_mind.server.core.house import House
from hive_mind.server.core.house_api.reach import Home
from hive_mind.server.core.settings.fixed import fixed_by, persona_of, refuse_fixed
from hive_mind.server.core.settings.history import Settings, last_undoable

router = APIRouter(prefix="/settings")

_SHOWN = 30


class Change(BaseModel):
    """What to change.

    Attributes:
        version: that whoever wants this has seen.
        changes: value by path ("night", "clients.salon.volume"); null takes a setting back to its default.
    """

    version: Annotated[int, Field(ge=0)]
    changes: Annotated[dict[str, JsonValue], Field(min_length=1, max_length=64)]


class Undo(BaseModel):
    """Which change to take back."""

    version: Annotated[int, Field(ge=1)]


@router.get("")
async def settings(home: Home) -> dict[str, JsonValue]:
    """All settings, what they are where nothing is set, and what cannot be changed here."""
    return told(home)


@router.patch("")
async def change(home: Home, wish: Change) -> dict[str, JsonValue]:
    """Change some of them: all or none."""
    refuse_fixed(home.config, wish.changes)
    await home.settings.change(wish.changes, based_on=wish.version)
    return told(home)


@router.post("/undo")
async def undo(home: Home, wish: Undo) -> dict[str, JsonValue]:
    """Take a change back; that can be taken back too."""
    await home.settings.undo(wish.version)
    return told(home)


@router.get("/history")
async def history(home: Home) -> list[JsonValue]:
    """The newest changes, newest first."""
    changes = reversed(home.settings.settings.changes[-_SHOWN:])
    return [change.model_dump(mode="json") for change in changes]


def told(house: House) -> dict[str, JsonValue]:
    """The settings for the page."""
    now: Settings = house.settings.settings
    last = last_undoable(now)
    return {
        "version": now.version,
        "values": now.values.model_dump(mode="json"),
        "persona": persona_of(house.config, now.values),
        "fixed": dict(fixed_by(house.config)),
        "undo": None if last is None else last.model_dump(mode="json"),
    }
