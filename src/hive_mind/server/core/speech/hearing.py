"""One utterance that a client streams: when it is over, what was said, and what may be prepared meanwhile.

The same steps as in a room's client: recognition starts at the first pause, the grammar tells how long to
wait for more, and what is heard at the pause is answered as a draft. An order that can be taken back is
answered sooner, where the client streams on: then the utterance stays open for a while, and what follows is
answered anew if it belongs to the order. The audio is kept in memory until the utterance is over, no longer.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from hive_mind.errors import HiveMindError, ProtocolError
from hive_mind.language.called import without_call
from hive_mind.language.interruptions import Interruption
from hive_mind.protocol.messages import AudioStart, TranscriptMessage
from hive_mind.server.core.speech.engines import SpeechEngines
from hive_mind.server.core.speech.house_speech import HouseSpeech
from hive_mind.server.core.speech.incoming import IncomingAudio
from hive_mind.server.core.speech.listener import Listener, Reading, Said
from hive_mind.speech.audio import SAMPLE_RATE, Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.endpointing import Endpoint, Speculate, SpeechResumed, TooLong
from hive_mind.speech.engines import Transcript
from hive_mind.speech.listening import Ear, Heard
from hive_mind.understanding.gates import AMEND_S, AMENDABLE_GATE_MS, GATES_MS

STALLED_S = 5.0
"""Without audio for so long, the utterance ends where it is."""

LONGEST_MORE_S = 4.0
"""More of an order is shorter than this: what takes no breath for so long was not for us."""

_LINGER_MS = int(1000 * AMEND_S)
_NOT_MORE_MS = 400
_NOISE_PROBABILITY = 0.8


@dataclass(frozen=True, slots=True)
class _Recognised:
    end_sample: int
    said: Said


@dataclass(frozen=True, slots=True)
class _Answered:
    """What was answered before the utterance was over, and how much audio it was."""

    text: str
    samples: int


_Item: TypeAlias = list[Samples] | _Recognised | HiveMindError | None
"""What happens to an utterance: audio, a transcript, a fault of the recogniser, or its end."""


class Hearing:
    """See above. Run it in a task of its own; cancel that to drop the utterance.

    Args:
        start: what the client announced.
        speech: engines and threads.
        client_id: whose turn it is in them.
        listener: told what is heard.
        ear: makes the client's ear, fresh.

    Raises:
        SpeechError: AUDIO_UNSUPPORTED.
    """

    def __init__(
        self,
        start: AudioStart,
        speech: HouseSpeech,
        client_id: str,
        listener: Listener,
        ear: Callable[[SpeechEngines], Ear],
    ) -> None:
        self.utterance_id = start.utterance_id
        self.over = False
        """Whether its end was heard: audio that still comes belongs to nothing."""
        self._answering = start.over
        self._amendable = bool(start.amendable)
        self._early: Said | None = None  # to be answered before the utterance is over
        self._answered: _Answered | None = None
        self._resumed_at: int | None = None
        self._audio = IncomingAudio(start)
        self._speech = speech
        self._client_id = client_id
        self._listener = listener
        self._make_ear = ear
        # Bounded by `MAX_TURN_AUDIO_S`, which `IncomingAudio` counts.
        self._inbox: asyncio.Queue[_Item] = asyncio.Queue()
        self._recognising: tuple[int, asyncio.Task[None]] | None = None
        self._recognised: _Recognised | None = None
        self._ended: Endpoint | None = None
        self._silent = False
        self._wish: Interruption | None = None

    def feed(self, data: bytes) -> None:
        """Take the next piece of audio; ignored when the utterance is over.

        Raises:
            ProtocolError: INVALID_AUDIO, FRAME_TOO_LARGE or AUDIO_TOO_LONG; the last one ends it.
        """
        if self.over:
            return
        try:
            if frames := self._audio.take(data):
                self._inbox.put_nowait(frames)
        except ProtocolError as error:
            self.over = error.code == "AUDIO_TOO_LONG"
            raise

    def end(self) -> None:
        """The client says that this was all."""
        self._inbox.put_nowait(None)

    async def run(self) -> None:
        """Listen until the utterance is over and recognised."""
        try:
            engines = await self._speech.engines()
            ear = self._make_ear(engines)
            self._listener.on_listening()
            while not self._silent and not self._concluded and not self._rambles(ear):
                await self._take(await self._next(), ear, engines)
            await self._conclude()
        except HiveMindError as error:
            self._listener.on_unsaid(self.utterance_id)
            self._listener.on_deaf(self.utterance_id, error)
        finally:
            self.over = True
            self._forget()

    async def _next(self) -> _Item:
        waits_for_text = self._recognising is not None and self._recognised is None
        try:
            async with asyncio.timeout(None if waits_for_text else STALLED_S):
                return await self._inbox.get()
        except TimeoutError:
            return None

    async def _take(self, item: _Item, ear: Ear, engines: SpeechEngines) -> None:
        if isinstance(item, HiveMindError):
            raise item
        if isinstance(item, _Recognised):
            await self._note(item, ear, engines)
        elif self._ended is not None:
            return
        elif item is None:
            events = ear.finish()
            self._silent = not events
            self._handle([(event, ear.samples()) for event in events], engines)
        else:
            frames = item
            heard = await self._speech.ears.run(self._client_id, lambda _: _hear(ear, frames))
            self._handle(heard, engines)
            self._answer_early(ear)

    def _handle(self, heard: list[tuple[Heard, Samples]], engines: SpeechEngines) -> None:
        for event, samples in heard:
            match event:
                case Speculate(speech_end_sample=end):
                    self._recognise(end, samples, engines)
                case SpeechResumed(sample=sample):
                    self._forget()
                    self._early = None
                    self._resumed_at = sample if self._resumed_at is None else self._resumed_at
                    self._listener.on_unsaid(self.utterance_id)
                case Endpoint(speech_end_sample=end):
                    self.over = True
                    self._ended = event
                    if self._recognising is None or self._recognising[0] != end:
                        self._recognise(end, samples, engines)
                    return
                case TooLong():
                    raise ProtocolError("The utterance has no end.", code="AUDIO_TOO_LONG")

    def _recognise(self, end: int, samples: Samples, engines: SpeechEngines) -> None:
        self._forget()
        task = asyncio.create_task(self._transcribe(end, samples, engines))
        self._recognising = (end, task)

    async def _transcribe(self, end: int, samples: Samples, engines: SpeechEngines) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()

        def _work(token: CancelToken) -> Transcript:
            return engines.stt.transcribe(samples, cancel=token)

        try:
            transcript = await self._speech.recogniser.run(self._client_id, _work)
        except HiveMindError as error:
            self._inbox.put_nowait(error)
            return
        took = round(1000 * (loop.time() - began), 1)
        text = without_call(transcript.text.strip(), self._listener.calls)
        if transcript.no_speech_probability > _NOISE_PROBABILITY or not any(c.isalnum() for c in text):
            text = ""
        self._inbox.put_nowait(_Recognised(end, Said(self.utterance_id, text, transcript, took)))

    async def _note(self, recognised: _Recognised, ear: Ear, engines: SpeechEngines) -> None:
        """A transcript is there: show it, prepare an answer, and wait as long as its grammar wants."""
        if self._recognising is None or self._recognising[0] != recognised.end_sample:
            return
        self._recognised = recognised
        if self._ended is not None:
            return
        said = recognised.said
        gate_ms = GATES_MS["open"]
        if self._answered is not None:
            gate_ms = await self._more(said, self._answered, ear, engines)
        elif self._silences(said):
            self._silent = True
        elif said.text:
            gate_ms = self._prepare(said, await self._listener.read(said.text))
        self._handle([(event, ear.samples()) for event in ear.settle(gate_ms)], engines)
        self._answer_early(ear)

    def _prepare(self, said: Said, reading: Reading) -> int:
        """Show it, and prepare an answer; the silence that ends it, in milliseconds."""
        self._listener.send(TranscriptMessage(text=said.text, is_final=False, utterance_id=self.utterance_id))
        self._listener.on_said(said, final=False)
        if not (self._amendable and reading.amendable and reading.gate_ms > AMENDABLE_GATE_MS):
            return reading.gate_ms
        self._early = said
        return _LINGER_MS

    def _answer_early(self, ear: Ear) -> None:
        """Answer what can be taken back after a shorter silence; go on listening."""
        said = self._early
        if said is None or self._ended is not None or ear.silent_ms < AMENDABLE_GATE_MS:
            return
        self._early = self._resumed_at = None
        self._answered = _Answered(said.text, len(ear.samples()))
        self._answering = self._listener.on_said(replace(said, endpoint_ms=ear.silent_ms), final=True)

    async def _more(self, said: Said, answered: _Answered, ear: Ear, engines: SpeechEngines) -> int:
        """Something was said behind what is answered: the silence that ends it, in milliseconds."""
        if said.text == answered.text:
            return _LINGER_MS
        more = await self._listener.more(said)
        if more is not None:
            said, reading = more
            self._recognised = None if self._recognised is None else replace(self._recognised, said=said)
            return self._prepare(said, reading)
        samples = ear.samples()[answered.samples :]
        transcript = await self._speech.recogniser.run(
            self._client_id, lambda token: engines.stt.transcribe(samples, cancel=token)
        )
        self._silent = self._silences(
            Said(self.utterance_id, transcript.text.strip(), transcript, said.stt_ms)
        )
        return _NOT_MORE_MS

    def _rambles(self, ear: Ear) -> bool:
        """Whether what is said behind an answered order goes on for too long to be more of it."""
        since = self._resumed_at
        if self._answered is None or since is None or self._early is not None:
            return False
        return ear.position - since > int(LONGEST_MORE_S * SAMPLE_RATE)

    @property
    def _concluded(self) -> bool:
        """Whether it is over and what was said is known."""
        if self._ended is None or self._recognised is None:
            return False
        return self._recognised.end_sample == self._ended.speech_end_sample

    async def _conclude(self) -> None:
        ended, said = self._ended, None if self._recognised is None else self._recognised.said
        if self._answered is not None:
            await self._conclude_answered(said, self._answered)
            return
        # What takes no breath is a television, unless somebody gave an order in it.
        if said is not None and ended is not None and ended.reason == "unbroken" and said.text:
            said = said if (await self._listener.read(said.text)).order else None
        text = "" if said is None else said.text
        if said is not None and self._silences(said):
            return
        self._listener.send(TranscriptMessage(text=text, is_final=True, utterance_id=self.utterance_id))
        if said is not None and ended is not None and text:
            waited = 1000 * (ended.sample - ended.speech_end_sample) / SAMPLE_RATE
            self._listener.on_said(replace(said, endpoint_ms=waited), final=True)
        else:
            self._listener.on_unsaid(self.utterance_id)

    async def _conclude_answered(self, said: Said | None, answered: _Answered) -> None:
        """Its end is known at last; answer what came behind what was answered."""
        if self._wish is not None:
            return
        goes_on = said is not None and said.text != answered.text
        more = await self._listener.more(said) if said is not None and goes_on else None
        text = answered.text if more is None else more[0].text
        self._listener.send(TranscriptMessage(text=text, is_final=True, utterance_id=self.utterance_id))
        if more is None:
            self._listener.on_unsaid(self.utterance_id)
        else:
            self._listener.on_said(more[0], final=True)

    def _silences(self, said: Said) -> bool:
        """Whether this was a word that silences the answer that sounds: then nothing more is made of it."""
        if self._wish is not None:
            return True
        if self._answering is None or not said.text:
            return False
        self._wish = self._listener.silenced(said, self._answering)
        if self._wish is None:
            return False
        self._listener.on_unsaid(self.utterance_id)
        self._listener.send(
            TranscriptMessage(text=said.text, is_final=True, utterance_id=self.utterance_id, wish=self._wish)
        )
        return True

    def _forget(self) -> None:
        recognising, self._recognising, self._recognised = self._recognising, None, None
        if recognising is not None:
            recognising[1].cancel()


def _hear(ear: Ear, frames: list[Samples]) -> list[tuple[Heard, Samples]]:
    """What these frames make sure, each with the utterance as it is then; nothing after its end."""
    heard: list[tuple[Heard, Samples]] = []
    for frame in frames:
        for event in ear.hear(frame):
            heard.append((event, ear.samples()))
            if isinstance(event, Endpoint | TooLong):
                return heard
    return heard
