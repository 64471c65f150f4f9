"""One reading of an utterance and the answer to it: begun at a pause, heard only if the pause was the end."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta

from hive_mind.client.core.dialogue import Plan
from hive_mind.client.core.exchange import Exchange, ServerSaid
from hive_mind.client.core.homecoming import away_sentences, lost_sentence
from hive_mind.client.core.parts import Parts
from hive_mind.client.core.reading import Reading, Utterance
from hive_mind.client.core.silence import breaking_silence
from hive_mind.client.core.state import Event
from hive_mind.client.core.turn import Route, Timeline, TurnRecord, local_turn
from hive_mind.client.core.websocket import ServerLink
from hive_mind.commands.state import CommandState
from hive_mind.errors import LinkError
from hive_mind.language.clauses import ClauseSplitter
from hive_mind.language.meanwhile import is_filler
from hive_mind.language.messages import message
from hive_mind.language.written import written_forms
from hive_mind.protocol.messages import Playout
from hive_mind.speech.answering import Answer, Hooks
from hive_mind.speech.audio import SAMPLE_RATE
from hive_mind.speech.speaking import clauses_of
from hive_mind.understanding.decision import Decision
from hive_mind.understanding.gates import GATES_MS, gate_ms


class Attempt:
    """Recognises, understands and prepares an answer; `commit` lets it sound, cancelling its task drops it.

    Args:
        parts: engines, link and records.
        utterance: what was said.
        settle: told the gate that the transcript calls for.
        instead: nothing to recognise: an intent and the sentence to say.
        answer_silence: say so when nothing intelligible was heard.
        hears_more: the speaker is heard over the answer.
    """

    def __init__(
        self,
        parts: Parts,
        utterance: Utterance,
        settle: Callable[[int], None],
        *,
        instead: tuple[str, str] | None = None,
        answer_silence: bool = False,
        hears_more: bool = False,
    ) -> None:
        self.utterance = utterance
        self.timeline = Timeline(utterance.end)
        self.asks = False
        """Whether the answer asks back, so that the next utterance belongs to it."""
        self._parts = parts
        self._settle = settle
        self._instead = instead
        self._answer_silence = answer_silence
        self._hears_more = hears_more
        self._committed = asyncio.Event()
        self._dropped = self._failed = False
        since = timedelta(seconds=parts.clock.now() - utterance.end)
        self._asked_at: datetime = parts.clock.today() - since
        self._reading = Reading(parts, utterance, self._asked_at)
        self._timings = self._reading.timings
        self._said: list[str] = []
        self._route: Route = "none"
        self._intent = "none"
        self._corrects: tuple[str, str] | None = None
        self._speed = parts.keeper.state.speed
        self._answer: Answer | None = None
        self._exchange: Exchange | None = None

    @property
    def committed(self) -> bool:
        """Whether the user is known to have finished."""
        return self._committed.is_set()

    @property
    def plan(self) -> Plan | None:
        """What the utterance was understood to ask for, as soon as that is known."""
        return self._reading.plan

    @property
    def heard(self) -> str:
        """What was understood to be said, as soon as that is known."""
        return self._reading.taken_for or self._reading.text

    @property
    def said(self) -> str:
        """The answer so far."""
        return "".join(self._said)

    def commit(self) -> None:
        """The pause was the end: act, and let the answer sound."""
        if not self.committed:
            self._mark("committed")
            self._parts.status.tell(Event.QUESTION_ENDED)
            self._committed.set()

    def interrupt(self) -> None:
        """Silence, and tell the server what was heard; the owner cancels the task."""
        self._dropped = True
        spoken = self._answer.interrupt() if self._answer is not None else ""
        if self._exchange is not None:
            self._exchange.interrupt(spoken if self.committed else None)

    async def run(self) -> TurnRecord | None:
        """Go through it; None when there was nothing to answer."""
        if self._instead is not None:
            self._intent = self._instead[0]
            await self._speak(self._sorry([self._instead[1]]))
            return self._record("")
        reading = self._reading
        self._mark("stt_started")
        await reading.hear()
        self._mark("stt_done")
        if reading.excuse:
            self._said.append(reading.excuse)
        plan = reading.understand() if reading.text else None
        if plan is None:
            return await self._nothing_heard()
        self._mark("understood")
        self._settle(self._gate_ms(plan))
        if not reading.may_be_misheard:
            return await self._answer_to(plan)
        link = self._parts.link
        if link is None or not link.connected or self._parts.shares_cpu:  # there a draft slows mending down
            return await self._answer_to(await self._mended(plan))
        with link.exchange() as exchange:
            self._draft(exchange, plan.rest or reading.text)
            try:
                plan = await self._mended(plan)
            except asyncio.CancelledError:
                if not self._dropped:
                    exchange.interrupt()  # nobody interrupted us: the client stops
                raise
            if reading.taken_for or reading.ask is not None:
                exchange.interrupt()
                self._exchange = None
            return await self._answer_to(plan)

    def _draft(self, exchange: Exchange, text: str) -> None:
        """Ask the server before it is known whether there is anything to repair: mostly there is not."""
        self._exchange = exchange
        with suppress(LinkError):
            exchange.ask(text, self._asked_at, speculative=True)
            self._mark("sent")

    async def _mended(self, plan: Plan) -> Plan:
        """What was probably meant; an order that was repaired waits as long as one that was heard right."""
        reading = self._reading
        await reading.mend()
        plan = reading.plan or plan
        if reading.taken_for:
            self._settle(self._gate_ms(plan))
        return plan

    async def _answer_to(self, plan: Plan) -> TurnRecord | None:
        """Answer what was understood, or let the server, or ask what was meant."""
        reading = self._reading
        self._corrects = plan.corrects
        link = self._parts.link
        if reading.ask is not None:
            await self._ask_back(reading.ask)
        elif plan.declined:
            await self._command(plan, then=[message("not_meant")])
        elif plan.rest is None:
            await self._command(plan)
            return self._told(self._record(reading.text), plan)
        elif link is not None and link.connected:
            await self._question(link, plan)
        else:
            await self._committed.wait()
            await self._command(plan, then=self._away(plan, plan.rest))
        return self._record(reading.text)

    def _gate_ms(self, plan: Plan) -> int:
        """How much silence ends an utterance that asks for this."""
        amendable = self._hears_more and plan.amendable
        return gate_ms(plan.extent, reading=plan.reading, amendable=amendable)

    def _told(self, record: TurnRecord, plan: Plan) -> TurnRecord:
        """Tell the server what we answered, if it is there, so that it can say why."""
        link = self._parts.link
        if link is not None and link.connected and plan.orders:
            with suppress(LinkError):
                link.post(local_turn(record, plan.orders[0]))
        return record

    async def _ask_back(self, decision: Decision) -> None:
        """Ask whether this was meant; nothing is done before a yes."""
        match, heard = decision.match, self._reading.text
        if match is None:
            return
        self._reading.taken_for = decision.text
        self._route, self._intent, self.asks = "command", match.intent, True

        async def _act() -> None:
            self._parts.dialogue.asks(match, decision.text, heard, self._asked_at)

        question = message("did_you_say", sentence=written_forms(decision.text)[0])
        await self._speak(self._sorry([question]), _act)

    async def _nothing_heard(self) -> TurnRecord | None:
        self._settle(GATES_MS["open"])
        await self._committed.wait()
        if self.utterance.noisy and self.utterance.why in ("wake_word", "button", "question"):
            self._intent, excuse = "too_noisy", message("too_noisy")
        elif self._answer_silence and self.utterance.why in ("always", "button") and not self._reading.text:
            self._intent, excuse = "no_speech", message("not_heard")
        else:
            self._parts.status.tell(Event.SPEECH_DROPPED)
            return None
        await self._speak(self._sorry([excuse]))
        return self._record("")

    async def _command(self, plan: Plan, then: Sequence[str] = ()) -> None:
        """Answer by ourselves, and say `then`. What was prepared at the pause stands."""
        state = self._prepare(plan)
        if plan.orders and not then:
            self._route, self._intent = "command", plan.orders[0].intent
        act = self._carry_out(plan, state)
        said, self._said = [*self._said, *then], []
        await self._speak(self._sorry(said), act)

    def _prepare(self, plan: Plan) -> CommandState:
        """Note what our own orders are answered; the state after them."""
        keeper, state = self._parts.keeper, self._parts.keeper.state
        for order in plan.orders:
            outcome = keeper.interpret(order, self._asked_at, state)
            state, self.asks = outcome.state, outcome.asks
            again = "repeat" in outcome.effects and self._parts.dialogue.last_answer
            self._said.append(again or outcome.reply)
            self._speed = state.speed
        return state

    def _carry_out(self, plan: Plan, state: CommandState) -> Callable[[], Awaitable[None]]:
        """What is done when the pause was the end."""
        parts, said = self._parts, " ".join(self._said)

        async def _act() -> None:
            parts.dialogue.did(plan, parts.keeper, said, self._asked_at, self._reading.text)
            await parts.keeper.accept(state)
            if self._corrects is not None and parts.mender is not None:
                await parts.mender.learn(*self._corrects)

        return _act

    async def _question(self, link: ServerLink, plan: Plan) -> None:
        """Ask the server what is not ours, before the gate if it is still open."""
        state, text = self._prepare(plan), plan.rest or ""
        act = self._carry_out(plan, state)
        with ExitStack() as stack:
            exchange = self._exchange
            drafted = exchange is not None and self.timeline.since_question("sent") is not None
            if exchange is None:
                exchange = self._exchange = stack.enter_context(link.exchange())
            confirmed = self.committed
            try:
                if confirmed or not drafted:
                    exchange.ask(text, self._asked_at, speculative=not confirmed)
            except LinkError as error:
                await self._committed.wait()
                said, self._said = [*self._said, self._lost(error, exchange)], []
                await self._speak(self._sorry(said), act)
                return
            if not drafted:
                self._mark("sent")

            async def _confirm() -> None:
                await act()
                if not confirmed:
                    exchange.ask(text, self._asked_at, speculative=False)

            try:
                told = breaking_silence(self._streamed(exchange), self.utterance.end, self._parts.clock)
                await self._speak(told, _confirm)
            except asyncio.CancelledError:
                if not self._dropped:
                    exchange.interrupt()  # nobody interrupted us: the client stops
                raise
            self._parts.dialogue.last_answer = "".join(self._said).strip()
            end = await exchange.ended()
            if exchange.asks_back:
                self.asks = self._parts.dialogue.server_asks = True
            if end is not None:
                self._route, self._intent = end.route, end.intent
                self._timings["understanding"] += end.timings_ms.get("understanding", 0.0)
                if "llm_first_token" in end.timings_ms:
                    self._timings["llm_first_token"] = end.timings_ms["llm_first_token"]

    async def _streamed(self, exchange: Exchange) -> AsyncGenerator[str]:
        """Our own answer and the server's, clause by clause; a failure becomes a sentence."""
        splitter = ClauseSplitter()
        for clause in clauses_of(" ".join(self._said)):
            yield clause
        if self._said:
            self._said = [" ".join(self._said), " "]
        try:
            async for chunk in exchange.chunks():
                self._mark("first_chunk")
                self._said.append("" if is_filler(chunk) else chunk)
                answer = self._answer
                for clause in splitter.take(chunk) if answer is None else answer.cut(splitter, chunk):
                    self._mark("first_clause")
                    yield clause
            for clause in splitter.flush():
                self._mark("first_clause")
                yield clause
        except (LinkError, ServerSaid) as error:
            self._failed = True
            self._intent = error.code
            for clause in splitter.flush():
                yield clause
            sorry = error.message if isinstance(error, ServerSaid) else self._lost(error, exchange)
            if self._said:
                self._said.append(" ")
            async for clause in self._sorry([sorry]):
                yield clause

    def _lost(self, error: LinkError, exchange: Exchange) -> str:
        return lost_sentence(error.code, exchange.question, self._parts.homecoming)

    def _away(self, plan: Plan, question: str) -> list[str]:
        home = self._parts.homecoming
        if home is not None and home.forgets(plan.leaning):
            return [message("kept_forgotten")]
        self._intent = "server_away"
        return away_sentences(self._parts.status.tell(Event.SERVER_NEEDED), question, home)

    async def _sorry(self, sentences: list[str]) -> AsyncGenerator[str]:
        self._said.append(" ".join(sentences))
        for clause in (clause for sentence in sentences for clause in clauses_of(sentence)):
            yield clause

    async def _speak(
        self, clauses: AsyncGenerator[str], act: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        parts = self._parts
        with ExitStack() as stack:
            stack.enter_context(parts.preparer.given_way())
            hooks = Hooks(self._rendering, lambda: self._mark("first_audio"), self._sounding)
            self._answer = Answer(
                clauses,
                parts.voice,
                parts.voice_worker,
                parts.sink,
                parts.clock,
                hooks,
                parts.pace,
                parts.loudness,
                lambda: self._speed / 100,
            )
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._answer.run())
                await self._committed.wait()
                if act is not None:
                    await act()
                self._answer.released.set()
        if self._exchange is not None and self._exchange.turn_id is not None:
            self._exchange.played(Playout(turn_id=self._exchange.turn_id, state="finished"))

    def _rendering(self, on: bool) -> None:
        if on:
            self._mark("tts_started")
        if self._exchange is not None and self._parts.shares_cpu:
            self._exchange.hold(on=on)

    def _sounding(self, at: float) -> None:
        self.timeline.mark("first_audible", at)
        self._parts.status.tell(Event.ANSWER_STARTED)
        exchange = self._exchange
        if exchange is not None and exchange.turn_id is not None:
            since = max(0.0, self.timeline.since_question("first_audible") or 0.0)
            told = Playout(turn_id=exchange.turn_id, state="started", since_question_ms=since)
            exchange.played(told.model_copy(update={"stages_ms": self.timeline.for_server(self._timings)}))

    def _mark(self, name: str) -> None:
        self.timeline.mark(name, self._parts.clock.now())

    def _record(self, transcript: str) -> TurnRecord:
        timings = self.timeline.stages() | self._timings
        exchange = self._exchange
        return TurnRecord(
            turn_id=(exchange.turn_id if exchange else None) or uuid.uuid4().hex,
            transcript=transcript,
            answer="".join(self._said).strip(),
            route=self._route,
            intent=self._intent,
            outcome="failed" if self._failed else "completed",
            timings_ms=timings,
            timeline_ms=self.timeline.as_ms(),
            gaps=self._answer.report().gaps if self._answer else (),
            question_end_s=self.utterance.end_sample / SAMPLE_RATE,
            taken_for=self._reading.taken_for,
        )
