"""Runs the server: binds first, stops gracefully."""

import asyncio
import errno
import signal
import socket
import ssl
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI

from hive_mind.errors import ConfigError
from hive_mind.server.app import create_app, open_house
from hive_mind.server.config import ServerConfig
from hive_mind.server.core.advertising import advertised, reachable
from hive_mind.server.core.certificates import Certificates
from hive_mind.server.core.house import House
from hive_mind.server.core.llm.engine import LanguageModel
from hive_mind.server.core.speech.engines import Load
from hive_mind.server.core.transport import AbortableWebSocket
from hive_mind.server.core.two_ways import TwoWays
from hive_mind.server.logs import get_logger

MAX_FRAME = 6 * 1024 * 1024
"""Bytes of a frame that is still read, to be answered with FRAME_TOO_LARGE; a larger one closes with 1009."""

_PING_S = 20.0
_FRESH_S = 600.0


class HiveServer(uvicorn.Server):
    """uvicorn, but answers end and clients hear a goodbye before their sockets are closed.

    Args:
        app: of `create_app`.
        house: what it serves.
        speech: loads the engines of speech, instead of those of this machine.
        on_start: called once it listens.
        context: of TLS; then other machines speak it, and this one may.
    """

    def __init__(
        self,
        app: FastAPI,
        house: House,
        on_start: Callable[["HiveServer"], None] | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                ws=AbortableWebSocket,
                ws_max_size=MAX_FRAME,
                ws_per_message_deflate=False,
                ws_ping_interval=_PING_S,
                ws_ping_timeout=_PING_S,
                lifespan="on",
                forwarded_allow_ips=list(house.config.proxies),
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=5,
            )
        )
        self.house = house
        self._on_start = on_start
        self._context = context
        self._ways: list[TwoWays] = []
        self._goodbye: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        if self._context is None:
            await super().startup(sockets)
        else:
            await super().startup([])
            self._ways = [TwoWays(listener, self._protocol, self._context) for listener in sockets or ()]
            self.servers.extend(self._ways)  # type: ignore[arg-type]  # it closes them, and asks no more of them
        if self.started and self._on_start is not None:
            self._on_start(self)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; nobody waits at a listening socket any more when it is closed."""
        for way in self._ways:
            way.close()
            await way.wait_closed()
        await super().shutdown(sockets)

    def _protocol(self) -> asyncio.Protocol:
        """Uvicorn's own protocol of one connection."""
        made: Any = self.config.http_protocol_class
        protocol: asyncio.Protocol = made(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        """First signal: stop gracefully; second: at once."""
        if self._goodbye is not None:
            self.should_exit = self.force_exit = True
            return
        self._goodbye = asyncio.get_event_loop().create_task(self.leave())

    async def leave(self) -> None:
        """Stop gracefully: finish or cut answers, say goodbye, then let uvicorn end."""
        get_logger("server").info("stopping")
        await self.house.stop()
        await asyncio.sleep(0.05)
        self.should_exit = True


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Its connections send small messages at once, which asyncio does for its own alone.

    Raises:
        ConfigError: PORT_IN_USE, HOST_INVALID, PORT_REFUSED.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family, backlog=128)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except socket.gaierror:
        raise ConfigError(f"There is no address {host} to listen on.", code="HOST_INVALID") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(
                f"Port {port} of {host} is in use: stop what uses it, or choose another with --port.",
                code="PORT_IN_USE",
            ) from None
        code = "HOST_INVALID" if error.errno == errno.EADDRNOTAVAIL else "PORT_REFUSED"
        raise ConfigError(f"Cannot listen on {host} port {port}: {error.strerror}.", code=code) from None


async def serve(
    config: ServerConfig,
    *,
    model: LanguageModel | None = None,
    speech: Load | None = None,
    on_start: Callable[[str, "HiveServer"], None] | None = None,
) -> None:
    """Serve until SIGINT, SIGTERM or `HiveServer.leave`.

    Args:
        config: settings.
        model: the language model, instead of the configured one.
        speech: loads the engines of speech, instead of those of this machine.
        on_start: called once it listens, with the address (`http://…`) and the server.

    Raises:
        ConfigError: a setting, the port or the data folder cannot be used.
    """
    listener = bind(config.host, config.port)
    host, port = listener.getsockname()[:2]

    def started(server: HiveServer) -> None:
        socket_url = address.replace("http", "ws", 1) + "/ws"
        get_logger("server").info("listening", address=address, websocket=socket_url)
        if on_start is not None:
            on_start(address, server)

    with listener:
        async with open_house(config, model, speech) as house, AsyncExitStack() as stack:
            certificates = own_certificates(config, host)
            context = None
            if certificates is not None:
                house.access.fingerprint = certificates.fingerprint
                context = certificates.context()
                house.spawn(_keep_fresh(certificates, context))
            name = f"[{host}]" if ":" in host else host
            address = f"{'http' if context is None else 'https'}://{name}:{port}"
            if config.announce and reachable(host):
                await stack.enter_async_context(advertised(config.name, port, tls=context is not None))
            app = create_app(config, house=house, certificates=certificates)
            await HiveServer(app, house, started, context).serve(sockets=[listener])
            app.state.house = None  # FastAPI's caches keep the application for the life of the process


def own_certificates(config: ServerConfig, host: str) -> Certificates | None:
    """Those of this server, where it speaks TLS itself.

    Args:
        config: settings.
        host: where it listens.

    Raises:
        ConfigError: DATA_NOT_WRITABLE, TLS_INVALID.
    """
    return Certificates(config.data_path / "tls", config.tls_names) if speaks_tls(config, host) else None


def speaks_tls(config: ServerConfig, host: str) -> bool:
    """Whether a server with these settings speaks TLS itself, where it listens on `host`."""
    return config.tls == "on" or (config.tls == "auto" and sys.platform != "win32" and reachable(host))


async def _keep_fresh(certificates: Certificates, context: ssl.SSLContext) -> None:
    """Show what is so today: the machine's addresses may change, and certificates end."""
    while True:
        await asyncio.sleep(_FRESH_S)
        try:
            await asyncio.to_thread(certificates.context, None, context)
        except ConfigError as error:
            get_logger("tls").error("certificate not renewed", code=error.code, reason=error.message)


def run(config: ServerConfig) -> None:
    """`serve`, from a program without an event loop."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    asyncio.run(serve(config))
