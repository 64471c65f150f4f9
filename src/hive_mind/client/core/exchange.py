"""One question on its way to the server and the answer on its way back."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import TypeAlias

from hive_mind.client.core.clock import Clock
from hive_mind.errors import HiveMindError, LinkError
from hive_mind.protocol.limits import MAX_AUDIO_FRAME
from hive_mind.protocol.messages import (
    AnyServerMessage,
    AudioEnd,
    AudioStart,
    ClientMessage,
    Error,
    Flow,
    FollowUp,
    Interrupt,
    Playout,
    ResponseChunk,
    SpeechEnd,
    SpeechStart,
    TurnEnd,
    VoiceInput,
    WakePhrase,
)
from hive_mind.speech.audio import SAMPLE_RATE, Samples, to_pcm16

MOST_WAITING = 256
"""Messages kept for an exchange that nobody reads; beyond it the link stops reading the socket."""

ANSWER_TIMEOUT_S = 30.0
"""Longest silence of the server within an answer."""

GRACE_S = 3.0
"""How long a lost link may take to come back before the answer is given up."""

Post: TypeAlias = Callable[[ClientMessage | bytes], None]
"""Sends a message, or a piece of voice; or raises `LinkError`."""


class ServerSaid(HiveMindError):
    """The server answered with an `error`; the message is its French sentence."""

    default_code = "SERVER_ERROR"


class Exchange:
    """A question, told apart by its `utterance_id`, and what comes back for it.

    Made by `ServerLink.exchange`.

    Args:
        utterance_id: fresh name of the utterance.
        client_id: who asks.
        post: sends.
        clock: measures the grace.
    """

    def __init__(self, utterance_id: str, client_id: str, post: Post, clock: Clock) -> None:
        self.utterance_id = utterance_id
        self.turn_id: str | None = None
        self.end: TurnEnd | None = None
        self.answered = False
        self.asks_back = False
        """Whether the answer is a question: what is said next belongs to it."""
        self._client_id = client_id
        self._post = post
        self._clock = clock
        self._question: VoiceInput | None = None
        self._inbox: asyncio.Queue[AnyServerMessage | bytes] = asyncio.Queue(MOST_WAITING)
        self._ended = asyncio.Event()
        self._lost_at: float | None = None
        self._failure: LinkError | None = None
        self._wake = asyncio.Event()
        self._closed = False
        self._sounding = False  # the server's voice is under way, which a lost link ends for good

    def ask(self, text: str, at: datetime, *, speculative: bool, language: str = "fr") -> None:
        """Send the question; again, with `speculative` False, to confirm it.

        Raises:
            LinkError: the server is away.
        """
        self._question = VoiceInput(
            transcription=text,
            timestamp=at,
            client_id=self._client_id,
            language=language,
            utterance_id=self.utterance_id,
            speculative=True if speculative else None,
        )
        if self._lost_at is None:
            self._post(self._question)

    @property
    def question(self) -> str:
        """What was asked; empty where it was asked with our voice."""
        return "" if self._question is None else self._question.transcription

    async def chunks(self) -> AsyncGenerator[str]:
        """The answer's text as it comes, until its final piece.

        Raises:
            LinkError: the link was lost and did not come back in time, or the server fell silent.
            ServerSaid: the server refused, or failed.
        """
        while True:
            message = await self._next()
            if isinstance(message, Error):
                raise ServerSaid(message.message, code=message.code, retryable=message.recoverable)
            if isinstance(message, ResponseChunk):
                self.answered = True
                if message.content:
                    yield message.content
                if message.is_final:
                    return
            if isinstance(message, TurnEnd) and message.outcome != "completed":
                return

    async def ended(self, timeout_s: float = 1.0) -> TurnEnd | None:
        """The `turn_end`, if it comes in time."""
        waiter = asyncio.ensure_future(self._ended.wait())
        await asyncio.wait([waiter], timeout=timeout_s)
        waiter.cancel()
        return self.end

    def begin_audio(self, samples: Samples) -> None:
        """Ask with our voice: what there is of it; more follows through `stream`.

        Raises:
            LinkError: the server is away.
        """
        self._post(AudioStart(utterance_id=self.utterance_id, rate=SAMPLE_RATE))
        self.stream(samples)

    def show(self, samples: Samples, phrase: WakePhrase) -> None:
        """Ask whether this is the wake word.

        Raises:
            LinkError: the server is away.
        """
        self._post(AudioStart(utterance_id=self.utterance_id, rate=SAMPLE_RATE, wake=phrase))
        self.stream(samples)
        self.end_audio()

    def stream(self, samples: Samples) -> None:
        """More of our voice."""
        data = to_pcm16(samples)
        for at in range(0, len(data), MAX_AUDIO_FRAME):
            self._tell(data[at : at + MAX_AUDIO_FRAME])

    def end_audio(self) -> None:
        """Our voice is complete."""
        self._tell(AudioEnd(utterance_id=self.utterance_id))

    async def receive(self, patience_s: float) -> AnyServerMessage | bytes:
        """Whatever comes next: a message, or a piece of the server's voice.

        Raises:
            LinkError: the link was lost and did not come back in time, or nothing came for `patience_s`.
        """
        return await self._next(patience_s)

    def stop(self) -> None:
        """Stop or drop whatever became of our voice."""
        self._tell(Interrupt(turn_id=self.turn_id, utterance_id=None if self.turn_id else self.utterance_id))

    def hold(self, *, on: bool) -> None:
        """Ask the server to pause generation (`on`) or to go on; nothing when the turn is not known yet."""
        self._tell(Flow(turn_id=self.turn_id, state="hold" if on else "go") if self.turn_id else None)

    def played(self, playout: Playout) -> None:
        """Report how the answer sounds."""
        self._tell(playout)

    def interrupt(self, spoken: str | None = None) -> None:
        """Stop or drop the answer."""
        if self._question is not None:
            self._tell(Interrupt(turn_id=self.turn_id, utterance_id=self.utterance_id, spoken=spoken))

    # What the link calls.

    async def deliver(self, message: AnyServerMessage | bytes) -> None:
        """Take in a message, or a piece of voice, for this exchange; waits while the inbox is full."""
        if self._closed:
            return
        if isinstance(message, bytes):
            await self._inbox.put(message)
            return
        if isinstance(message, SpeechStart | SpeechEnd):
            self._sounding = isinstance(message, SpeechStart)
        if message.turn_id is not None:
            self.turn_id = message.turn_id
        if isinstance(message, FollowUp):
            self.asks_back = True
        if isinstance(message, TurnEnd):
            self.end = message
            self._ended.set()
        await self._inbox.put(message)

    def link_lost(self) -> None:
        """The link broke: wait for it a little."""
        if self._lost_at is None:
            self._lost_at = self._clock.now()
            self._wake.set()

    def link_up(self, *, resumed: bool) -> None:
        """The link is back. What the server forgot is asked again, unless some of the answer came already."""
        if self._lost_at is None:
            return
        self._lost_at = None
        if self._question is not None and not self.answered:
            self._tell(self._question)
        elif not resumed or self._sounding:
            self._failure = LinkError("The server restarted in the middle of its answer.", code="SERVER_LOST")
        self._wake.set()

    def close(self) -> None:
        """Nothing more is wanted; frees whoever waits to deliver."""
        self._closed = True
        while not self._inbox.empty():
            self._inbox.get_nowait()

    async def _next(self, patience_s: float = ANSWER_TIMEOUT_S) -> AnyServerMessage | bytes:
        """The next message; turns waiting too long into `LinkError`."""
        get = asyncio.ensure_future(self._inbox.get())
        try:
            while True:
                self._wake.clear()
                if self._failure is not None:
                    raise self._failure
                wake = asyncio.ensure_future(self._wake.wait())
                left = patience_s if self._lost_at is None else self._lost_at + GRACE_S - self._clock.now()
                limit = asyncio.ensure_future(self._clock.sleep(left))
                try:
                    await asyncio.wait([get, wake, limit], return_when=asyncio.FIRST_COMPLETED)
                    if get.done():
                        return get.result()
                    if limit.done() and not wake.done():
                        raise LinkError("The server stopped answering.", code="SERVER_LOST")
                finally:
                    wake.cancel()
                    limit.cancel()
        finally:
            get.cancel()

    def _tell(self, message: ClientMessage | bytes | None) -> None:
        """Send what is only useful if it arrives."""
        if message is not None:
            try:
                self._post(message)
            except LinkError:
                return
