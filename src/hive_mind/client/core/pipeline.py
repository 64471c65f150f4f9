"""The voice loop: a straight line from an audio source to a playout sink, one turn after the other."""

import asyncio
from collections.abc import Callable

import structlog

from hive_mind.client.core.answering import Answer
from hive_mind.client.core.attempt import Attempt
from hive_mind.client.core.chime import chime
from hive_mind.client.core.listening import Ear
from hive_mind.client.core.shop import Shop
from hive_mind.client.core.source import AudioSource
from hive_mind.client.core.speaking import clauses_of, spoken_forms
from hive_mind.client.core.state import Effect, Event
from hive_mind.client.core.turn import TurnRecord
from hive_mind.errors import LinkError
from hive_mind.language.messages import message
from hive_mind.protocol.messages import WakeDetected
from hive_mind.speech.audio import SAMPLE_RATE
from hive_mind.speech.endpointing import (
    Endpoint,
    EndpointEvent,
    NoSpeech,
    Speculate,
    SpeechResumed,
    SpeechStarted,
    TooLong,
)

_log = structlog.get_logger(__name__)


class VoiceLoop:
    """Listens and answers.

    Args:
        shop: engines, link and records.
        ear: finds utterances.
        barge_in: speech stops an answer. Only for headphones, or a microphone that does not hear the speaker.
        always_listening: otherwise it listens after `listen`, for one utterance.
        answer_silence: say so when nothing intelligible was heard.
        on_turn: told of each turn that ended.
    """

    def __init__(
        self,
        shop: Shop,
        ear: Ear,
        *,
        barge_in: bool = False,
        always_listening: bool = True,
        answer_silence: bool = False,
        on_turn: Callable[[TurnRecord], None] = lambda _: None,
    ) -> None:
        self._shop = shop
        self._ear = ear
        self._barge_in = barge_in
        self._always = always_listening
        self._armed = always_listening
        self._answer_silence = answer_silence
        self._on_turn = on_turn
        self._source: AudioSource | None = None
        self._attempt: Attempt | None = None
        self._task: asyncio.Task[None] | None = None
        self._floor_free = asyncio.Event()
        self._floor_free.set()
        self._tasks = asyncio.TaskGroup()

    async def run(self, source: AudioSource) -> None:
        """Listen until the source ends, and let the last answer finish."""
        self._source = source
        async with asyncio.TaskGroup() as self._tasks:
            async for frame in source.frames():
                for event in self._ear.hear(frame):
                    self._handle(event)
            for event in self._ear.finish():
                self._handle(event)

    async def one_turn(self, source: AudioSource) -> TurnRecord | None:
        """Listen until one question is answered; None when the source ends without a question."""
        records: list[TurnRecord] = []
        over = asyncio.Event()

        def _note(record: TurnRecord) -> None:
            records.append(record)
            over.set()

        report, self._on_turn = self._on_turn, _note
        try:
            listening = asyncio.ensure_future(self.run(source))
            waiting = asyncio.ensure_future(over.wait())
            try:
                await asyncio.wait([listening, waiting], return_when=asyncio.FIRST_COMPLETED)
                if listening.done():
                    listening.result()
            finally:
                waiting.cancel()
                listening.cancel()
                await asyncio.wait([listening])
        finally:
            self._on_turn = report
        return records[0] if records else None

    def listen(self) -> None:
        """The user asks for an ear (push-to-talk): stop what is being said, take the next utterance."""
        self.interrupt()
        self._ear.forget()
        self._armed = True

    def interrupt(self) -> None:
        """Stop recognition, synthesis and playout, and tell the server what was heard."""
        self._shop.status.tell(Event.INTERRUPTED)
        self._stop()

    async def announce(self, text: str, *, ring: bool = False) -> None:
        """Say something unasked, as soon as nobody speaks; a bell first if it rings."""
        await self._floor_free.wait()
        self._floor_free.clear()
        self._attempt = None
        self._task = asyncio.current_task() and self._tasks.create_task(self._say(text, ring=ring))
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _say(self, text: str, *, ring: bool) -> None:
        shop = self._shop

        async def _clauses():  # noqa: ANN202
            for clause in clauses_of(text):
                yield clause

        try:
            shop.status.tell(Event.ANSWER_STARTED)
            answer = Answer(_clauses(), shop.voice, shop.voice_worker, shop.sink, shop.clock)
            answer.released.set()
            with shop.preparer.given_way():
                await answer.run(chime(shop.sink.rate) if ring else None)
        finally:
            self._end(None)

    @property
    def _answering(self) -> bool:
        return self._task is not None and (self._attempt is None or self._attempt.committed)
