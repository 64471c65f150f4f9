"""What plugins keep where several servers share a house: in its Redis, sealed."""

import json
from typing import Protocol

from pydantic import JsonValue

from hive_mind.errors import ContextError, PluginError
from hive_mind.server.core.plugin import Storage


class Fields(Protocol):
    """Sealed values under a name and a key."""

    async def field(self, name: str, key: str) -> bytes | None:
        """The value."""
        ...

    async def set_field(self, name: str, key: str, value: bytes | None) -> None:
        """Keep it, or none."""
        ...


class SharedStorage:
    """The `Storage` of one plugin.

    Args:
        fields: of the house.
        name: of the plugin.
        before: what this machine kept by itself, before there were several; read where there is nothing else.
    """

    def __init__(self, fields: Fields, name: str, before: Storage) -> None:
        self._fields = fields
        self._name = f"plugin:{name}"
        self._before = before

    async def get(self, key: str) -> JsonValue:
        """The value; None when there is none.

        Raises:
            PluginError: STORAGE_FAILED, Redis is away or the value cannot be opened.
        """
        try:
            kept = await self._fields.field(self._name, key)
        except ContextError as error:
            raise PluginError(f"Plugin storage: {error.message}", code="STORAGE_FAILED") from error
        if kept is None:
            return await self._before.get(key)
        value: JsonValue = json.loads(kept)
        return value

    async def put(self, key: str, value: JsonValue) -> None:
        """Keep a value (None: no value); it is on disk when this returns.

        Raises:
            PluginError: STORAGE_FAILED; the old value stands.
        """
        try:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False)
            await self._fields.set_field(self._name, key, text.encode())
        except (TypeError, ValueError) as error:
            raise PluginError(
                f"Plugin storage: the value of {key!r} is no JSON: {error}.", code="STORAGE_FAILED"
            ) from error
        except ContextError as error:
            raise PluginError(f"Plugin storage: {error.message}", code="STORAGE_FAILED") from error
