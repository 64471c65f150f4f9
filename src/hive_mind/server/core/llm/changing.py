"""A language model that can become another one while the house runs."""

import asyncio
from collections.abc import AsyncGenerator, Callable

from hive_mind.server.core.llm.engine import Chat, Form, LanguageModel, LlmCapabilities, LlmState
from hive_mind.server.logs import get_logger


class ChangingModel:
    """Hands everything to the model of now.

    Args:
        model: the first one.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._second: Chat | None = None
        self._started = False
        self._changing = asyncio.Lock()
        self._log = get_logger("llm")

    @property
    def capabilities(self) -> LlmCapabilities:
        """Of the model of now."""
        return self._model.capabilities

    @property
    def state(self) -> LlmState:
        """Of the model of now."""
        return self._model.state

    @property
    def keeps_ready(self) -> bool:
        """Whether the model of now has read its second beginning."""
        return self._model.keeps_ready

    async def start(self) -> None:
        """Begin to load."""
        self._started = True
        await self._model.start()

    async def stop(self) -> None:
        """End it."""
        self._started = False
        await self._model.stop()

    def generate(self, chat: Chat, so_far: str = "", form: Form | None = None) -> AsyncGenerator[str, None]:
        """Answer, with the model of now; see `LanguageModel.generate`."""
        return self._model.generate(chat, so_far, form)

    async def prepare(self, chat: Chat) -> None:
        """Read ahead; see `LanguageModel.prepare`."""
        await self._model.prepare(chat)

    def keep_ready(self, chat: Chat) -> None:
        """Keep a second beginning; see `LanguageModel.keep_ready`."""
        self._second = chat
        self._model.keep_ready(chat)

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
