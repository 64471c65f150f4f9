"""A spoken answer: clauses in, sound out, one call to stop it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import structlog

from hive_mind.errors import SpeechError
from hive_mind.language.clauses import ClauseSplitter, is_sent_ahead
from hive_mind.language.speakable import speakable
from hive_mind.speech.audio import Samples
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.engines import TextToSpeech
from hive_mind.speech.pace import Pace
from hive_mind.speech.playout import Clock, PlayoutReport, PlayoutSink
from hive_mind.speech.waiting import wait_until

PIECES_AHEAD = 8
"""Pieces of audio rendered and not yet given to the sink; a clause is one or a few."""

AHEAD_WAIT_S = 0.8
"""How long a beginning that was sent ahead waits for what follows, before it sounds."""

SOON_S = 2.5
"""A clause is wanted soon while less sound than this is ready before it."""

_log = structlog.get_logger(__name__)


class Renders(Protocol):
    """The voice's thread."""

    def iterate(self, work: Callable[[CancelToken], Iterator[Samples]]) -> AsyncGenerator[Samples]:
        """Run a generator there, piece by piece."""
        ...


@dataclass(slots=True)
class Hooks:
    """What an answer tells its owner. None of them may block.

    Attributes:
        rendering: the rendering of a clause that is wanted soon begins (True) or is over (False).
        first_audio: the first piece of sound is there.
        sounding: the first audible sample leaves at this moment of the clock.
    """

    rendering: Callable[[bool], None] = field(default=lambda _: None)
    first_audio: Callable[[], None] = field(default=lambda: None)
    sounding: Callable[[float], None] = field(default=lambda _: None)


class Answer:
    """Renders clauses as they come and plays them once it is released.

    Args:
        clauses: the answer's text, clause by clause, as written.
        voice: renders.
        worker: the voice's thread.
        sink: plays.
        clock: for the record.
        hooks: told of the first moments.
        pace: how fast the voice is; an answer starts when it need not stop again.
        loudness: factor of the amplitude, from 0 to 1, asked for each piece of sound.
        speed: of the speech, asked for each clause; 1 is the voice's own.
    """

    def __init__(
        self,
        clauses: AsyncGenerator[str],
        voice: TextToSpeech,
        worker: Renders,
        sink: PlayoutSink,
        clock: Clock,
        hooks: Hooks | None = None,
        pace: Pace | None = None,
        loudness: Callable[[], float] = lambda: 1.0,
        speed: Callable[[], float] = lambda: 1.0,
    ) -> None:
        self.released = asyncio.Event()
        """Set it when the answer may sound; until then it is only rendered."""
        self._clauses = clauses
        self._voice = voice
        self._worker = worker
        self._sink = sink
        self._clock = clock
        self._hooks = hooks or Hooks()
        self._pace = pace or Pace()
        self._loudness = loudness
        self._speed = speed
        self._steady = asyncio.Event()  # enough is rendered to start
        self._written: list[tuple[str, float]] = []  # clause, and seconds of audio up to its end
        self._written_s = 0.0
        self._rendered_s = 0.0
        self._wait_until: float | None = None
        self._followed = asyncio.Event()
        self._begun = False
        self._finished = asyncio.Event()

    async def run(self, lead: Samples | None = None) -> None:
        """Render and play to the end.

        Args:
            lead: sound to play before the first clause, such as a chime.
        """
        pieces: asyncio.Queue[tuple[str, Samples] | None] = asyncio.Queue(PIECES_AHEAD)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._render(pieces))
                tasks.create_task(self._play(pieces, lead))
        finally:
            self._finished.set()

    def interrupt(self) -> str:
        """Silence at once; returns the part of the text that was heard. The owner cancels `run`."""
        played = self._sink.interrupt() if self._begun else 0.0
        return self.heard(played)

    def cut(self, splitter: ClauseSplitter, chunk: str) -> list[str]:
        """The clauses that a chunk of a streamed answer completes; short ones while this is hungry.

        A beginning that is sent ahead of the rest waits for the rest a little: it would only be followed by a
        silence.
        """
        if self._wait_until is None and not self._followed.is_set() and is_sent_ahead(chunk):
            self._wait_until = self._clock.now() + AHEAD_WAIT_S
        else:
            self._followed.set()
        return splitter.take(chunk, hungry=self.hungry)

    @property
    def hungry(self) -> bool:
        """Whether it will fall silent unless it gets another clause soon."""
        played = self._sink.report().played_s if self._begun else 0.0
        return self._rendered_s - played < SOON_S

    async def wait_for_playout(self) -> None:
        """Wait until it has sounded, or was interrupted."""
        await self._finished.wait()

    def report(self) -> PlayoutReport:
        """How it sounded so far."""
        return self._sink.report() if self._begun else PlayoutReport(None, 0.0, ())

    def heard(self, played_s: float) -> str:
        """The text behind the first `played_s` seconds, cut at a word."""
        heard: list[str] = []
        start = 0.0
        for clause, end in self._written:
            if played_s >= end:
                heard.append(clause)
            elif played_s > start:
                words = clause.split()
                heard.append(" ".join(words[: int(len(words) * (played_s - start) / (end - start))]))
            start = end
        return " ".join(part.strip() for part in heard if part.strip())

    async def _render(self, pieces: asyncio.Queue[tuple[str, Samples] | None]) -> None:
        async with aclosing(self._clauses) as clauses:
            async for clause in clauses:
                text = speakable(clause)
                if not any(c.isalnum() for c in text):
                    continue
                soon = self.hungry
                if soon:
                    self._hooks.rendering(True)
                try:
                    await self._render_clause(clause, text, pieces)
                except SpeechError as error:
                    _log.warning("clause not voiced", code=error.code)
                finally:
                    if soon:
                        self._hooks.rendering(False)
        self._steady.set()
        self._followed.set()
        await pieces.put(None)

    async def _render_clause(
        self, clause: str, text: str, pieces: asyncio.Queue[tuple[str, Samples] | None]
    ) -> None:
        speed = self._speed()

        def _voice(token: CancelToken) -> Iterator[Samples]:
            return self._voice.synthesize(text, speed=speed, cancel=token)

        asked = self._clock.now()
        rendering_s = sound_s = 0.0
        async with aclosing(self._worker.iterate(_voice)) as rendered:
            async for piece in rendered:
                self._hooks.first_audio()
                rendering_s += self._clock.now() - asked
                sound_s += len(piece) / self._voice.capabilities.rate
                self._rendered_s += len(piece) / self._voice.capabilities.rate
                if self._pace.may_start(text, sound_s):
                    self._steady.set()
                await pieces.put((clause, piece))
                asked = self._clock.now()
        self._steady.set()
        self._pace.note(text, rendering_s, sound_s)

    async def _play(self, pieces: asyncio.Queue[tuple[str, Samples] | None], lead: Samples | None) -> None:
        await self.released.wait()
        self._sink.begin()
        self._begun = True
        if lead is not None:
            await self._sink.write(lead)
            self._written_s += len(lead) / self._sink.rate
        await self._steady.wait()
        await self._until_followed()
        sounding = False
        while (item := await pieces.get()) is not None:
            clause, piece = item
            self._written_s += len(piece) / self._sink.rate
            if self._written and self._written[-1][0] is clause:
                self._written[-1] = (clause, self._written_s)
            else:
                self._written.append((clause, self._written_s))
            await self._sink.write(piece * np.float32(self._loudness()))
            at = self._sink.report().first_audible_at
            if not sounding and at is not None:
                sounding = True
                self._hooks.sounding(at)
        await self._sink.wait_for_playout()

    async def _until_followed(self) -> None:
        if self._wait_until is None or self._followed.is_set():
            return
        followed = asyncio.ensure_future(self._followed.wait())
        try:
            await wait_until(self._wait_until, self._clock, followed)
        finally:
            followed.cancel()
