"""A network that fails on command: a TCP proxy between a client and a server, for tests.

async with LossyLink("127.0.0.1", server_port) as link:
    connect to 127.0.0.1:link.port, then link.delay(0.2), link.hold(), link.cut(), ...
"""

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self, TypeAlias

Direction: TypeAlias = Literal["up", "down"]
"""`up` is to the server, `down` is to the client."""

CHUNK = 16 * 1024
QUEUED_CHUNKS = 64
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(eq=False)
class _Connection:
    """One client and its own connection to the server."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    reset: bool = False

    def end(self, *, reset: bool) -> None:
        self.reset = reset
        self.ended.set()


class LossyLink:
    """Listens on a free local port and carries bytes to a server until told otherwise.

    Commands take effect at once and may be given from any task of the same event loop.

    Args:
        host: of the server.
        port: of the server.

    Attributes:
        port: where clients connect; the same after `refuse` and `accept`.
        accepted: connections taken so far.
        carried: bytes delivered so far, by direction.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._handlers: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._delay_s = 0.0
        self._cut_after: dict[Direction, int] = {}
        self._swallowing = False
        self._closed = False
        self.port = 0
        self.accepted = 0
        self.carried: dict[Direction, int] = {"up": 0, "down": 0}

    async def __aenter__(self) -> Self:
        await self.accept()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        await self.refuse()
        self.reset()
        await asyncio.gather(*self._handlers)

    @property
    def open(self) -> int:
        """Connections that stand now, as far as the two ends can tell."""
        return len(self._connections)

    def delay(self, seconds: float) -> None:
        """From now on every byte takes this much longer, each way."""
        self._delay_s = seconds

    def hold(self) -> None:
        """Stall: bytes wait, as on a wireless link out of reach, and arrive after `release`."""
        self._flowing.clear()

    def release(self) -> None:
        """End `hold`."""
        self._flowing.set()

    def blackhole(self) -> None:
        """Swallow everything for good on the connections that stand, and on new ones until `heal`.

        Neither end is told: only silence shows it.
        """
        self._swallowing = True
        for connection in self._connections:
            connection.dead.set()

    def heal(self) -> None:
        """New connections work again, without delay; those swallowed by `blackhole` stay dead."""
        self._swallowing = False
        self._delay_s = 0.0
        self._cut_after.clear()
        self.release()

    def cut(self) -> None:
        """Close every connection, as a stopping proxy does."""
        for connection in self._connections:
            connection.end(reset=False)

    def reset(self) -> None:
        """Break every connection, as a crashed machine does: both ends get "connection reset"."""
        for connection in self._connections:
            connection.end(reset=True)

    def cut_after(self, count: int, direction: Direction = "down") -> None:
        """Cut the connection that carries so many more bytes that way, even in the middle of a frame."""
        self._cut_after[direction] = count

    async def refuse(self) -> None:
        """Stop listening: new connections are refused; those that stand go on."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def accept(self) -> None:
        """Listen, again on the same port."""
        if self._listener is None:
            self._listener = await asyncio.start_server(self._accepted, "127.0.0.1", self.port)
            self.port = self._listener.sockets[0].getsockname()[1]

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._handlers.add(task)
        task.add_done_callback(self._handlers.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server_reader, server_writer = await asyncio.open_connection(*self._target)
        except OSError:
            await _close(writer, reset=True)
            return
        connection = _Connection(writer, server_writer)
        if self._swallowing:
            connection.dead.set()
        if self._closed:
            connection.end(reset=True)
        self._connections.add(connection)
        self.accepted += 1
        up: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(QUEUED_CHUNKS)
        down: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(QUEUED_CHUNKS)
        tasks = [
            asyncio.create_task(work)
            for work in (
                self._take(reader, up),
                self._give(connection, up, server_writer, "up"),
                self._take(server_reader, down),
                self._give(connection, down, writer, "down"),
            )
        ]
        await connection.ended.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._connections.discard(connection)
        await _close(server_writer, reset=connection.reset)
        await _close(writer, reset=connection.reset)

    async def _take(self, reader: asyncio.StreamReader, queue: asyncio.Queue[tuple[float, bytes]]) -> None:
        """Read chunks with the moment at which each is due; an empty one is the end."""
        loop = asyncio.get_running_loop()
        chunk = b"-"
        while chunk:
            try:
                chunk = await reader.read(CHUNK)
            except OSError:
                chunk = b""
            await queue.put((loop.time() + self._delay_s, chunk))

    async def _give(
        self,
        connection: _Connection,
        queue: asyncio.Queue[tuple[float, bytes]],
        writer: asyncio.StreamWriter,
        direction: Direction,
    ) -> None:
        """Write chunks when they are due."""
        loop = asyncio.get_running_loop()
        while True:
            due, chunk = await queue.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            await self._flowing.wait()
            if connection.dead.is_set():
                continue
            allowed = self._cut_after.get(direction, len(chunk) + 1)
            chunk = chunk[:allowed]
            writer.write(chunk)
            with contextlib.suppress(OSError):
                await writer.drain()
            self.carried[direction] += len(chunk)
            if direction in self._cut_after:
                self._cut_after[direction] -= len(chunk)
            if not chunk or self._cut_after.get(direction) == 0:
                self._cut_after.pop(direction, None)
                connection.end(reset=False)
                return


async def _close(writer: asyncio.StreamWriter, *, reset: bool) -> None:
    if reset:
        raw: socket.socket = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        writer.transport.abort()
    else:
        writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
