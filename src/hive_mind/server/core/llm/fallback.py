"""A language model elsewhere, and the local one that answers while it does not."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress

from hive_mind.errors import LlmError
from hive_mind.server.core.llm.engine import Chat, Form, LanguageModel, LlmCapabilities, LlmState
from hive_mind.server.core.llm.openai import OpenAiModel
from hive_mind.server.logs import get_logger

CHECK_S = 5.0
"""Seconds between two looks at the endpoint."""


class FallbackModel:
    """Asks the first model; the second one when that is known to be away, or gives no first word in time.

    What has begun to answer goes on: two models never speak in one sentence. The second is loaded when the
    first is found to be away, not before.

    Args:
        first: elsewhere.
        second: here.
        patience_s: seconds to the first word.
        told: told that the second one answers.
        check_s: seconds between two looks.
    """

    def __init__(
        self,
        first: OpenAiModel,
        second: LanguageModel,
        patience_s: float,
        told: Callable[[], None] = lambda: None,
        check_s: float = CHECK_S,
    ) -> None:
        self.told = told
        self._first = first
        self._second = second
        self._patience_s = patience_s
        self._check_s = check_s
        self._away = False
        self._started = False
        self._watching: asyncio.Task[None] | None = None
        self._log = get_logger("llm")

    @property
    def capabilities(self) -> LlmCapabilities:
        """Of the one that would answer now."""
        return self._second.capabilities if self._away else self._first.capabilities

    @property
    def state(self) -> LlmState:
        """Of the one that would answer now."""
        return self._second.state if self._away else self._first.state

    @property
    def keeps_ready(self) -> bool:
        """Of the one that would answer now."""
        return self._second.keeps_ready if self._away else self._first.keeps_ready

    async def start(self) -> None:
        """Begin to watch the endpoint."""
        self._watching = asyncio.create_task(self._watch(), name="llm endpoint")

    async def stop(self) -> None:
        """Stop both."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait({self._watching})
        await self._first.stop()
        if self._started:
            await self._second.stop()

    async def prepare(self, chat: Chat) -> None:
        """Have the one that would answer read ahead."""
        if self._away:
            await self._second.prepare(chat)

    def keep_ready(self, chat: Chat) -> None:
        """Have the second one keep it, if it runs."""
        if self._started:
            self._second.keep_ready(chat)

    async def generate(
        self, chat: Chat, so_far: str = "", form: Form | None = None
    ) -> AsyncGenerator[str, None]:
        """Answer; see `LanguageModel.generate`."""
        if not self._away:
            async with aclosing(self._first.generate(chat, so_far, form)) as pieces:
                try:
                    async with asyncio.timeout(self._patience_s):
                        first = await anext(pieces, None)
                except (LlmError, TimeoutError) as error:
                    if isinstance(error, LlmError) and error.code == "LLM_REFUSED" and not error.retryable:
                        raise
                    await self._lose(type(error).__name__)
                else:
                    if first is not None:
                        yield first
                        async for piece in pieces:
                            yield piece
                    return
        self.told()
        async with aclosing(self._second.generate(chat, so_far, form)) as pieces:
            async for piece in pieces:
                yield piece

    async def _lose(self, reason: str) -> None:
        if not self._away:
            self._away = True
            self._log.warning("language model elsewhere is away, answering here", reason=reason)
        if not self._started:
            self._started = True
            await self._second.start()

    async def _watch(self) -> None:
        """See whether the endpoint is there, also when nobody asks anything."""
        while True:
            if await self._first.answers():
                if self._away:
                    self._log.info("language model elsewhere is back")
                self._away = False
            else:
                with suppress(LlmError):
                    await self._lose("no answer to a look")
            await asyncio.sleep(self._check_s)


def counted(model: LanguageModel, told: Callable[[], None]) -> LanguageModel:
    """A model, whose second one is counted by `told` where it has one."""
    if isinstance(model, FallbackModel):
        model.told = told
    return model
