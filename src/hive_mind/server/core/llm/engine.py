"""What the server expects of a language model, whichever runs it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from hive_mind.errors import LlmError

MAX_HOLD_S = 3.0
"""Longest pause that a client may ask for."""

MAX_HELD_S = 20.0
"""All pauses of one turn together."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message as the model sees it."""

    role: Literal["system", "user", "assistant"]
    content: str


Chat: TypeAlias = Sequence[ChatMessage]


@dataclass(frozen=True, slots=True)
class Form:
    """What an answer must look like.

    Attributes:
        schema: JSON schema that it fits; the engine lets the model write nothing else.
        max_tokens: longest answer; one that is cut short does not fit.
    """

    schema: Mapping[str, Any]
    max_tokens: int = 80


@dataclass(frozen=True, slots=True)
class LlmCapabilities:
    """What an engine can do.

    Attributes:
        name: engine and model, for the log and `/health`.
        local: computes on this machine, so that pausing it gives processor time to others.
        continues: goes on from the beginning of an answer, which pausing needs.
        warms: `prepare` makes the next answer faster.
        tools: the model is able enough to choose an action; a very small one is not.
    """

    name: str
    local: bool = False
    continues: bool = False
    warms: bool = False
    tools: bool = False


LlmState: TypeAlias = Literal["loading", "ready", "failed", "off"]


class LanguageModel(Protocol):
    """A chat model. Requests are served in the order they come."""

    @property
    def capabilities(self) -> LlmCapabilities:
        """What this engine can do."""
        ...

    @property
    def state(self) -> LlmState:
        """Whether it would answer now."""
        ...

    async def start(self) -> None:
        """Begin to load; returns at once."""
        ...

    def generate(self, chat: Chat, so_far: str = "", form: Form | None = None) -> AsyncGenerator[str, None]:
        """Answer, piece by piece.

        Closing the iterator or cancelling the task that awaits it returns within 50 ms and stops the model.

        Args:
            chat: system message first, user message last.
            so_far: beginning of the answer, already had; only the rest is given. Needs `continues`.
            form: what the answer must look like; None: free text.

        Raises:
            LlmError: LLM_LOADING, LLM_UNAVAILABLE, LLM_TIMEOUT, LLM_REFUSED, LLM_INVALID.
        """
        ...

    async def prepare(self, chat: Chat) -> None:
        """Read the chat ahead of the question that will follow it; gives way to `generate`.

        Never raises `LlmError`: a failure shows at the next answer.
        """
        ...

    def keep_ready(self, chat: Chat) -> None:
        """Read this second beginning too, when idle, and keep it beside the conversation."""
        ...

    @property
    def keeps_ready(self) -> bool:
        """Whether a chat that begins like that one is answered without a long wait."""
        ...

    async def stop(self) -> None:
        """Unload."""
        ...


class Gate:
    """Open, or held for a while by a client that needs the processor; then it opens by itself.

    Args:
        longest_s: seconds that it can be held at a time.
        altogether_s: seconds that it can be held altogether.
    """

    def __init__(self, longest_s: float = MAX_HOLD_S, altogether_s: float = MAX_HELD_S) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._held = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._longest = longest_s
        self._left = altogether_s
        self._since = 0.0

    @property
    def held(self) -> bool:
        """Whether to pause."""
        return not self._open.is_set()

    def hold(self) -> None:
        """Pause, as far as the budget goes."""
        if self.held or self._left <= 0:
            return
        loop = asyncio.get_running_loop()
        self._since = loop.time()
        self._open.clear()
        self._held.set()
        self._timer = loop.call_later(min(self._longest, self._left), self.go)

    def go(self) -> None:
        """Go on."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._left -= asyncio.get_running_loop().time() - self._since
        self._held.clear()
        self._open.set()

    async def wait_open(self) -> None:
        """Return when it is open."""
        await self._open.wait()

    async def wait_held(self) -> None:
        """Return when it is held."""
        await self._held.wait()


async def generate_with_pauses(
    model: LanguageModel, chat: Chat, gate: Gate, form: Form | None = None, so_far: str = ""
) -> AsyncGenerator[str, None]:
    """Answer, pausing while the gate is held: the model is stopped and later goes on from the words so far.

    An engine that cannot go on, or computes elsewhere, is not paused; nor is an answer that has a form: its
    grammar knows no beginning. One that still reads the question is not stopped either: it would have to read
    it again.
    """
    can_pause = model.capabilities.local and model.capabilities.continues and form is None
    begun = False
    while True:
        if can_pause and begun:
            await gate.wait_open()
        pieces = model.generate(chat, so_far, form)
        held = asyncio.ensure_future(gate.wait_held())
        try:
            while True:
                following = asyncio.ensure_future(anext(pieces, None))
                if held.done() and not gate.held:  # it was held, and let go, before it could be stopped
                    held = asyncio.ensure_future(gate.wait_held())
                try:
                    stoppable = {held} if can_pause and begun else set()
                    await asyncio.wait({following, *stoppable}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    if not following.done():
                        following.cancel()
                        await asyncio.wait({following})
                    elif not following.cancelled():
                        following.exception()  # it is heard, also where we are cancelled meanwhile
                if following.cancelled():
                    break
                piece = following.result()
                if piece is None:
                    return
                begun = True
                so_far += piece
                yield piece
                if can_pause and gate.held:
                    break
        finally:
            held.cancel()
            await pieces.aclose()


class NoModel:
    """Stands where no language model is wanted or none is installed: every question is refused, honestly.

    Args:
        reason: why there is none, and what to do.
        code: of the error that a question gets.
    """

    def __init__(self, reason: str, code: str = "LLM_UNAVAILABLE") -> None:
        self.reason = reason
        self._code = code

    @property
    def capabilities(self) -> LlmCapabilities:
        """Nothing."""
        return LlmCapabilities("none")

    @property
    def state(self) -> LlmState:
        """Off."""
        return "off"

    async def start(self) -> None:
        """Do nothing."""

    async def generate(
        self,
        chat: Chat,  # noqa: ARG002 - Protocol
        so_far: str = "",  # noqa: ARG002
        form: Form | None = None,  # noqa: ARG002
    ) -> AsyncGenerator[str, None]:
        """Refuse."""
        if self.reason:
            raise LlmError(self.reason, code=self._code, retryable=False)
        yield ""

    async def prepare(self, chat: Chat) -> None:
        """Do nothing."""

    def keep_ready(self, chat: Chat) -> None:
        """Do nothing."""

    @property
    def keeps_ready(self) -> bool:
        """Never."""
        return False

    async def stop(self) -> None:
        """Do nothing."""
