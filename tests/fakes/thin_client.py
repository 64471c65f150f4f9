"""A client that streams its voice over a real WebSocket and keeps the voice that comes back."""

import asyncio
import json
from typing import Any

import numpy as np

from hive_mind.server.core.speech.opus import OpusDecoder
from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples, from_pcm16, silence, to_pcm16
from tests.fakes.text_client import Received, TextClient

PIECE_S = 0.1
"""Seconds in one binary frame."""

TONE = np.full(int(0.8 * SAMPLE_RATE), 0.3, np.float32)
"""What `EnergyVad` takes for speech."""


class ThinClient(TextClient):
    """See above; it plays what it is sent, and says so in its hello.

    Args:
        url: of the WebSocket.
        client_id: its name.
        capabilities: besides `plays`.
    """

    def __init__(self, url: str, client_id: str = "page", **capabilities: Any) -> None:
        super().__init__(url, client_id, {"capabilities": {"plays": True, **capabilities}})
        self.voice: list[bytes] = []
        self.voice_at: list[float] = []

    async def receive(self, wait: float = 60.0) -> Received:
        """The next message; voice before it is kept."""
        async with asyncio.timeout(wait):
            while isinstance(frame := await self.ws.recv(), bytes):
                self.voice.append(frame)
                self.voice_at.append(asyncio.get_running_loop().time())
        message: Received = json.loads(frame)
        self.log.append(message)
        self.last_seq = message.get("seq", self.last_seq)
        return message

    def spoken(self) -> Clip:
        """The voice that came since the last `speech_start` of the log, and before."""
        start = next(m for m in reversed(self.log) if m["type"] == "speech_start")
        if start.get("format") == "opus":
            return Clip(np.concatenate([silence(0), *map(OpusDecoder(), self.voice)]), start["rate"])
        return Clip(from_pcm16(b"".join(self.voice)), start["rate"])

    async def stream(
        self, samples: Samples, utterance_id: str = "u1", *, pace: bool = False, **start: Any
    ) -> None:
        """Send an utterance from `audio_start` on, without `audio_end`.

        Args:
            samples: mono, 16 kHz unless `rate` says otherwise.
            utterance_id: its name.
            pace: in real time, as a microphone does.
            start: further fields of `audio_start`.
        """
        await self.send("audio_start", utterance_id=utterance_id, **start)
        size = int(PIECE_S * start.get("rate", SAMPLE_RATE))
        for at in range(0, len(samples), size):
            await self.ws.send(to_pcm16(samples[at : at + size]))
            await asyncio.sleep(PIECE_S if pace else 0)

    async def say_tone(self, utterance_id: str = "u1", **start: Any) -> None:
        """A whole utterance that the fakes hear, with the silence that ends it; no `audio_end`."""
        await self.stream(np.concatenate([silence(0.3), TONE, silence(1.5)]), utterance_id, **start)

    async def end(self, utterance_id: str = "u1") -> None:
        """That was all."""
        await self.send("audio_end", utterance_id=utterance_id)

    async def answered(self) -> None:
        """Wait until a turn is over and its voice has come."""
        while not (self.of_type("turn_end") and self.of_type("speech_end")):
            await self.receive()

    def of_type(self, kind: str) -> list[Received]:
        """The messages of a type so far."""
        return [message for message in self.log if message["type"] == kind]
