"""One question and its answer: what was understood, who answers, what is remembered.

A turn begins plain, or as a draft (speculative): a draft prepares an answer but acts on nothing and remembers
nothing until it is confirmed; one that is dropped ends without a word. Every other turn ends in exactly one
final chunk and one `turn_end`. The question is on disk while the answer is still being made; the answer is on
disk before `turn_end`.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from hive_mind.errors import HiveMindError, LlmError
from hive_mind.language.messages import error_message
from hive_mind.protocol.messages import Error, FollowUp, ServerMessage, TurnEnd
from hive_mind.server.core.acting import Done
from hive_mind.server.core.conversing import converse, opening_of
from hive_mind.server.core.entry import Entry
from hive_mind.server.core.fillers import TALK, WORK, Fillers, filling_silence
from hive_mind.server.core.guard import TruthGuard
from hive_mind.server.core.ladder import MOST_CALLS, Ladder, Understood
from hive_mind.server.core.llm.choosing import Called
from hive_mind.server.core.llm.engine import Gate
from hive_mind.server.core.llm.prompt import CONVERSATION
from hive_mind.server.core.llm.tool_prompt import phrasing_question
from hive_mind.server.core.plugin import Request
from hive_mind.server.core.question import Question
from hive_mind.server.core.remembering import Memory
from hive_mind.server.core.saying import Saying
from hive_mind.server.core.trace import TurnTrace
from hive_mind.server.logs import get_logger
from hive_mind.understanding.grammar import Match

Outcome = Literal["completed", "interrupted", "failed"]
FOLLOW_UP_S = 8.0
_PREDECESSOR_S = 3.0
_DISK_S = 0.25


class Turn:
    """See above.

    Args:
        question: what was asked.
        draft: whether it must be confirmed.
        send: takes messages to the client.
        memory: remembers.
        ladder: understands and carries out.
        alive: the other servers of this house, one of which may have answered already.
    """

    def __init__(
        self,
        question: Question,
        *,
        draft: bool,
        send: Callable[[ServerMessage], None],
        memory: Memory,
        ladder: Ladder,
        alive: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self.turn_id = f"t-{secrets.token_hex(8)}"
        self.text = question.text
        self.utterance_id = question.utterance_id
        self._question = question
        self.gate = Gate()
        self.over = asyncio.Event()
        self._mind = ladder.mind
        self._ladder = ladder
        self._alive = alive
        self._begun_elsewhere = False
        now = self._mind.now()
        asker, room = question.client_id, question.room
        self.trace = TurnTrace(self.turn_id, asker, now, self.text, speculative=draft)
        self._request = Request(self.turn_id, asker, room, self.text, now, question.rooms)
        self._send = send
        self._memory = memory
        self._confirmed = asyncio.Event()
        self._outcome: Outcome = "completed"
        self._spoken: str | None = None
        self.saying = Saying(send, self.turn_id, self.utterance_id, partial(self._time, "first_piece"))
        self.understood: Understood | None = None
        """What it was understood to be, as soon as that is known."""
        self._done: list[Done] = []
        self._conversed = False
        self._opening = ""
        self._answering: asyncio.Task[None] | None = None
        self._remembering: asyncio.Future[None] | None = None
        self._begun = asyncio.get_running_loop().time()
        if not draft:
            self._confirmed.set()

    @property
    def _log(self) -> Any:
        return get_logger("turn").bind(turn_id=self.turn_id, client_id=self._request.client_id)

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
        if self.saying.over:
            return
        self._outcome = "interrupted"
        if self._answering is not None:
            self._answering.cancel()
        self.saying.finish()

    async def run(self, after: "Turn | None" = None) -> None:
        """Answer. Cancelling this drops the turn without a word.

        Args:
            after: the turn that this one interrupted; its end comes first.
        """
        try:
            if after is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_PREDECESSOR_S):
                        await after.over.wait()
            if await self._was_answered():
                return
            understood = await self._ladder.understand(self.text, self._question.heard, self._question.amends)
            self._time("understanding")
            self.trace.stages_ms["understanding"] = self.trace.timings_ms["understanding"]
            self.understood = understood
            if understood.taken_for:
                self.trace.repaired, self.trace.heard = self.text, understood.taken_for
            self.trace.intent = understood.orders[0].intent if understood.orders else CONVERSATION
            if self._confirmed.is_set():
                await self._question_first()
            await (self._answer if self._is_quick(understood) else self._answer_aside)(understood)
            self.saying.finish()  # whatever happened, even to the excuse itself: one last chunk
            if self._remembering is not None and not self._remembering.done():
                await asyncio.wait({self._remembering})
            await self._end()
        finally:
            if self._answering is not None and not self._answering.done():
                self._answering.cancel()
                await asyncio.wait({self._answering})
            self.over.set()

    async def _was_answered(self) -> bool:
        """Whether a server that lost this client has answered already: then say the same, and do nothing."""
        asked = self._question
        if asked.name is None:
            return False
        before = await self._memory.asked_before(
            asked.client_id, asked.name, self._alive(), fresh=asked.fresh
        )
        if before is None:
            return False
        self.turn_id = self.trace.turn_id = before.turn_id
        self.saying = Saying(self._send, self.turn_id, self.utterance_id, partial(self._time, "first_piece"))
        self._request = replace(self._request, turn_id=before.turn_id)
        self._begun_elsewhere = True
        if before.answer is None:
            return False
        self.trace.intent, self.trace.outcome, self.trace.answer = before.intent, "completed", before.answer
        self.saying.finish(before.answer)
        self._time("total")
        self._send_end("none")
        self._log.info("answered before", intent=before.intent)
        return True

    def _remember_question(self) -> None:
        if self._remembering is None and not self._begun_elsewhere:
            self._remembering = self._remember("user", self.text)

    async def _question_first(self) -> None:
        """Have the question on the disk before it is answered: whoever kills us then loses neither.

        A Redis that hangs delays the answer by `_DISK_S` at most.
        """
        self._remember_question()
        if self._remembering is not None:
            await asyncio.wait({self._remembering}, timeout=_DISK_S)

    def _is_quick(self, understood: Understood) -> bool:
        """Whether the answer is there at once, so that nobody could interrupt it."""
        if self._outcome == "interrupted" or not self._confirmed.is_set() or understood.rest is not None:
            return False
        return not any(map(self._ladder.acting.is_slow, understood.orders))

    async def _answer_aside(self, understood: Understood) -> None:
        """Answer, and be done early if that is interrupted."""
        self._answering = asyncio.create_task(self._answer(understood))
        if self._outcome == "interrupted":
            self._answering.cancel()
        await self._confirmed.wait()
        self._remember_question()
        await asyncio.wait({self._answering})

    async def _answer(self, understood: Understood) -> None:
        try:
            await self._try_to_answer(understood)
        except Exception:  # noqa: BLE001 - not even an excuse could be made
            self._outcome = "failed"
            self._log.exception("turn failed", code="INTERNAL")

    async def _try_to_answer(self, understood: Understood) -> None:
        try:
            if all(self._ladder.acting.may_run_early(order) for order in understood.orders):
                await self._climb(understood)
            else:
                await self._confirmed.wait()
                await self._climb(understood)
            self.saying.finish()
        except HiveMindError as error:
            self._fail(error.code, error.retryable)
            self._log.warning("turn failed", code=error.code, reason=error.message)
        except Exception:  # noqa: BLE001 - whatever went wrong, the turn ends in an honest sentence
            self._fail("INTERNAL", retryable=True)
            self._log.exception("turn failed", code="INTERNAL")

    async def _climb(self, understood: Understood) -> None:
        """From the surest rung to the model."""
        if understood.doubtful:
            self._carried_out(self._ladder.acting.doubt(understood.orders[0]), last=True)
            return
        for place, order in enumerate(understood.orders, 1):
            await self._act(order, last=understood.rest is None and place == len(understood.orders))
        rest = understood.rest
        called = await self._chosen(understood) if len(understood.orders) < MOST_CALLS else None
        if called is not None:
            if not self._ladder.acting.may_run_early(called.order):
                await self._confirmed.wait()
            if not understood.orders:
                self.trace.intent = called.order.intent
            await self._act(called.order, last=True, sure=called.sure)
        elif rest is not None:
            self._conversed = True
            self.trace.climbed("llm", "llm")
            await self._converse(rest, rest)

    async def _act(self, order: Match, *, last: bool, sure: bool = True) -> None:
        """Carry out one order and say what came of it."""
        acting = self._ladder.acting
        request = self._request
        if self.utterance_id is not None:
            request = replace(request, call=len(self._done) + 1)
        if acting.is_slow(order):
            async with self._filling_silence(WORK):
                done = await acting.carry_out(order, request, sure=sure)
        else:
            done = await acting.carry_out(order, request)
        self._carried_out(done, last=last)
        if done.speech is None:
            await self._phrase(done)

    def _carried_out(self, done: Done, *, last: bool) -> None:
        """Keep what came of an order, and say it if there are words for it."""
        self._done.append(done)
        self.trace.orders.append(done.trace)
        self.trace.climbed("plugin" if done.trace.plugin else "command", done.order.rung)
        if done.trace.ms is not None:
            self.trace.stages_ms["plugin"] = self.trace.stages_ms.get("plugin", 0.0) + done.trace.ms
        if done.speech is not None:
            (self.saying.finish if last else self.saying.sentence)(done.speech)

    async def _phrase(self, done: Done) -> None:
        """Have the model put a plugin's data into words."""
        question = phrasing_question(self._request.text, done.trace.title, done.data or {})
        try:
            await self._converse(self._request.text, question)
        except LlmError as error:
            if done.fallback is None or self.saying.text:
                raise
            self._log.warning("result not phrased", code=error.code)
            self.saying.sentence(done.fallback)

    async def _chosen(self, understood: Understood) -> Called | None:
        """The tool that the model calls, if it may and does."""
        if not understood.offers:
            return None
        begun = asyncio.get_running_loop().time()
        async with self._filling_silence(WORK):
            called = await self._ladder.choose(understood, self.gate)
        self.trace.stages_ms["tool_choice"] = self._since(begun)
        return called

    async def _converse(self, question: str, prompt: str) -> None:
        """Have the model answer in free text. It sees what it may tell; it can call nothing."""
        receipts = [done.trace for done in self._done if done.trace.outcome == "done"]
        guard = TruthGuard(
            question,
            acted=any(receipt.acts for receipt in receipts),
            failed=any(done.trace.outcome == "failed" for done in self._done),
        )
        if question == prompt and not self._done:
            self._opening = opening_of(question, self._mind.model)
        begun = asyncio.get_running_loop().time()

        def _first() -> None:
            self._time("llm_first_token")
            self.trace.stages_ms["llm_first_token"] = self._since(begun)

        try:
            async with self._filling_silence(TALK[1:] if self._opening else TALK):
                chat = self._mind.prompt(prompt)
                await converse(self._mind.model, chat, self.gate, guard, self.saying, self._opening, _first)
        finally:
            self.trace.stages_ms["llm"] = self._since(begun)
            self.trace.withheld = self.trace.withheld or guard.blocked is not None
            if guard.blocked is not None:
                self._log.info("claim withheld")

    def _is_silent(self) -> bool:
        """Whether nothing of an answer was said but how it opens."""
        return self.saying.text.strip() in ("", self._opening)

    def _filling_silence(self, fillers: Fillers) -> AbstractAsyncContextManager[None]:
        return filling_silence(self._confirmed, self._is_silent, self.saying.fill, fillers)

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
        apart = "… " if self.saying.text else ""  # it has opened, and stops there
        self.saying.finish(apart + sentence if self._is_silent() else "")

    def _remember(self, role: Literal["user", "assistant"], text: str) -> asyncio.Future[None]:
        return self._memory.add(
            Entry(
                role=role,
                text=text,
                timestamp=self._mind.now(),
                client_id=self._request.client_id,
                turn_id=self.turn_id,
                intent=self.trace.intent,
                complete=role == "user" or self._outcome == "completed",
                utterance_id=self._question.name if role == "user" else None,
            )
        )

    async def _end(self) -> None:
        heard = self.saying.text if self._spoken is None else self._spoken
        if heard.strip():
            await self._remember("assistant", heard.strip())
        await self._ladder.settle(self.text, self.understood, self._done, conversed=self._conversed)
        self._time("total")
        self.trace.outcome, self.trace.answer = self._outcome, heard
        if any(done.asks for done in self._done) and self._outcome == "completed":
            self._send(FollowUp(seconds=FOLLOW_UP_S, turn_id=self.turn_id))
        route = self.trace.route
        self._send_end(route)
        self._log.info(
            "turn", outcome=self._outcome, route=route, intent=self.trace.intent, **self.trace.timings_ms
        )

    def _send_end(self, route: str) -> None:
        self._send(
            TurnEnd(
                outcome=self._outcome,
                route=route if route in ("command", "plugin", "llm") else "none",
                intent=self.trace.intent,
                timings_ms=self.trace.timings_ms,
                turn_id=self.turn_id,
                utterance_id=self.utterance_id,
            )
        )

    def _time(self, stage: str) -> None:
        self.trace.timings_ms[stage] = self._since(self._begun)

    def _since(self, begun: float) -> float:
        return round(1000 * (asyncio.get_running_loop().time() - begun), 1)
