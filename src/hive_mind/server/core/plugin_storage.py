"""What plugins keep: one sealed file each, in the data folder."""

import asyncio
import json
import os
import secrets
from pathlib import Path

from pydantic import JsonValue

from hive_mind.errors import ContextError, PluginError
from hive_mind.server.core.crypto import Vault

MOST_BYTES = 8 * 2**20
"""Of all that one plugin keeps."""


class FileStorage:
    """The `Storage` of one plugin. Versions of a plugin that live side by side share one.

    Args:
        path: of the file; its folder is made when something is kept.
        vault: seals it.
        label: what the file belongs to; it can be opened under this label alone.
    """

    def __init__(self, path: Path, vault: Vault, label: str) -> None:
        self._path = path
        self._vault = vault
        self._label = label
        self._values: dict[str, str] | None = None
        self._changing = asyncio.Lock()

    async def get(self, key: str) -> JsonValue:
        """The value; None when there is none.

        Raises:
            PluginError: STORAGE_FAILED when the file cannot be read or opened with the house's key.
        """
        async with self._changing:
            kept = (await self._load()).get(key)
        value: JsonValue = json.loads(kept) if kept is not None else None
        return value

    async def put(self, key: str, value: JsonValue) -> None:
        """Keep a value (None: no value); it is on disk when this returns.

        Raises:
            PluginError: STORAGE_FAILED; the old value stands.
        """
        try:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise _failed(f"the value of {key!r} is no JSON: {error}") from error
        async with self._changing:
            values = await self._load()
            changed = values | {key: text}
            if value is None:
                del changed[key]
            if changed != values:
                await asyncio.shield(asyncio.to_thread(self._write, changed))
                self._values = changed

    async def reseal(self) -> None:
        """Seal what is kept with the newest key.

        Raises:
            PluginError: STORAGE_FAILED.
        """
        async with self._changing:
            values = await self._load()
            if values:
                await asyncio.shield(asyncio.to_thread(self._write, values))

    async def _load(self) -> dict[str, str]:
        if self._values is None:
            self._values = await asyncio.to_thread(self._read)
        return self._values

    def _read(self) -> dict[str, str]:
        try:
            sealed = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise _failed(f"{self._path.name} cannot be read: {error.strerror}") from error
        try:
            values: dict[str, str] = json.loads(self._vault.open(sealed, self._label))
        except (ContextError, ValueError) as error:
            raise _failed(f"{self._path.name} was sealed with another key, or damaged") from error
        return values

    def _write(self, values: dict[str, str]) -> None:
        """Whole or not at all."""
        plain = json.dumps(values, ensure_ascii=False).encode()
        if len(plain) > MOST_BYTES:
            raise _failed(f"over {MOST_BYTES // 2**20} MiB")
        draft = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(self._vault.seal(plain, self._label))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        except OSError as error:
            raise _failed(f"{self._path.name} cannot be written: {error.strerror}") from error
        finally:
            draft.unlink(missing_ok=True)


def _failed(reason: str) -> PluginError:
    return PluginError(f"Plugin storage: {reason}.", code="STORAGE_FAILED")
