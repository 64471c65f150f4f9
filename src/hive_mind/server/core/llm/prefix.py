"""The static beginning of every chat, restored at a start instead of being read again."""

import asyncio
from importlib.metadata import version
from pathlib import Path

from hive_mind.errors import LlmError
from hive_mind.server.core.llm.engine import Chat, ChatMessage
from hive_mind.server.core.llm.prefix_store import PrefixStore, prefix_key
from hive_mind.server.core.llm.slot import Slot
from hive_mind.server.logs import get_logger


class KeptPrefix:
    """What one model makes of the static messages. A failure costs time and is logged, nothing more.

    For each worker: `prepare`, `restore`, then `keep` if nothing was restored and no turn came, `leave`.

    Args:
        messages: what never changes, system message first.
        store: where it is kept.
    """

    def __init__(self, messages: Chat, store: PrefixStore) -> None:
        self._messages = tuple(messages)
        self._store = store
        self._key = ""
        self._slot: Slot | None = None
        self._log = get_logger("llm")

    @property
    def chat(self) -> Chat:
        """What to have the model read."""
        return [*self._messages, ChatMessage("user", "")]

    async def prepare(self, model: Path, context_tokens: int) -> str:
        """The folder that the worker is to use; empty when nothing can be kept."""
        engine = f"xllamacpp {version('xllamacpp')}"
        try:
            await asyncio.to_thread(self._store.open)
            self._key = await asyncio.to_thread(prefix_key, model, self._messages, context_tokens, engine)
        except OSError as error:
            self._log.warning("prefix cannot be kept", reason=str(error))
            return ""
        return str(self._store.folder)

    async def restore(self, slot: Slot) -> bool:
        """Whether the model knows the messages now without having read them."""
        self._slot = slot
        file = await asyncio.to_thread(self._store.find, self._key)
        if file is None:
            return False
        try:
            tokens = await slot.restore(file.name)
        except LlmError as error:
            self._log.warning("kept prefix refused, to be made again", reason=error.message)
            await asyncio.to_thread(file.unlink, missing_ok=True)
            return False
        self._log.info("prefix restored", tokens=tokens)
        return True

    async def keep(self) -> None:
        """Save what the model has just read: `chat`, and nothing that anybody said."""
        if self._slot is None:
            return
        fresh = self._store.fresh()
        try:
            tokens = await self._slot.save(fresh.name)
            await asyncio.to_thread(self._store.keep, self._key, fresh)
            self._log.info("prefix kept", tokens=tokens)
        except (LlmError, OSError) as error:
            self._log.warning("prefix not kept", reason=str(error))

    async def leave(self) -> None:
        """The worker is gone."""
        slot, self._slot = self._slot, None
        if slot is not None:
            await slot.close()
