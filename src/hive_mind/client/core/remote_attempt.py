"""One utterance that the server hears and answers: our voice goes out as it comes, its voice comes back."""

import asyncio
import uuid
from collections.abc import Callable

import numpy as np

from hive_mind.client.core.announcing import speak
from hive_mind.client.core.dialogue import Plan
from hive_mind.client.core.exchange import ANSWER_TIMEOUT_S, Exchange, ServerSaid
from hive_mind.client.core.parts import Parts
from hive_mind.client.core.reading import Utterance
from hive_mind.client.core.state import Event
from hive_mind.client.core.turn import Timeline, TurnRecord
from hive_mind.errors import LinkError
from hive_mind.language.messages import error_message, message
from hive_mind.protocol.messages import (
    Error,
    FollowUp,
    Playout,
    ResponseChunk,
    SpeechEnd,
    SpeechStart,
    TranscriptMessage,
    TurnEnd,
)
from hive_mind.speech.audio import SAMPLE_RATE, Samples, from_pcm16, silence
from hive_mind.speech.resampling import Convert, converter

VOICE_WAIT_S = 3.0
"""After the end of a turn, its voice begins within this, or we say the text with our own."""


class RemoteAttempt:
    """What `Attempt` is for a client with ears: the same steps, done by the server.

    Args:
        parts: the link, and a simple voice for when the server is away.
        utterance: where it began; its end is where the last pause was.
        on_heard: told that the server has heard the end of it.
    """

    def __init__(self, parts: Parts, utterance: Utterance, on_heard: Callable[[], None]) -> None:
        self.utterance = utterance
        self.asks = False
        self.plan: Plan | None = None
        self.timeline = Timeline(utterance.end)
        self._parts = parts
        self._on_heard = on_heard
        self._paused_at = utterance.end
        self._committed = asyncio.Event()
        self._closed = asyncio.Event()
        self._exchange: Exchange | None = None
        self._early: list[Samples] = [utterance.samples]
        self._text = ""
        self._said: list[str] = []
        self._end: TurnEnd | None = None
        self._convert: Convert | None = None  # while the server's voice sounds
        self._voiced = self._failed = self._dropped = False

    @property
    def committed(self) -> bool:
        """Whether the user is known to have finished."""
        return self._committed.is_set()

    @property
    def heard(self) -> str:
        """What the server understood to be said, as soon as that is known."""
        return self._text

    @property
    def said(self) -> str:
        """The answer so far."""
        return "".join(self._said)

    def feed(self, samples: Samples) -> None:
        """More of the utterance."""
        if self.committed or self._closed.is_set():
            return
        if self._exchange is None:
            self._early.append(samples)
        else:
            self._exchange.stream(samples)

    def paused(self, at: float) -> None:
        """The speaker was silent from this moment on; it may be the end."""
        self._paused_at = at

    def close(self) -> None:
        """That was all, as far as we can tell."""
        if not self._closed.is_set():
            self._closed.set()
            if self._exchange is not None and not self.committed:
                self._exchange.end_audio()

    def commit(self) -> None:
        """The question is complete; from now on it is answered."""
        if not self.committed:
            self.timeline = Timeline(self._paused_at)
            self._mark("committed")
            self._parts.status.tell(Event.QUESTION_ENDED)
            self._committed.set()

    def interrupt(self) -> None:
        """Silence, and tell the server; the owner cancels the task."""
        self._dropped = True
        if self._convert is not None or self._voiced:
            self._parts.sink.interrupt()
        if self._exchange is not None:
            self._exchange.stop()

    async def run(self) -> TurnRecord | None:
        """Go through it; None when there was nothing to answer."""
        link = self._parts.link
        if link is None or not link.connected:
            await self._closed.wait()
            self.commit()
            return await self._own_words(message("cannot_hear_offline"), "server_away")
        with link.exchange() as exchange:
            self._exchange = exchange
            try:
                exchange.begin_audio(np.concatenate(self._early))
                self._early.clear()
                if self._closed.is_set():
                    exchange.end_audio()
                return await self._follow(exchange)
            except LinkError as error:
                return await self._fault(error_message(error.code), error.code)
            except ServerSaid as error:
                return await self._fault(error.message, error.code)
            except asyncio.CancelledError:
                if not self._dropped:
                    exchange.stop()  # nobody interrupted us: the client stops
                raise

    async def _follow(self, exchange: Exchange) -> TurnRecord | None:
        while not (self._end is not None and self._voiced):
            waits_for_voice = self._end is not None and self._convert is None
            try:
                news = await exchange.receive(VOICE_WAIT_S if waits_for_voice else ANSWER_TIMEOUT_S)
            except LinkError:
                if not waits_for_voice:
                    raise
                await speak(self._parts, self.said, ring=False)
                break
            match news:
                case bytes():
                    await self._play(news, exchange)
                case TranscriptMessage(text=text, is_final=final):
                    self._text = text
                    if final and not text:
                        self._parts.status.tell(Event.SPEECH_DROPPED)
                        return None
                    if final:
                        self.commit()
                        self._on_heard()
                case ResponseChunk(content=content):
                    self._mark("first_chunk")
                    self._said.append(content)
                case SpeechStart(rate=rate):
                    self._parts.sink.begin()
                    self._convert = converter(rate, self._parts.sink.rate)
                case SpeechEnd() if self._convert is not None:
                    await self._parts.sink.write(self._convert(silence(0), last=True))
                    await self._parts.sink.wait_for_playout()
                    self._voiced, self._convert = True, None
                    self._report(exchange, "finished")
                case FollowUp():
                    self.asks = True
                case TurnEnd():
                    self._end = news
                    # A turn without words has no voice either.
                    self._voiced = self._voiced or not self.said.strip()
                case Error():
                    raise ServerSaid(news.message, code=news.code, retryable=news.recoverable)
        return self._record(self._end.intent if self._end is not None else "none")

    async def _play(self, data: bytes, exchange: Exchange) -> None:
        if self._convert is None:
            return
        self._mark("first_audio")
        sink = self._parts.sink
        await sink.write(self._convert(from_pcm16(data)))
        at = sink.report().first_audible_at
        if at is not None and self.timeline.since_question("first_audible") is None:
            self.timeline.mark("first_audible", at)
            self._parts.status.tell(Event.ANSWER_STARTED)
            self._report(exchange, "started")

    def _report(self, exchange: Exchange, state: str) -> None:
        if exchange.turn_id is None:
            return
        since = max(0.0, self.timeline.since_question("first_audible") or 0.0)
        if state == "started":
            told = Playout(turn_id=exchange.turn_id, state="started", since_question_ms=since)
            exchange.played(told.model_copy(update={"stages_ms": self.utterance.wake}))
        else:
            exchange.played(Playout(turn_id=exchange.turn_id, state="finished"))

    async def _fault(self, sentence: str, code: str) -> TurnRecord:
        self._failed = True
        if self._convert is not None:
            self._parts.sink.interrupt()
            self._convert = None
        self.commit()
        return await self._own_words(sentence, code)

    async def _own_words(self, sentence: str, intent: str) -> TurnRecord:
        """Say something with our own voice."""
        self._said.append(sentence)
        self._parts.status.tell(Event.ANSWER_STARTED)
        await speak(self._parts, sentence, ring=False)
        return self._record(intent)

    def _mark(self, name: str) -> None:
        self.timeline.mark(name, self._parts.clock.now())

    def _record(self, intent: str) -> TurnRecord:
        end, exchange = self._end, self._exchange
        timings = self.utterance.wake | self.timeline.stages()
        outcome = "failed" if self._failed or (end is not None and end.outcome == "failed") else "completed"
        return TurnRecord(
            turn_id=(exchange.turn_id if exchange else None) or uuid.uuid4().hex,
            transcript=self._text,
            answer=self.said.strip(),
            route="none" if end is None else end.route,
            intent=intent,
            outcome="failed" if outcome == "failed" else "completed",
            timings_ms=timings | ({} if end is None else dict(end.timings_ms)),
            timeline_ms=self.timeline.as_ms(),
            gaps=self._parts.sink.report().gaps,
            question_end_s=self.utterance.end_sample / SAMPLE_RATE,
        )
