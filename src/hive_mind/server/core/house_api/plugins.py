"""`/api/plugins`: each plugin with its state and its settings; switch it on or off, fill in its form."""

import asyncio
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, JsonValue

from hive_mind.errors import ConfigError
from hive_mind.server.core.house import House
from hive_mind.server.core.house_api.reach import Home
from hive_mind.server.core.plugin_form import check_secrets, filled, form
from hive_mind.server.core.plugin_loader import scan
from hive_mind.server.core.plugin_manifest import Manifest, Override, PluginFaults, read_manifest
from hive_mind.server.core.plugin_settings import put, read_settings

router = APIRouter(prefix="/plugins")


class Wish(BaseModel):
    """What to change about a plugin.

    Attributes:
        enabled: whether it is wanted.
        config: settings by key; all that are not here go back to the manifest's.
        secrets: by environment variable; null forgets one. Those that are not here stay.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    enabled: bool | None = None
    config: dict[str, JsonValue] | None = None
    secrets: dict[str, str | None] | None = None


@router.get("")
async def plugins(home: Home) -> list[dict[str, Any]]:
    """Every plugin, by name."""
    return await asyncio.to_thread(_all, home)


@router.put("/{name}")
async def change(home: Home, name: str, wish: Wish) -> dict[str, Any]:
    """Change one; it is loaded anew with that before this returns.

    Raises:
        ConfigError: PLUGIN_UNKNOWN, SETTING_UNKNOWN, SETTING_INVALID; nothing was changed.
    """
    manifest = await asyncio.to_thread(_manifest, home, name)
    update: dict[str, Any] = {} if wish.enabled is None else {"enabled": wish.enabled}
    if wish.config is not None:
        update["config"] = filled(manifest, wish.config)
    if wish.secrets is not None:
        check_secrets(manifest, wish.secrets)
        await home.plugins.secrets.put(wish.secrets)
    if update:
        await asyncio.to_thread(put, home.config.plugins_path, name, update)
    await home.plugins.host.refresh([name])
    home.bulletin.tell("plugins")
    told = await asyncio.to_thread(_all, home)
    return next(plugin for plugin in told if plugin["name"] == name)


def _all(house: House) -> list[dict[str, Any]]:
    folders = scan(house.plugins.folders)
    own = read_settings(house.config.plugins_path)
    states = house.plugins.host.describe()
    found: list[dict[str, Any]] = []
    for name, folder in sorted(folders.items()):
        told: dict[str, Any] = {"name": name, "own": folder.parent != house.plugins.folders[0]}
        told |= states.get(name, {"state": "refused"})
        override = own.get(name, Override())
        try:
            manifest = read_manifest(folder)
        except PluginFaults as error:
            found.append(
                told | {"title": name, "description": "", "fields": [], "faults": list(error.faults)}
            )
            continue
        secrets = house.plugins.secrets
        fields = form(manifest, override.config, secrets.environ, secrets.kept)
        found.append(
            told
            | {
                "title": manifest.spoken_title,
                "description": manifest.description,
                "version": manifest.version,
                "author": manifest.author,
                "enabled": override.apply(manifest).enabled,
                "triggers": list(manifest.triggers),
                "fields": [asdict(field) for field in fields],
            }
        )
    return found


def _manifest(house: House, name: str) -> Manifest:
    folder = scan(house.plugins.folders).get(name)
    if folder is None:
        raise ConfigError(f"There is no plugin {name}.", code="PLUGIN_UNKNOWN")
    return read_manifest(folder)
