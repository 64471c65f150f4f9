"""A language model around another one: whoever adds something to it says only that."""

from collections.abc import AsyncGenerator

from hive_mind.server.core.llm.engine import Chat, Form, LanguageModel, LlmCapabilities, LlmState


class WrappingModel:
    """A `LanguageModel` that passes everything on.

    Args:
        model: the one inside.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def capabilities(self) -> LlmCapabilities:
        """Of the one inside."""
        return self._model.capabilities

    @property
    def state(self) -> LlmState:
        """Of the one inside."""
        return self._model.state

    @property
    def keeps_ready(self) -> bool:
        """Of the one inside."""
        return self._model.keeps_ready

    async def start(self) -> None:
        """See `LanguageModel.start`."""
        await self._model.start()

    async def stop(self) -> None:
        """See `LanguageModel.stop`."""
        await self._model.stop()

    def generate(self, chat: Chat, so_far: str = "", form: Form | None = None) -> AsyncGenerator[str, None]:
        """See `LanguageModel.generate`."""
        return self._model.generate(chat, so_far, form)

    async def prepare(self, chat: Chat) -> None:
        """See `LanguageModel.prepare`."""
        await self._model.prepare(chat)

    def keep_ready(self, chat: Chat) -> None:
        """See `LanguageModel.keep_ready`."""
        self._model.keep_ready(chat)
