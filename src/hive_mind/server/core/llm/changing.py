"""A language model that can become another one while the house runs."""

import asyncio
from collections.abc import Callable

from hive_mind.server.core.llm.engine import Chat, LanguageModel
from hive_mind.server.core.llm.wrapping import WrappingModel
from hive_mind.server.logs import get_logger


class ChangingModel(WrappingModel):
    """Hands everything to the model of now.

    Args:
        model: the first one.
    """

    def __init__(self, model: LanguageModel) -> None:
        super().__init__(model)
        self._second: Chat | None = None
        self._started = False
        self._changing = asyncio.Lock()
        self._log = get_logger("llm")

    async def start(self) -> None:
        """Begin to load."""
        self._started = True
        await super().start()

    async def stop(self) -> None:
        """End it."""
        self._started = False
        await super().stop()

    def keep_ready(self, chat: Chat) -> None:
        """Keep a second beginning; see `LanguageModel.keep_ready`."""
        self._second = chat
        super().keep_ready(chat)

    async def become(self, make: Callable[[], LanguageModel]) -> None:
        """End the model of now, then begin to load another: this machine may not hold both.

        An answer that is being given ends with an error.

        Args:
            make: makes it; blocking.
        """
        async with self._changing:
            made = await asyncio.to_thread(make)
            old, self._model = self._model, made
            await old.stop()
            if self._started:
                await made.start()
            if self._second is not None:
                made.keep_ready(self._second)
            self._log.info("language model changed", model=made.capabilities.name)
