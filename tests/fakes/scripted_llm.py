"""A language model that says what a test wrote down."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence

from hive_mind.errors import LlmError
from hive_mind.server.core.llm.engine import Chat, Form, LlmCapabilities, LlmState


class ScriptedModel:
    """Answers a question with the pieces of a script.

    Args:
        answers: question to pieces; any other question is answered with "Tu as dit : <question>.".
        stop_after: pieces after which it waits for `release`; None never waits.
        error: raised after `stop_after` pieces instead of waiting.
        calls: question to the JSON that is written when a tool may be called; none by default.
    """

    def __init__(
        self,
        answers: Mapping[str, Sequence[str]] | None = None,
        *,
        stop_after: int | None = None,
        error: LlmError | None = None,
        calls: dict[str, str] | None = None,
    ) -> None:
        self.calls = calls or {}
        self.forms: list[Form] = []
        self.answers: dict[str, Sequence[str]] = {**(answers or {})}
        self.stop_after = stop_after
        self.error = error
        self.release = asyncio.Event()
        self.chats: list[Chat] = []
        self.begun_with: list[str] = []
        self.prepared: list[Chat] = []
        self.aborted = 0
        self.kept: Chat | None = None
        self.state: LlmState = "ready"
        self.capabilities = LlmCapabilities("scripted", local=True, continues=True, warms=True, tools=True)

    @property
    def questions(self) -> list[str]:
        """What was asked so far."""
        return [chat[-1].content for chat in self.chats]

    async def start(self) -> None:
        """Nothing to load."""

    async def stop(self) -> None:
        """Nothing to unload."""

    async def prepare(self, chat: Chat) -> None:
        """Note it."""
        self.prepared.append(chat)

    def keep_ready(self, chat: Chat) -> None:
        """Note it."""
        self.kept = chat

    @property
    def keeps_ready(self) -> bool:
        """At once."""
        return True

    async def generate(
        self, chat: Chat, so_far: str = "", form: Form | None = None
    ) -> AsyncGenerator[str, None]:
        """Say the script."""
        if form is not None:
            self.forms.append(form)
            yield self.calls.get(chat[-1].content, '{"t":"none"}')
            return
        self.chats.append(chat)
        self.begun_with.append(so_far)
        question = chat[-1].content
        pieces = list(self.answers.get(question, ("Tu as dit : ", f"{question}.")))
        had = so_far if "".join(pieces).startswith(so_far) else ""  # else it goes on in its own words
        finished = False
        try:
            said = ""
            for i, piece in enumerate(pieces):
                if i == self.stop_after:
                    if self.error is not None:
                        raise self.error
                    await self.release.wait()
                said += piece
                if len(said) > len(had):
                    yield said[max(len(had), len(said) - len(piece)) :]
                await asyncio.sleep(0)
            finished = True
        finally:
            self.aborted += not finished
