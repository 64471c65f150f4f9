"""The voice loop: a straight line from an audio source to a playout sink, one turn after the other."""

import asyncio
from collections.abc import AsyncGenerator, Callable

import numpy as np
import structlog

from hive_mind.client.core.answering import Answer
from hive_mind.client.core.attempt import Attempt
from hive_mind.client.core.chime import chime
from hive_mind.client.core.listening import Ear
from hive_mind.client.core.parts import Parts
from hive_mind.client.core.source import AudioSource
from hive_mind.client.core.speaking import clauses_of, spoken_forms
from hive_mind.client.core.state import Effect, Event, Turn
from hive_mind.client.core.turn import TurnRecord
from hive_mind.errors import HiveMindError, LinkError
from hive_mind.language.messages import message
from hive_mind.protocol.messages import WakeDetected
from hive_mind.speech.audio import Samples
from hive_mind.speech.endpointing import (
    Endpoint,
    EndpointEvent,
    NoSpeech,
    Speculate,
    SpeechResumed,
    SpeechStarted,
    TooLong,
)

MOST_LIKELY = 8
"""Replies rendered ahead while the user speaks: more than there is time for."""

_log = structlog.get_logger(__name__)


class VoiceLoop:
    """Listens and answers.

    Args:
        parts: engines, link and records.
        ear: finds utterances.
        barge_in: speech stops an answer. Only for headphones, or a microphone that does not hear the speaker.
        always_listening: otherwise it listens after `listen`, for one utterance.
        answer_silence: say so when nothing intelligible was heard.
        on_turn: told of each turn that ended.
    """

    def __init__(
        self,
        parts: Parts,
        ear: Ear,
        *,
        barge_in: bool = False,
        always_listening: bool = True,
        answer_silence: bool = False,
        on_turn: Callable[[TurnRecord], None] = lambda _: None,
    ) -> None:
        self._parts = parts
        self._ear = ear
        self._barge_in = barge_in
        self._always = always_listening
        self._armed = always_listening
        self._answer_silence = answer_silence
        self._on_turn = on_turn
        self._time_of: Callable[[int], float] = lambda _: parts.clock.now()
        self._attempt: Attempt | None = None
        self._task: asyncio.Task[None] | None = None
        self._floor_free = asyncio.Event()
        self._floor_free.set()
        self._follow_up = False
        self._tasks = asyncio.TaskGroup()

    async def run(self, source: AudioSource) -> None:
        """Listen until the source ends, and let the last answer finish."""
        self._time_of = source.time_of
        self._ear.restart()
        async with asyncio.TaskGroup() as self._tasks:
            async for frame in source.frames():
                self._handle(self._ear.hear(frame))
            self._handle(self._ear.finish())

    async def one_turn(self, source: AudioSource) -> TurnRecord | None:
        """Listen until one question is answered; None when the source ends without a question."""
        first: asyncio.Future[TurnRecord] = asyncio.get_running_loop().create_future()

        def _note(record: TurnRecord) -> None:
            if not first.done():
                first.set_result(record)

        report, self._on_turn = self._on_turn, _note
        listening = asyncio.ensure_future(self.run(source))
        listening.add_done_callback(lambda _: first.cancel())
        try:
            await asyncio.wait([first])
            if listening.done():
                listening.result()
            return None if first.cancelled() else first.result()
        finally:
            self._on_turn = report
            listening.cancel()
            await asyncio.wait([listening])

    def listen(self) -> None:
        """The user asks for an ear (push-to-talk): stop what is being said, take the next utterance."""
        self.interrupt()
        self._ear.forget()
        self._armed = True

    def interrupt(self) -> None:
        """Stop recognition, synthesis and playout, and tell the server what was heard."""
        self._tell(Event.INTERRUPTED)
        self._drop()
        self._floor_free.set()

    def follow_up(self) -> None:
        """The server expects an answer: the next utterance counts without being asked for."""
        self._parts.dialogue.server_asks = True
        self._follow_up = True
        if self._floor_free.is_set():
            self._over(asks=True)

    async def announce(self, text: str, *, ring: bool = False) -> None:
        """Say something unasked, as soon as nobody speaks; a bell first if it rings."""
        while not self._floor_free.is_set():
            await self._floor_free.wait()
        self._floor_free.clear()
        self._task = task = asyncio.ensure_future(self._say(text, ring=ring))
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
        if not task.cancelled():
            task.result()

    # What the ear hears.

    def _handle(self, events: tuple[EndpointEvent, ...]) -> None:
        for event in events:
            match event:
                case SpeechStarted():
                    self._speech_started()
                case Speculate(speech_end_sample=end):
                    self._begin(end, self._ear.samples())
                case SpeechResumed():
                    self._drop()
                case Endpoint(speech_end_sample=end):
                    samples = self._ear.take()
                    if self._attempt is None or self._attempt.question_end_sample != end:
                        self._begin(end, samples)
                    self._commit()
                case TooLong(speech_end_sample=end):
                    self._ear.take()
                    self._begin(end, instead=("too_long", message("too_long")))
                    self._commit()
                case NoSpeech(sample=at):
                    self._nobody_spoke(at)

    def _speech_started(self) -> None:
        if not self._armed or (self._answering and not self._barge_in):
            self._ear.forget()
            return
        parts = self._parts
        self._tell(Event.SPEECH_STARTED)
        self._floor_free.clear()
        if parts.link is not None and parts.link.connected:
            try:
                parts.link.post(WakeDetected(word="", score=1.0, loudness=self._ear.loudness))
            except LinkError as error:
                _log.debug("wake not sent", code=error.code)
        # While the user speaks the processor is idle: render what is likely to be asked for.
        parts.preparer.want(spoken_forms(parts.keeper.likely_replies()[:MOST_LIKELY]))

    def _nobody_spoke(self, at: int) -> None:
        if not self._armed or self._answering:
            return
        if self._parts.status.state.turn is Turn.FOLLOW_UP:
            self._tell(Event.FOLLOW_UP_CLOSED)
            self._armed = self._always
        elif self._answer_silence:
            self._begin(at, instead=("no_speech", message("not_heard")))
            self._commit()

    def _begin(
        self, end: int, samples: Samples | None = None, instead: tuple[str, str] | None = None
    ) -> None:
        self._drop()
        self._floor_free.clear()
        attempt = Attempt(
            self._parts,
            np.zeros(0, np.float32) if samples is None else samples,
            self._time_of(end),
            end,
            lambda gate_ms: self._settle(attempt, gate_ms),
            instead=instead,
            answer_silence=self._answer_silence,
        )
        self._attempt = attempt
        self._task = self._tasks.create_task(self._answer(attempt))

    def _settle(self, attempt: Attempt, gate_ms: int) -> None:
        if attempt is self._attempt and not attempt.committed:
            self._handle(self._ear.settle(gate_ms))

    def _commit(self) -> None:
        self._armed = self._always
        if self._attempt is not None:
            self._attempt.commit()

    # What is said.

    @property
    def _answering(self) -> bool:
        return self._task is not None and (self._attempt is None or self._attempt.committed)

    def _tell(self, event: Event) -> None:
        if Effect.STOP_ANSWER in self._parts.status.tell(event):
            self._drop()

    def _drop(self) -> None:
        """Stop the present attempt or announcement, whatever it is doing."""
        attempt, task = self._attempt, self._task
        self._attempt = self._task = None
        if attempt is not None:
            attempt.interrupt()
        elif task is not None:
            self._parts.sink.interrupt()
        if task is not None:
            task.cancel()

    async def _answer(self, attempt: Attempt) -> None:
        record = None
        try:
            record = await attempt.run()
        except HiveMindError as error:
            _log.error("turn failed", code=error.code)
        finally:
            if self._attempt is attempt:
                self._over(asks=attempt.asks)
        if record is not None:
            self._on_turn(record)

    async def _say(self, text: str, *, ring: bool) -> None:
        parts = self._parts
        me = asyncio.current_task()

        async def _clauses() -> AsyncGenerator[str]:
            for clause in clauses_of(text):
                yield clause

        answer = Answer(
            _clauses(),
            parts.voice,
            parts.voice_worker,
            parts.sink,
            parts.clock,
            pace=parts.pace,
            loudness=(lambda: 1.0) if ring else parts.loudness,
            speed=parts.speed,
        )
        answer.released.set()
        self._tell(Event.ANSWER_STARTED)
        try:
            with parts.preparer.given_way():
                await answer.run(chime(parts.sink.rate) if ring else None)
        finally:
            if self._task is me:
                self._over(asks=False)

    def _over(self, *, asks: bool) -> None:
        self._attempt = self._task = None
        self._tell(Event.ANSWER_ENDED)
        if asks or self._follow_up:
            self._follow_up = False
            self._tell(Event.FOLLOW_UP_OPENED)
            self._ear.forget()
            self._armed = True
        self._floor_free.set()
