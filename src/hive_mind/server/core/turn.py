"""One question and its answer: what was understood, who answers, what is remembered.

A turn begins plain, or as a draft (speculative): a draft prepares an answer but acts on nothing and remembers
nothing until it is confirmed; one that is dropped ends without a word. Every other turn ends in exactly one
final chunk and one `turn_end`. The question is on disk while the answer is still being made; the answer is on
disk before `turn_end`.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime
from typing import Literal

from hive_mind.errors import HiveMindError, LlmError
from hive_mind.language.messages import error_message
from hive_mind.protocol.messages import Error, FollowUp, ResponseChunk, ServerMessage, TurnEnd
from hive_mind.server.core.context import Context
from hive_mind.server.core.entry import Entry
from hive_mind.server.core.llm.engine import Chat, Gate, LanguageModel, generate_with_pauses
from hive_mind.server.core.llm.plain import PlainText
from hive_mind.server.core.llm.prompt import CONVERSATION
from hive_mind.server.core.timekeeper import Timekeeper
from hive_mind.server.core.trace import TurnTrace
from hive_mind.server.logs import get_logger
from hive_mind.understanding.grammar import Match

Outcome = Literal["completed", "interrupted", "failed"]
FOLLOW_UP_S = 8.0
_PREDECESSOR_S = 3.0


class Turn:
    """See above.

    Args:
        text: what the user said.
        client_id: who asked.
        utterance_id: of the question, if it had one.
        draft: whether it must be confirmed.
        send: takes messages to the client.
        now: aware time of the household.
        model: answers what is no command.
        prompt: makes the chat for a question from the conversation so far.
        context: remembers.
        keeper: understands and carries out commands.
    """

    def __init__(
        self,
        text: str,
        *,
        client_id: str,
        utterance_id: str | None,
        draft: bool,
        send: Callable[[ServerMessage], None],
        now: Callable[[], datetime],
        model: LanguageModel,
        prompt: Callable[[str], Chat],
        context: Context,
        keeper: Timekeeper,
    ) -> None:
        self.turn_id = f"t-{secrets.token_hex(8)}"
        self.text = text
        self.utterance_id = utterance_id
        self.gate = Gate()
        self.over = asyncio.Event()
        self.trace = TurnTrace(self.turn_id, client_id, now(), text, speculative=draft)
        self._client_id = client_id
        self._send = send
        self._now = now
        self._model = model
        self._prompt = prompt
        self._context = context
        self._keeper = keeper
        self._confirmed = asyncio.Event()
        self._outcome: Outcome = "completed"
        self._spoken: str | None = None
        self._said = ""
        self._chunks = 0
        self._final_sent = False
        self._answering: asyncio.Task[None] | None = None
        self._begun = asyncio.get_running_loop().time()
        self._log = get_logger("turn").bind(turn_id=self.turn_id, client_id=client_id)
        if not draft:
            self._confirmed.set()

    def confirm(self) -> None:
        """The user has really said this."""
        self._confirmed.set()

    def interrupt(self, spoken: str | None = None) -> None:
        """Stop answering; the turn ends `interrupted`, unless it has ended already.

        Args:
            spoken: what was heard of the answer; the rest is remembered as not said.
        """
        if self.over.is_set() or self._outcome == "interrupted":
            return
        self._spoken = spoken
        if self._final_sent:
            return
        self._outcome = "interrupted"
        if self._answering is not None:
            self._answering.cancel()
        self._say("", final=True)

    async def run(self, after: "Turn | None" = None) -> None:
        """Answer. Cancelling this drops the turn without a word.

        Args:
            after: the turn that this one interrupted; its end comes first.
        """
        try:
            if after is not None:
                await _until_over(after)
            match = await self._keeper.understand(self.text)
            self._time("understanding")
            self.trace.intent = match.intent if match else CONVERSATION
            chat = () if match else self._prompt(self.text)
            self._answering = asyncio.create_task(self._answer(match, chat))
            if self._outcome == "interrupted":
                self._answering.cancel()
            await self._confirmed.wait()
            await self._remember("user", self.text)
            await asyncio.wait({self._answering})
            self._make_sure_of_an_end(self._answering)
            await self._end()
        finally:
            if self._answering is not None and not self._answering.done():
                self._answering.cancel()
                await asyncio.wait({self._answering})
            self.over.set()

    def _make_sure_of_an_end(self, answering: asyncio.Task[None]) -> None:
        """Whatever happened, even to the excuse itself: one last chunk, and a line in the log."""
        if not answering.cancelled() and (error := answering.exception()) is not None:
            self._log.error("turn failed", code="INTERNAL", exc_info=error)
            self._outcome = "failed"
        self._say("", final=True)

    async def _answer(self, match: Match | None, chat: Chat) -> None:
        try:
            if match is not None:
                await self._confirmed.wait()
                await self._carry_out(match)
            else:
                await self._converse(chat)
        except HiveMindError as error:
            self._fail(error.code, error.retryable)
            self._log.warning("turn failed", code=error.code, reason=error.message)
        except Exception:  # noqa: BLE001 - whatever went wrong, the turn ends in an honest sentence
            self._fail("INTERNAL", retryable=True)
            self._log.exception("turn failed", code="INTERNAL")

    async def _carry_out(self, match: Match) -> None:
        self.trace.route, self.trace.rung = "command", match.rung
        outcome = await self._keeper.answer(match)
        self._said = outcome.reply
        self._say(outcome.reply, final=True)
        if outcome.asks:
            self._send(FollowUp(seconds=FOLLOW_UP_S, turn_id=self.turn_id))

    async def _converse(self, chat: Chat) -> None:
        self.trace.route = self.trace.rung = "llm"
        plain = PlainText()
        async with aclosing(generate_with_pauses(self._model, chat, self.gate)) as pieces:
            async for piece in pieces:
                if text := plain.feed(piece):
                    self._give(text)
                if plain.done:
                    break
        if rest := plain.flush():
            self._give(rest)
        if not self._said.strip():
            raise LlmError("The language model answered nothing.", code="LLM_INVALID")
        self._say("", final=True)

    def _give(self, text: str) -> None:
        if not self._said:
            self._time("llm_first_token")
        self._said += text
        self._say(text, final=False)

    def _say(self, text: str, *, final: bool) -> None:
        if self._final_sent:
            return
        self._final_sent = final
        self._send(
            ResponseChunk(
                content=text,
                is_final=final,
                chunk_index=self._chunks,
                turn_id=self.turn_id,
                utterance_id=self.utterance_id,
            )
        )
        self._chunks += 1

    def _fail(self, code: str, retryable: bool) -> None:
        """Say so: an `error` with its code, and a last chunk that a voice can say if nothing was said yet."""
        sentence = error_message(code)
        self._outcome = "failed"
        self.trace.error = code
        self._send(
            Error(
                code=code,
                message=sentence,
                recoverable=retryable,
                turn_id=self.turn_id,
                utterance_id=self.utterance_id,
            )
        )
        self._say("" if self._said else sentence, final=True)

    async def _remember(self, role: Literal["user", "assistant"], text: str) -> None:
        await self._context.append(
            Entry(
                role=role,
                text=text,
                timestamp=self._now(),
                client_id=self._client_id,
                turn_id=self.turn_id,
                intent=self.trace.intent,
                complete=role == "user" or self._outcome == "completed",
            )
        )

    async def _end(self) -> None:
        heard = self._said if self._spoken is None else self._spoken
        if heard.strip():
            await self._remember("assistant", heard.strip())
        self._time("total")
        self.trace.outcome, self.trace.answer = self._outcome, heard
        route = self.trace.route
        self._send(
            TurnEnd(
                outcome=self._outcome,
                route=route if route in ("command", "llm") else "none",
                intent=self.trace.intent,
                timings_ms=self.trace.timings_ms,
                turn_id=self.turn_id,
                utterance_id=self.utterance_id,
            )
        )
        self._log.info(
            "turn", outcome=self._outcome, route=route, intent=self.trace.intent, **self.trace.timings_ms
        )

    def _time(self, stage: str) -> None:
        self.trace.timings_ms[stage] = round(1000 * (asyncio.get_running_loop().time() - self._begun), 1)


async def _until_over(turn: Turn) -> None:
    try:
        async with asyncio.timeout(_PREDECESSOR_S):
            await turn.over.wait()
    except TimeoutError:
        return
