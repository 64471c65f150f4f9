"""The voice of one client that has none: answers and announcements, rendered here, sent as they sound.

One thing sounds at a time; what was cut is not sent any more. Sending keeps `AHEAD_S` ahead of the time at
which it sounds, so that little is wasted when somebody interrupts, and little waits for a slow client.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Protocol

from hive_mind.errors import HiveMindError
from hive_mind.language.clauses import ClauseSplitter
from hive_mind.protocol.messages import Capabilities, ServerMessage, SpeechEnd, SpeechStart
from hive_mind.server.core.llm.engine import Gate
from hive_mind.server.core.speech.house_speech import HouseSpeech
from hive_mind.server.core.speech.loop_clock import LoopClock
from hive_mind.server.core.speech.opus import OPUS_RATE, opus_is_read
from hive_mind.server.core.speech.packing import Packing
from hive_mind.server.core.trace import TurnTrace
from hive_mind.server.logs import get_logger
from hive_mind.speech.answering import Answer, Hooks
from hive_mind.speech.audio import Samples, silence, to_pcm16
from hive_mind.speech.playout import NullSink

MOST_CHUNKS = 1024
"""Pieces of text of one answer that wait for the voice; more are not voiced."""

FRAME_S = 0.25
"""Seconds in one binary frame of PCM."""


class Line(Protocol):
    """The way to the client."""

    def send(self, message: ServerMessage) -> None:
        """Send a message."""
        ...

    def send_audio(self, data: bytes) -> None:
        """Send a binary frame."""
        ...


class Manner(Protocol):
    """How the user wants the voice."""

    @property
    def loudness(self) -> float:
        """Factor of the amplitude, from 0 to 1."""
        ...

    @property
    def speed(self) -> float:
        """1 is the voice's own."""
        ...


class WireSink(NullSink):
    """Sends what it is given, at the pace at which it sounds.

    Args:
        rate: samples per second.
        line: to the client.
        turn_id: of the turn whose answer it is.
        packing: makes Opus of it; None: PCM is sent.
    """

    def __init__(self, rate: int, line: Line, turn_id: str | None, packing: Packing | None = None) -> None:
        self._line = line
        self._turn_id = turn_id
        self._started = self._over = False
        self._packing = packing
        self._packets: list[bytes] = []
        super().__init__(rate, LoopClock())

    def end(self, *, interrupted: bool = False) -> None:
        """Nothing more comes; a client that was sent nothing is told nothing."""
        if self._started and not self._over:
            self._line.send(
                SpeechEnd(outcome="interrupted" if interrupted else "completed", turn_id=self._turn_id)
            )
        self._over = True

    async def write(self, samples: Samples) -> None:
        """Send samples, at the pace at which they sound."""
        if self._packing is not None and len(samples) and not self._over:
            self._packets = await self._packing.packets(samples)
        await super().write(samples)

    def _record(self, samples: Samples, late_s: float) -> None:
        del late_s
        if self._over:
            return
        if not self._started:
            self._started = True
            if self._packing is None:
                self._line.send(SpeechStart(rate=self.rate, turn_id=self._turn_id))
            else:
                self._line.send(SpeechStart(format="opus", rate=OPUS_RATE, turn_id=self._turn_id))
        size = int(FRAME_S * self.rate)
        whole = (to_pcm16(samples[at : at + size]) for at in range(0, len(samples), size))
        for data in whole if self._packing is None else self._packets:
            self._line.send_audio(data)

    async def wait_for_playout(self) -> None:
        """Tell that this was all, and wait until it has sounded."""
        if self._packing is not None and self._started:
            self._packets = await self._packing.rest()
            self._record(silence(0), 0.0)
        self.end()
        await super().wait_for_playout()

    def _cut(self, played_s: float) -> None:
        del played_s
        self.end(interrupted=True)


class Speech:
    """Something that is being said; text goes in piece by piece.

    Args:
        turn_id: of the turn whose answer it is.
        gate: of the turn: the model pauses while a clause that is wanted soon is rendered, on the same cores.
        trace: of the turn: takes how long the first sound took.
    """

    def __init__(self, turn_id: str | None, gate: Gate | None = None, trace: TurnTrace | None = None) -> None:
        self.turn_id = turn_id
        self.released = asyncio.Event()
        """Set when it may sound; until then it is only rendered."""
        self.answer: Answer | None = None
        self.sink: WireSink | None = None
        self.task: asyncio.Task[None] | None = None
        self._gate = gate
        self._trace = trace
        self._asked_at: float | None = None
        self._splitter = ClauseSplitter()
        self._chunks: asyncio.Queue[str | None] = asyncio.Queue(MOST_CHUNKS + 1)  # and its end

    def add(self, text: str, *, last: bool = False) -> None:
        """The next piece of text."""
        if self._chunks.qsize() < MOST_CHUNKS:
            self._chunks.put_nowait(text)
        if last:
            self._chunks.put_nowait(None)

    async def clauses(self) -> AsyncGenerator[str]:
        """The clauses, as they are complete."""
        while (chunk := await self._chunks.get()) is not None:
            answer, splitter = self.answer, self._splitter
            for clause in splitter.take(chunk) if answer is None else answer.cut(splitter, chunk):
                yield clause
        for clause in self._splitter.flush():
            yield clause

    def rendering(self, on: bool) -> None:
        """A clause that is wanted soon is being rendered."""
        if on and self._asked_at is None:
            self._asked_at = asyncio.get_running_loop().time()
        if self._gate is not None:
            (self._gate.hold if on else self._gate.go)()

    def first_audio(self) -> None:
        """A piece of sound is there."""
        if self._trace is not None and self._asked_at is not None:
            took = asyncio.get_running_loop().time() - self._asked_at
            self._trace.stages_ms.setdefault("tts", round(1000 * took, 1))


class Mouth:
    """See above.

    Args:
        client_id: whose turn it is in the voice's threads.
        line: to the client.
        speech: engines and threads.
        manner: how the user wants the voice now.
        can: what the client can play now.
    """

    def __init__(
        self,
        client_id: str,
        line: Line,
        speech: HouseSpeech,
        manner: Callable[[], Manner],
        can: Callable[[], Capabilities],
    ) -> None:
        self._line = line
        self._speech = speech
        self._seat = speech.voice.seat(client_id)
        self._manner = manner
        self._can = can
        self.on_over: Callable[[], None] = lambda: None
        """Told when something is not said any more."""
        self._said: list[Speech] = []
        self._sounding = asyncio.Lock()
        self._log = get_logger("mouth").bind(client_id=client_id)

    @property
    def speaking(self) -> bool:
        """Whether anything is said or rendered."""
        return bool(self._said)

    def begin(self, turn_id: str | None, gate: Gate | None = None, trace: TurnTrace | None = None) -> Speech:
        """Something will be said: give it text, and release it when it may sound. See `Speech`."""
        speech = Speech(turn_id, gate, trace)
        self._said.append(speech)
        speech.task = asyncio.create_task(self._say(speech))
        return speech

    def say(self, text: str, turn_id: str | None) -> None:
        """Say a whole text, after what is being said."""
        speech = self.begin(turn_id)
        speech.add(text, last=True)
        speech.released.set()

    def cut(self, turn_id: str | None) -> str | None:
        """Stop what is said of a turn.

        Returns:
            The part that was heard, about; None when nothing of it was being said.
        """
        speech = next((one for one in self._said if one.turn_id == turn_id), None)
        return None if speech is None else self._stop(speech)

    def hush(self) -> None:
        """Stop whatever is said."""
        for speech in list(self._said):
            self._stop(speech)

    def _stop(self, speech: Speech) -> str:
        heard = "" if speech.answer is None else speech.answer.interrupt()
        self._said.remove(speech)
        speech.rendering(False)
        if speech.task is not None:
            speech.task.cancel()
        return heard

    async def _say(self, speech: Speech) -> None:
        try:
            engines = await self._speech.engines()
            voice = engines.voice
            rate, packing = voice.capabilities.rate, None
            if self._can().audio_formats[:1] == ("opus",) and opus_is_read():
                packing = Packing(self._seat, rate, lambda: self._manner().loudness)
            sink = speech.sink = WireSink(rate, self._line, speech.turn_id, packing)
            speech.answer = Answer(
                speech.clauses(),
                voice,
                packing or self._seat,
                sink,
                LoopClock(),
                Hooks(speech.rendering, speech.first_audio),
                self._speech.pace,
                lambda: self._manner().loudness,
                lambda: self._manner().speed,
            )
            async with asyncio.TaskGroup() as tasks:
                rendering = tasks.create_task(speech.answer.run())
                await speech.released.wait()
                async with self._sounding:
                    speech.answer.released.set()
                    await asyncio.wait({rendering})
            sink.end()
        except* HiveMindError as group:
            self._log.warning("not voiced", code=getattr(group.exceptions[0], "code", ""))
            if speech.sink is not None:
                speech.sink.end(interrupted=True)
        finally:
            if speech in self._said:
                self._said.remove(speech)
            self.on_over()
