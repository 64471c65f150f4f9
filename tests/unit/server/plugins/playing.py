"""Plugins of ours as the tests play them: loaded from their manifest, asked through their contract."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import hive_mind.server.plugins
from hive_mind.server.core.plugin import Plugin
from hive_mind.server.core.plugin_manifest import read_manifest
from hive_mind.server.core.plugin_replies import Replies
from tests.fakes.scripted_services import ScriptedServices

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 1, 6, 14, 30, tzinfo=PARIS)
"""A Tuesday."""

FOLDER = Path(hive_mind.server.plugins.__file__).parent
NAMES = ("calendar", "home", "lists", "reminders", "weather")

P = TypeVar("P", bound=Plugin)


@asynccontextmanager
async def playing(kind: type[P], name: str, services: ScriptedServices, **config: Any) -> AsyncIterator[P]:
    """A plugin with its manifest's configuration, changed by `config`, loaded."""
    manifest = json.loads((FOLDER / name / "plugin.json").read_text("utf-8"))
    plugin = kind({**manifest.get("config", {}), **config})
    plugin.services = services
    await plugin.on_load()
    try:
        yield plugin
    finally:
        await plugin.on_unload()


def said(name: str, result: dict[str, Any]) -> str:
    """What the house says for a result, with the plugin's own words."""
    assert read_manifest(FOLDER / name).name == name
    if "ask" in result:
        return str(result["ask"]["question"])
    if "speech" in result:
        return str(result["speech"])
    return Replies.read(FOLDER / name).say(result["error"], result)
