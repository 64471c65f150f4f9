"""`/api/models`: what there is to think, hear and speak with; fetch it, with progress."""

import asyncio
import tomllib
from functools import lru_cache
from importlib.resources import files

from fastapi import APIRouter
from pydantic import JsonValue

from hive_mind.models.catalogue import Entry, Kind
from hive_mind.models.store import ModelStore
from hive_mind.paths import models_dir
from hive_mind.server.core.house import House
from hive_mind.server.core.house_api.reach import Home

router = APIRouter(prefix="/models")

_KINDS: tuple[Kind, ...] = ("llm", "stt", "tts", "voice")


@router.get("")
async def models(home: Home) -> dict[str, JsonValue]:
    """Every model of a kind that can be chosen, and the voices of those that are here."""
    store = ModelStore(models_dir(home.config.data_path))
    return await asyncio.to_thread(_all, home, store)


@router.post("/{model_id}/pull", status_code=202)
async def pull(home: Home, model_id: str) -> dict[str, JsonValue]:
    """Begin to fetch a model; `download` events tell how far it is."""
    store = ModelStore(models_dir(home.config.data_path))
    entry = store.catalogue.get(model_id)
    home.downloads.begin(entry.id, store)
    return {"model_id": entry.id}


def _all(house: House, store: ModelStore) -> dict[str, JsonValue]:
    values, config = house.settings.values, house.config
    chosen: dict[Kind, str | None] = {
        "llm": config.llm_model or values.llm_model or store.selected("llm"),
        "stt": config.stt_model or values.stt_model or store.selected("stt"),
    }
    told: list[JsonValue] = [
        _told(house, store, entry) | {"chosen": chosen.get(kind) == entry.id}
        for kind in _KINDS
        for entry in store.catalogue.of_kind(kind)
    ]
    return {
        "models": told,
        "voices": _voices(store),
        "voice": config.voice or values.voice,
        "llm_state": house.model.state,
        "llm_engine": house.model.capabilities.name,
        "speech_state": house.speech.state,
    }


@lru_cache(maxsize=1)
def _abouts() -> dict[str, str]:
    """What is said of each model in French."""
    text = (files("hive_mind.server") / "data" / "fr" / "models.toml").read_text("utf-8")
    return tomllib.loads(text)


def _voices(store: ModelStore) -> list[JsonValue]:
    """Ids of the voices that are here; none where the server cannot speak."""
    try:
        from hive_mind.speech.tts.voices import installed_voices
    except ImportError:
        return []
    return [voice.id for voice in installed_voices(store.find)]


def _told(house: House, store: ModelStore, entry: Entry) -> dict[str, JsonValue]:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "title": entry.title,
        "about": _abouts().get(entry.id, entry.about),
        "bytes": entry.bytes,
        "ram_mb": entry.ram_mb,
        "licence": entry.licence,
        "languages": list(entry.languages),
        "state": store.state(entry.id),
        "download": house.downloads.told(entry.id),
    }
