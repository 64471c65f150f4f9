"""Versions of the settings: every change can be told, merged with others made meanwhile, and undone. Pure.

A change is made on the version that its maker saw. What others changed since then stays, unless it is the
same setting: then the change is refused, so that nobody overwrites what they have not seen.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from hive_mind.errors import ConfigError
from hive_mind.server.core.settings.values import CLIENTS, Flat, HouseSettings, flat, from_flat

MOST_CHANGES = 100
"""Changes that are remembered; older ones cannot be undone."""


class Change(BaseModel):
    """One change.

    Attributes:
        version: that it made.
        at: when.
        by: who, in the household's words.
        before: the settings that it changed, as they were; None: not set.
        after: the same, as they are since.
        undoes: version of the change that it takes back.
    """

    model_config = ConfigDict(frozen=True)

    version: Annotated[int, Field(ge=1)]
    at: AwareDatetime
    by: str = ""
    before: dict[str, JsonValue]
    after: dict[str, JsonValue]
    undoes: int | None = None


class Settings(BaseModel):
    """The settings now, and how they came about.

    Attributes:
        version: grows by one at each change.
        values: now.
        changes: the newest ones, oldest first.
    """

    model_config = ConfigDict(frozen=True)

    version: Annotated[int, Field(ge=0)] = 0
    values: HouseSettings = HouseSettings()
    changes: tuple[Change, ...] = ()


def changed(
    settings: Settings,
    wanted: Mapping[str, JsonValue],
    *,
    based_on: int,
    at: datetime,
    by: str = "",
    undoes: int | None = None,
) -> Settings:
    """The settings after a change; the same ones when nothing differs.

    Args:
        settings: now.
        wanted: value by path; None takes a setting back to its default.
        based_on: version that whoever wants this has seen.
        at: when it is made.
        by: who makes it.
        undoes: version of the change that this takes back.

    Raises:
        ConfigError: SETTING_UNKNOWN, SETTING_INVALID; SETTINGS_CONFLICT when one of these settings was
            changed since `based_on`.
    """
    if touched := sorted(_touched_since(settings, based_on) & wanted.keys()):
        raise ConfigError(
            f"Changed meanwhile: {', '.join(touched)}. Look again, then change it.", code="SETTINGS_CONFLICT"
        )
    old = flat(settings.values)
    values = from_flat({**old, **wanted})
    new = flat(values)
    differing = [path for path in sorted({*old, *new}) if old.get(path) != new.get(path)]
    if not differing:
        return settings
    change = Change(
        version=settings.version + 1,
        at=at,
        by=by,
        before={path: old.get(path) for path in differing},
        after={path: new.get(path) for path in differing},
        undoes=undoes,
    )
    return Settings(
        version=change.version, values=values, changes=(*settings.changes, change)[-MOST_CHANGES:]
    )


def undone(settings: Settings, version: int, *, at: datetime, by: str = "") -> Settings:
    """The settings with one change taken back; that is a change of its own, which can be undone again.

    Raises:
        ConfigError: SETTINGS_UNDO_UNKNOWN when that change is not remembered; SETTINGS_CONFLICT when one of
            its settings was changed again since.
    """
    change = next((c for c in settings.changes if c.version == version), None)
    if change is None:
        raise ConfigError(f"Change {version} is not remembered.", code="SETTINGS_UNDO_UNKNOWN")
    return changed(settings, change.before, based_on=version, at=at, by=by, undoes=version)


def last_undoable(settings: Settings) -> Change | None:
    """The newest change that was not taken back and takes none back itself."""
    gone = {change.undoes for change in settings.changes}
    standing = (c for c in reversed(settings.changes) if c.version not in gone and c.undoes is None)
    return next(standing, None)


def last_about(settings: Settings, client_id: str) -> int:
    """Version of the newest change that a client must obey; 0 when there is none."""
    mine = f"{CLIENTS}.{client_id}."
    about = (c.version for c in settings.changes if any(p == "night" or p.startswith(mine) for p in c.after))
    return max(about, default=0)


def _touched_since(settings: Settings, version: int) -> set[str]:
    """Settings that are not as they were in a version; all of them when that is too long ago to know."""
    newer = [change for change in settings.changes if change.version > version]
    if settings.version - version > len(newer):
        return {*flat(settings.values), *(path for change in newer for path in change.before)}
    # Changed to and fro, a setting is as it was.
    first: Flat = {}
    for change in newer:
        for path, value in change.before.items():
            first.setdefault(path, value)
    now = flat(settings.values)
    return {path for path, value in first.items() if now.get(path) != value}
