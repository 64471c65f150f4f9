"""A new key for the house: everything that is sealed is sealed anew, then the old keys are thrown away.

Interrupted at any point, it goes on at the next start: the old keys are dropped only after the last thing
that needs them is sealed anew, and as long as there are several, a start does it again.
"""

import asyncio
from pathlib import Path

from hive_mind.errors import HiveMindError
from hive_mind.sealed_file import SealedFile
from hive_mind.server.core.crypto import Vault, drop_older, load_keys, rotate
from hive_mind.server.core.plugin_house import HousePlugins
from hive_mind.server.core.store import ContextStore
from hive_mind.server.logs import get_logger

SEALED_FILES = ("corrections", "kept-questions", "wake-lessons", "wer-samples")
"""Of the data folder; a client on this machine may have written them."""


class KeyRotation:
    """See above.

    Args:
        data: the data folder.
        given: keys from the environment, which are the household's to change; None for those of the file.
        vault: that everything is sealed with.
        store: the conversation.
        plugins: what they keep.
    """

    def __init__(
        self, data: Path, given: str | None, vault: Vault, store: ContextStore, plugins: HousePlugins
    ) -> None:
        self._data = data
        self._given = given
        self._vault = vault
        self._store = store
        self._plugins = plugins
        self._busy = asyncio.Lock()
        self._log = get_logger("keys")

    @property
    def key_file(self) -> Path:
        """Where the keys are, unless the environment has them."""
        return self._data / "context.key"

    def newest(self) -> bytes:
        """The key that seals now."""
        return load_keys(self._given, self.key_file)[0]

    async def rotate(self) -> int:
        """Make a new key and use it for everything; answer how many things were sealed anew.

        Raises:
            ConfigError: KEY_FROM_ENVIRONMENT, KEY_INVALID, DATA_NOT_WRITABLE.
            ContextError: Redis is away: both keys stay until the next try.
        """
        if self._given is not None:
            raise HiveMindError(
                "The key comes from HIVE_MIND_KEY: put a new one before it, with a comma, and start again.",
                code="KEY_FROM_ENVIRONMENT",
            )
        async with self._busy:
            self._vault.use(*await asyncio.to_thread(rotate, self.key_file))
            self._log.warning("new key in use")
            return await self._reseal()

    async def finish(self) -> None:
        """At the start: go on where an earlier rotation was interrupted, or the environment has new keys."""
        async with self._busy:
            keys = await asyncio.to_thread(load_keys, self._given, self.key_file)
            if len(keys) > 1:
                await self._reseal()

    async def _reseal(self) -> int:
        count = await self._store.reseal() + await self._plugins.reseal()
        count += await asyncio.to_thread(self._reseal_files)
        await self._store.compact()
        if self._given is None:
            await asyncio.to_thread(drop_older, self.key_file)
            self._vault.use(*await asyncio.to_thread(load_keys, None, self.key_file))
        else:
            self._log.warning("all is sealed with the first key: the others of HIVE_MIND_KEY may go")
        self._log.info("sealed anew", things=count)
        return count

    def _reseal_files(self) -> int:
        count = 0
        for name in SEALED_FILES:
            try:
                SealedFile(self._data, name, self._given).reseal()
                count += 1
            except (HiveMindError, OSError) as error:
                self._log.warning("file not sealed anew", file=name, cause=type(error).__name__)
        return count
