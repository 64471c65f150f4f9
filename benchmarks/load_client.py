"""Many WebSocket clients in one process, as cheap as they can be: the server is to be the slow part."""

import asyncio
import json
import os
import random
import ssl
import struct
import time
from collections.abc import Callable
from urllib.parse import urlsplit

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """A client's frame; the mask is zero, which is a mask too."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
    else:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
    return head + b"\0\0\0\0" + payload


class Socket(asyncio.Protocol):
    """One connection.

    Args:
        url: `ws://…` or `wss://…`.
        header: a further header line, such as a token.
    """

    def __init__(self, url: str, header: str = "") -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "", parts.port or 80
        key = "AAAAAAAAAAAAAAAAAAAAAA=="
        self._hello = (
            f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{header}\r\n"
        ).encode()
        self.on_text: Callable[[bytes], None] = lambda _: None
        self.lost = False
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._data = bytearray()
        self._transport: asyncio.Transport | None = None

    async def connect(self, trust: ssl.SSLContext | None = None) -> None:
        """Open it."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, *self._host, ssl=trust)
        async with asyncio.timeout(60):
            await self.open

    def send(self, message: bytes) -> None:
        """Send a text frame."""
        if self._transport is not None:
            self._transport.write(frame(message))

    def close(self) -> None:
        """Drop it."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._hello)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - Protocol
        """It is gone."""
        self.lost = True
        if not self.open.done():
            self.open.set_exception(ConnectionError("refused"))

    def data_received(self, data: bytes) -> None:
        """Take frames apart."""
        self._data += data
        if not self.open.done():
            end = self._data.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._data.startswith(b"HTTP/1.1 101"):
                self.open.set_exception(ConnectionError(bytes(self._data[:60]).decode()))
                return
            del self._data[: end + 4]
            self.open.set_result(None)
        buffer, at = self._data, 0
        while len(buffer) - at >= 2:
            size, head = buffer[at + 1] & 0x7F, 2
            if size == 126:
                if len(buffer) - at < 4:
                    break
                size, head = int.from_bytes(buffer[at + 2 : at + 4], "big"), 4
            elif size == 127:
                if len(buffer) - at < 10:
                    break
                size, head = int.from_bytes(buffer[at + 2 : at + 10], "big"), 10
            if len(buffer) - at < head + size:
                break
            opcode = buffer[at] & 0x0F
            payload = bytes(buffer[at + head : at + head + size])
            at += head + size
            if opcode == TEXT:
                self.on_text(payload)
            elif opcode == PING and self._transport is not None:
                self._transport.write(frame(payload, PONG))
        del buffer[:at]


ORDERS = ("Quelle heure est-il ?", "Quel jour sommes-nous ?", "Combien font 12 fois 7 ?", "Merci")


class Talker:
    """A client that asks, waits for the last piece of the answer, and asks again.

    Args:
        socket: connected.
        name: its client_id.
        echo: the other end is an echo: any text is the answer.
    """

    def __init__(self, socket: Socket, name: str, *, echo: bool) -> None:
        self._socket = socket
        self._questions = [
            json.dumps(
                {
                    "type": "voice_input",
                    "transcription": order,
                    "timestamp": "2026-01-06T14:30:00Z",
                    "client_id": name,
                    "language": "fr",
                }
            ).encode()
            for order in ORDERS
        ]
        self._mark = b"voice_input" if echo else b'"is_final":true'
        self._asked = 0.0
        self._answer: asyncio.Future[float] | None = None
        self.refused = 0
        socket.on_text = self._take

    async def ask(self) -> float:
        """One turn; its seconds."""
        self._answer = asyncio.get_running_loop().create_future()
        self._asked = time.perf_counter()
        self._socket.send(random.choice(self._questions))
        async with asyncio.timeout(60):
            return await self._answer

    def _take(self, text: bytes) -> None:
        if b'"error"' in text:
            self.refused += 1
        elif self._mark not in text:
            return
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(time.perf_counter() - self._asked)


async def connected(
    urls: list[str],
    count: int,
    *,
    echo: bool,
    header: str = "",
    trust: ssl.SSLContext | None = None,
    name: str = "load-",
) -> tuple[list[Talker], list[Socket]]:
    """So many clients, spread over the servers."""
    sockets = [Socket(urls[number % len(urls)], header) for number in range(count)]
    for at in range(0, count, 20):
        await asyncio.gather(*(socket.connect(trust) for socket in sockets[at : at + 20]))
    run = os.urandom(3).hex()
    return [Talker(s, f"{name}{run}-{number}", echo=echo) for number, s in enumerate(sockets)], sockets


async def paced(talkers: list[Talker], seconds: float, each_s: float) -> list[float]:
    """Each asks once in `each_s` seconds, at moments of its own; the seconds of all turns."""
    took: list[float] = []
    end = time.perf_counter() + seconds

    async def _talk(talker: Talker) -> None:
        await asyncio.sleep(random.random() * each_s)
        while time.perf_counter() < end:
            began = time.perf_counter()
            took.append(await talker.ask())
            await asyncio.sleep(max(0.0, each_s - (time.perf_counter() - began)))

    await asyncio.gather(*map(_talk, talkers))
    return took


async def flat_out(talkers: list[Talker], seconds: float, least_s: float) -> tuple[float, list[float]]:
    """Each asks as soon as it has its answer, at most once in `least_s`; turns/s and the seconds of all."""
    took: list[float] = []
    began = time.perf_counter()
    end = began + seconds

    async def _talk(talker: Talker) -> None:
        while (now := time.perf_counter()) < end:
            took.append(await talker.ask())
            if (rest := least_s - (time.perf_counter() - now)) > 0:
                await asyncio.sleep(rest)

    await asyncio.gather(*map(_talk, talkers))
    return len(took) / (time.perf_counter() - began), took
