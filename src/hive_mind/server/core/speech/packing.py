"""A voice made into Opus where it is rendered: in the voice's own thread, so that no other is waited for."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Future

import numpy as np

from hive_mind.server.core.speech.opus import OpusEncoder
from hive_mind.speech.answering import Renders
from hive_mind.speech.audio import Samples, silence
from hive_mind.speech.cancel import CancelToken

FIRST_S = 0.06
"""Seconds of a voice that are packed first, so that it begins at once."""


class Packing:
    """The packets of one answer; `Renders` for it.

    What is rendered before it may sound is packed at the loudness of that moment: what was asked to be
    louder or softer meanwhile is packed anew.

    Args:
        seat: in the voice's threads.
        rate: of the voice.
        loudness: factor of the amplitude, asked for each piece.
    """

    def __init__(self, seat: Renders, rate: int, loudness: Callable[[], float]) -> None:
        self._seat = seat
        self._rate = rate
        self._loudness = loudness
        self._first = int(FIRST_S * rate)
        self._encoder: OpusEncoder | None = None
        self._anew: OpusEncoder | None = None
        self._packed: deque[Future[tuple[float, list[bytes]]]] = (
            deque()
        )  # in step with the pieces of the answer

    def iterate(self, work: Callable[[CancelToken], Iterator[Samples]]) -> AsyncGenerator[Samples]:
        """Render and pack, piece by piece."""

        def _rendered(token: CancelToken) -> Iterator[Samples]:
            for piece in work(token):
                for part in self._parts(piece):
                    packed: Future[tuple[float, list[bytes]]] = Future()
                    self._packed.append(packed)
                    try:
                        yield part  # first: how much is rendered decides when it may sound
                        if packed.set_running_or_notify_cancel():
                            packed.set_result(self._pack(part))
                    finally:
                        packed.cancel()

        return self._seat.iterate(_rendered)

    def _pack(self, part: Samples) -> tuple[float, list[bytes]]:
        loudness = self._loudness()
        if self._anew is not None:
            return loudness, []
        self._encoder = self._encoder or OpusEncoder(self._rate)
        return loudness, self._encoder(part * np.float32(loudness))

    async def packets(self, samples: Samples) -> list[bytes]:
        """The packets of the next piece, which is `samples` as they should sound."""
        if self._anew is None:
            loudness, packets = await asyncio.wrap_future(self._packed.popleft())
            if loudness == self._loudness():
                return packets
            self._anew = OpusEncoder(self._rate)
        return await asyncio.to_thread(self._anew, samples)

    async def rest(self) -> list[bytes]:
        """The packets of what is left."""
        encoder = self._anew or self._encoder
        return [] if encoder is None else await asyncio.to_thread(encoder, silence(0), last=True)

    def _parts(self, piece: Samples) -> list[Samples]:
        first = self._first if self._encoder is None else 0
        return [part for part in (piece[:first], piece[first:]) if len(part)]
