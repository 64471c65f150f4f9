"""A language model whose time and words are counted."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from hive_mind.errors import LlmError
from hive_mind.server.core.llm.engine import Chat, Form, LanguageModel
from hive_mind.server.core.llm.wrapping import WrappingModel
from hive_mind.server.core.metrics.meters import Meters


class MeteredModel(WrappingModel):
    """Counts what another one does.

    Args:
        model: the one that answers.
        meters: take the numbers.
        clock: monotonic seconds.
    """

    def __init__(
        self, model: LanguageModel, meters: Meters, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(model)
        self._meters = meters
        self._clock = clock

    async def generate(
        self, chat: Chat, so_far: str = "", form: Form | None = None
    ) -> AsyncGenerator[str, None]:
        """Answer; see `LanguageModel.generate`."""
        begun = self._clock()
        written = 0
        try:
            async with aclosing(self._model.generate(chat, so_far, form)) as pieces:
                async for piece in pieces:
                    written += 1
                    yield piece
        except LlmError as error:
            self._meters.llm_errors.labels(error.code).inc()
            raise
        finally:
            self._meters.tokens.inc(written)
            self._meters.on_engine("llm", self._clock() - begun)
