"""The language model as one client has it: for so long an hour, and no longer."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from hive_mind.server.core.llm.allowance import Allowance
from hive_mind.server.core.llm.engine import Chat, Form, LanguageModel
from hive_mind.server.core.llm.wrapping import WrappingModel


class RationedModel(WrappingModel):
    """Refuses to answer whoever has had enough.

    Args:
        model: of the house.
        allowance: of the house.
        client_id: whose turns they are.
    """

    def __init__(self, model: LanguageModel, allowance: Allowance, client_id: str) -> None:
        super().__init__(model)
        self._allowance = allowance
        self._client_id = client_id
        self._begun: Chat | None = None

    async def generate(
        self, chat: Chat, so_far: str = "", form: Form | None = None
    ) -> AsyncGenerator[str, None]:
        """Answer; see `LanguageModel.generate`. What was begun is finished.

        Raises:
            LlmError: LLM_CLIENT_SPENT, LLM_HOUSE_SPENT, and those of the model.
        """
        if not so_far or chat is not self._begun:
            await self._allowance.check(self._client_id)
            self._begun = chat
        with self._allowance.working(self._client_id):
            async with aclosing(self._model.generate(chat, so_far, form)) as pieces:
                async for piece in pieces:
                    yield piece
