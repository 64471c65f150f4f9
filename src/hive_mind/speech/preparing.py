"""Rendering ahead what is likely to be said, whenever nothing else needs the processor."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

import structlog

from hive_mind.errors import Cancelled, SpeechError
from hive_mind.memory import trim
from hive_mind.speech.cancel import CancelToken
from hive_mind.speech.pace import Pace
from hive_mind.speech.playout import Clock
from hive_mind.speech.tts.cached import CachedVoice

MOST = 64
"""Phrases waiting to be rendered; beyond it the least urgent are forgotten."""

_log = structlog.get_logger(__name__)

T = TypeVar("T")


class Runs(Protocol):
    """A thread."""

    async def run(self, work: Callable[[CancelToken], T], cancel: CancelToken | None = None) -> T:
        """Run `work` there and wait for it."""
        ...


class Preparer:
    """Renders phrases into a `CachedVoice`, one at a time, and gives way at once to real work.

    Args:
        voice: keeps what is rendered.
        worker: a thread of its own, so that real synthesis never waits behind it.
        clock: measures the voice.
        pace: learns from it.
        speed: of the speech, asked for each phrase of which it was not said.
    """

    def __init__(
        self,
        voice: CachedVoice,
        worker: Runs,
        clock: Clock,
        pace: Pace,
        speed: Callable[[], float] = lambda: 1.0,
    ) -> None:
        self._voice = voice
        self._worker = worker
        self._clock = clock
        self._pace = pace
        self._speed = speed
        self._wanted: list[tuple[str, float | None]] = []
        self._token = CancelToken()
        self._holds = 0
        self._go = asyncio.Event()

    def want(self, texts: Iterable[str], speed: float | None = None) -> None:
        """Render these (already speakable) before anything that was wanted earlier.

        Args:
            texts: the most urgent first.
            speed: at which they will be said, where it is not the usual one.
        """
        at = self._speed() if speed is None else speed
        fresh = [(text, speed) for text in dict.fromkeys(texts) if not self._voice.has(text, at)]
        self._wanted = [*fresh, *(one for one in self._wanted if one not in fresh)][:MOST]
        self._token.cancel()
        self._update()

    def want_too(self, text: str) -> None:
        """Render this (already speakable) when nothing else is wanted."""
        if not self._voice.has(text, self._speed()) and (text, None) not in self._wanted:
            self._wanted = [*self._wanted, (text, None)][:MOST]
            self._update()

    @contextmanager
    def given_way(self) -> Iterator[None]:
        """Render nothing while in this context."""
        self._holds += 1
        self._token.cancel()
        self._update()
        try:
            yield
        finally:
            self._holds -= 1
            self._update()

    async def run(self) -> None:
        """Render until cancelled."""
        while True:
            await self._go.wait()
            if not self._go.is_set():
                continue  # it was taken back before we woke up
            phrase = self._wanted[0]
            self._token = CancelToken()
            try:
                await self._render(*phrase)
            except Cancelled:
                continue  # it stays wanted
            except SpeechError as error:
                _log.warning("phrase not prepared", code=error.code)
            if phrase in self._wanted:
                self._wanted.remove(phrase)
            if not self._wanted:  # a rendering leaves 120 MiB behind that glibc would keep
                await self._worker.run(lambda _: trim())
            self._update()

    async def settled(self, timeout_s: float) -> None:
        """Wait until nothing is wanted any more, at most so long."""
        end = self._clock.now() + timeout_s
        while self._wanted and self._clock.now() < end:
            await self._clock.sleep(0.05)

    async def _render(self, text: str, wished: float | None) -> None:
        speed = self._speed() if wished is None else wished

        def _whole(token: CancelToken) -> float:
            pieces = self._voice.synthesize(text, speed=speed, cancel=token)
            return sum(len(piece) for piece in pieces) / self._voice.capabilities.rate

        began = self._clock.now()
        sound_s = await self._worker.run(_whole, self._token)
        self._pace.note(text, self._clock.now() - began, sound_s)

    def _update(self) -> None:
        if self._wanted and not self._holds:
            self._go.set()
        else:
            self._go.clear()
