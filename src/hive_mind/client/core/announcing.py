"""What is said unasked: in order, never over somebody, never lost."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

import numpy as np
import structlog

from hive_mind.client.core.chime import chime
from hive_mind.client.core.parts import Parts
from hive_mind.speech.answering import Answer
from hive_mind.speech.speaking import clauses_of

MOST_WAITING = 32
"""Announcements that wait; more are refused and logged."""

_log = structlog.get_logger(__name__)


class Announcer:
    """Hands announcements over one after the other, whenever the floor is free.

    Args:
        say: says one; whether that was all, or somebody spoke and it must be said again.
    """

    def __init__(self, say: Callable[[str, bool], Awaitable[bool]]) -> None:
        self.floor_free = asyncio.Event()
        """Whether nobody speaks or waits for an answer."""
        self.floor_free.set()
        self._say = say
        self._turn = asyncio.Lock()
        self._waiting = 0

    def settle(self, *, free: bool) -> None:
        """Whether the floor is free now."""
        if free != self.floor_free.is_set():
            (self.floor_free.set if free else self.floor_free.clear)()

    async def announce(self, text: str, *, ring: bool, wanted: Callable[[], bool]) -> None:
        """Say something as soon as nobody speaks; a bell first if it rings.

        Args:
            text: in French.
            ring: it rings, at full volume.
            wanted: asked just before: what was silenced meanwhile is not said.
        """
        if self._waiting >= MOST_WAITING:
            _log.warning("too many announcements wait: one is not said")
            return
        self._waiting += 1
        try:
            async with self._turn:  # fair: first come, first said
                done = False
                while not done:
                    while not self.floor_free.is_set():
                        await self.floor_free.wait()
                    done = not wanted() or await self._say(text, ring)
        finally:
            self._waiting -= 1


async def play_chime(parts: Parts, name: str) -> None:
    """One of our small sounds, at the volume of the voice."""
    parts.sink.begin()
    await parts.sink.write(chime(parts.sink.rate, name) * np.float32(parts.loudness()))


async def speak(parts: Parts, text: str, *, ring: bool) -> None:
    """Say a text, after a bell and at full volume if it rings."""

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
    with parts.preparer.given_way():
        await answer.run(chime(parts.sink.rate) if ring else None)
