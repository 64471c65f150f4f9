"""One port for TLS and for plain connections: the first byte of a connection says which it is.

So every address of the server stays one address: other machines speak TLS, programs on this machine need not,
and a browser that was told `http://` is sent on to `https://`.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable

from hive_mind.server.logs import get_logger

_HANDSHAKE = b"\x16"
_FIRST_BYTE_S = 10.0
_HANDSHAKE_S = 10.0
MOST_WAITING = 256
"""Connections that have not said their first byte yet; more are closed."""


class TwoWays:
    """Accepts on a listening socket; made to stand among `uvicorn.Server.servers`.

    Args:
        listener: bound and listening.
        make: makes the protocol of a connection.
        context: of TLS.
    """

    def __init__(
        self, listener: socket.socket, make: Callable[[], asyncio.Protocol], context: ssl.SSLContext
    ) -> None:
        listener.setblocking(False)
        self._listener = listener
        self._make = make
        self._context = context
        self._waiting: set[asyncio.Task[None]] = set()
        self._log = get_logger("tls")
        self._accepting = asyncio.get_running_loop().create_task(self._accept())

    def close(self) -> None:
        """Accept no more."""
        self._accepting.cancel()
        for task in self._waiting:
            task.cancel()

    async def wait_closed(self) -> None:
        """Return when nothing is accepted any more."""
        await asyncio.wait({self._accepting, *self._waiting})

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(self._listener)
            except OSError as error:  # too many open files, or the other end is gone already
                self._log.warning("connection not accepted", reason=error.strerror)
                await asyncio.sleep(0.05)
                continue
            if len(self._waiting) >= MOST_WAITING:
                connection.close()
                continue
            task = loop.create_task(self._greet(connection))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def _greet(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            async with asyncio.timeout(_FIRST_BYTE_S):
                first = await _peek(connection)
            if not first:
                connection.close()
                return
            secure = first == _HANDSHAKE
            await loop.connect_accepted_socket(
                self._make,
                connection,
                ssl=self._context if secure else None,
                ssl_handshake_timeout=_HANDSHAKE_S if secure else None,
            )
        except (OSError, TimeoutError) as error:  # ssl.SSLError is an OSError
            self._log.info("connection refused", reason=type(error).__name__)
            connection.close()
        except asyncio.CancelledError:
            connection.close()
            raise


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


async def _peek(connection: socket.socket) -> bytes:
    """The first byte, left where it is; empty when the other end has closed."""
    loop = asyncio.get_running_loop()
    while True:
        with contextlib.suppress(BlockingIOError):
            return connection.recv(1, socket.MSG_PEEK)
        readable: asyncio.Future[None] = loop.create_future()
        loop.add_reader(connection, _settle, readable)
        try:
            await readable
        finally:
            loop.remove_reader(connection)
