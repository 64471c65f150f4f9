"""A plugin's folder as a test wants it, and services that only write down."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from pydantic import JsonValue

from hive_mind.server.core.plugin import Entrusted, Kind, Request

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
REQUEST = Request("t-1", "cuisine", None, "allume la lampe", NOON)

HANDLER = """
from hive_mind.server.core.plugin import Plugin


class LampPlugin(Plugin):
    async def execute(self, intent, params):
        return {"success": True, "room": params.get("room", "salon")}

    def get_prompt_context(self):
        return "La lampe s'allume."
"""
SENTENCES = """
intent: lamp_on
sentences:
  - "allume la lampe"
"""
REPLIES = 'lamp_on = "La lampe de {room} est allumée."\n'


def write_plugin(
    parent: Path,
    name: str = "lamp",
    *,
    handler: str = HANDLER,
    sentences: str | None = SENTENCES,
    replies: str | None = REPLIES,
    **manifest: Any,
) -> Path:
    """Write, or write again, a plugin; its folder."""
    folder = parent / name
    (folder / "sentences" / "fr").mkdir(parents=True, exist_ok=True)
    (folder / "replies").mkdir(exist_ok=True)
    told = {
        "name": name,
        "version": "1.0.0",
        "description": "Allume la lampe",
        "title": "lampe",
        "intents": ["lamp_on"],
        **manifest,
    }
    (folder / "plugin.json").write_text(json.dumps(told), "utf-8")
    (folder / "handler.py").write_text(handler, "utf-8")
    if sentences is not None:
        (folder / "sentences" / "fr" / "lamp_on.yaml").write_text(sentences, "utf-8")
    if replies is not None:
        (folder / "replies" / "fr.toml").write_text(replies, "utf-8")
    return folder


class QuietServices:
    """Services that write down what is asked of them.

    Attributes:
        began: whether the version came to work.
        rested: whether it left.
    """

    def __init__(self) -> None:
        self.began = False
        self.rested = False
        self.values: dict[str, JsonValue] = {}
        self.storage = self

    async def get(self, key: str) -> JsonValue:
        """From memory."""
        return self.values.get(key)

    async def put(self, key: str, value: JsonValue) -> None:
        """Into memory."""
        self.values[key] = value

    def now(self) -> datetime:
        """Always noon."""
        return NOON

    def request(self) -> Request:
        """Always the same."""
        return REQUEST

    def http(self, *, timeout_s: float = 4.0) -> httpx.AsyncClient:
        """A plain one."""
        return httpx.AsyncClient(timeout=timeout_s)

    async def announce(
        self, text: str, client_id: str | None = None, *, kind: Kind = "info", key: str | None = None
    ) -> bool:
        """Nobody is there."""
        return False

    def entrust(self, client_id: str, reminders: Sequence[Entrusted]) -> frozenset[str] | None:
        return None

    async def act(
        self, action: str, params: Mapping[str, JsonValue], *, say: str = ""
    ) -> Mapping[str, JsonValue]:
        """Nothing comes back."""
        return {}

    def every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        """Never."""

    def begin(self) -> None:
        """It came to work."""
        self.began = True

    async def rest(self) -> None:
        """It left."""
        self.rested = True
