"""The link to the server: connects, says hello, resumes, keeps the heartbeat, reconnects by itself."""

import asyncio
import random
import ssl
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from hive_mind.client.access.admission import Admission
from hive_mind.client.access.http import untrusted
from hive_mind.client.core.clock import Clock, SystemClock
from hive_mind.client.core.exchange import Exchange
from hive_mind.client.core.state import Event
from hive_mind.errors import AccessError, ConfigError, HiveMindError, LinkError, ProtocolError
from hive_mind.protocol import codec
from hive_mind.protocol.messages import AnyServerMessage, ClientMessage, Error, SpeechStart, Welcome
from hive_mind.protocol.session import ClientSession, Degraded, backoff

MOST_OUTGOING = 256
"""Messages waiting for the socket; a link that cannot take more is as good as lost."""

OPEN_TIMEOUT_S = 5.0
STEADY_S = 5.0
"""A link that stood for so long is sought again at once; one that keeps breaking, more and more slowly."""

_REFUSED = (401, 403)
_SHUT_OUT = frozenset({"UNAUTHORISED", "TOKEN_REVOKED", "SERVER_UNTRUSTED", "SERVER_REFUSED"})
"""What no waiting repairs: somebody must pair this client."""
_NOT_LET_IN = frozenset({"UNAUTHORISED", "TOKEN_REVOKED", "TOKEN_EXPIRED"})

_log = structlog.get_logger(__name__)


def server_url(text: str) -> str:
    """The WebSocket address that a user meant: `http` becomes `ws`, a missing path becomes `/ws`.

    Raises:
        ConfigError: URL_INVALID.
    """
    try:
        parts = urlsplit(text if "://" in text else f"ws://{text}")
        scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
        good = scheme in ("ws", "wss") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good, parts, scheme = False, urlsplit(""), ""
    if not good or any(c.isspace() for c in text):
        raise ConfigError(
            f"{text!r} is no server address: write it like ws://192.168.1.20:8000/ws.", code="URL_INVALID"
        )
    path = parts.path if parts.path not in ("", "/") else "/ws"
    return urlunsplit((scheme, parts.netloc, path, parts.query, ""))


def is_loopback(url: str) -> bool:
    """Whether the server runs on this machine."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


class ServerLink:
    """Everything between this client and its server. `run` it in a task of its own; cancel that to close it.

    Args:
        url: of the server's `/ws`.
        session: the protocol's client end.
        clock: heartbeat and backoff.
        admission: shows that we are paired; None where that is not needed.
        on_event: told `LINK_UP`, `LINK_LOST` and `LINK_REFUSED`.
        on_message: told what belongs to no exchange (announcements, follow-ups, commands for the device).
    """

    def __init__(
        self,
        url: str,
        session: ClientSession,
        clock: Clock | None = None,
        *,
        admission: Admission | None = None,
        on_event: Callable[[Event], None] = lambda _: None,
        on_message: Callable[[AnyServerMessage], None] = lambda _: None,
    ) -> None:
        self.url = server_url(url)
        self.session = session
        self._clock = clock or SystemClock()
        self._admission = admission
        self._on_event = on_event
        self._on_message = on_message
        self._exchanges: dict[str, Exchange] = {}
        self._outgoing: asyncio.Queue[ClientMessage | bytes] | None = None
        self._sounding: Exchange | None = None  # whose voice comes in
        self._up = asyncio.Event()
        self._up_at = 0.0
        self._lost_at: float | None = None
        self._failed = asyncio.Event()
        self.failure: HiveMindError | None = None
        """Why the last attempt to connect failed."""

    @property
    def connected(self) -> bool:
        """Whether the server has welcomed us and is there."""
        return self._up.is_set()

    async def first_contact(self) -> None:
        """Wait for the first connection.

        Raises:
            LinkError: the first attempt failed.
        """
        waiting = [asyncio.ensure_future(e.wait()) for e in (self._up, self._failed)]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiter in waiting:
                waiter.cancel()
        if not self.connected and self.failure is not None:
            raise self.failure

    def post(self, message: ClientMessage | bytes) -> None:
        """Send a message, or a piece of voice, soon and in order.

        Raises:
            LinkError: the server is away, or takes nothing any more.
        """
        if not self.connected or self._outgoing is None:
            raise LinkError(f"The server at {self.url} is away.")
        try:
            self._outgoing.put_nowait(message)
        except asyncio.QueueFull:
            raise LinkError(f"The server at {self.url} takes no more messages.") from None

    @contextmanager
    def exchange(self) -> Iterator[Exchange]:
        """A new question; its messages are routed to it while in this context."""
        exchange = Exchange(uuid.uuid4().hex, self.session.client_id, self.post, self._clock)
        self._exchanges[exchange.utterance_id] = exchange
        try:
            yield exchange
        finally:
            del self._exchanges[exchange.utterance_id]
            if self._sounding is exchange:
                self._sounding = None
            exchange.close()

    async def run(self) -> None:
        """Connect, and again whenever the link is lost, until cancelled."""
        attempt = 0
        while True:
            await self._clock.sleep(backoff(attempt, random.random()))  # noqa: S311  # jitter, not a secret
            attempt += 1
            try:
                token, context = (None, None) if self._admission is None else await self._admission.show()
                async with connect(
                    self.url,
                    ssl=context,
                    additional_headers={"Authorization": f"Bearer {token}"} if token else None,
                    max_size=codec.MAX_TEXT_FRAME,
                    open_timeout=OPEN_TIMEOUT_S,
                    close_timeout=1,
                    ping_interval=None,
                    compression=None,
                    proxy=None,
                ) as socket:
                    await self._talk(socket)
            except* (OSError, WebSocketException, HiveMindError) as group:
                await self._note_failure(group.exceptions[0])
            finally:
                if self.connected and self._clock.now() - self._up_at >= STEADY_S:
                    attempt = 0
                self._lost()

    async def _talk(self, socket: ClientConnection) -> None:
        outgoing = self._outgoing = asyncio.Queue(MOST_OUTGOING)
        away_s = None if self._lost_at is None else max(0.0, self._clock.now() - self._lost_at)
        await socket.send(codec.encode(self.session.hello(away_s)))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._write(socket, outgoing))
            tasks.create_task(self._beat(outgoing))
            await self._read(socket)
            raise LinkError(f"The server at {self.url} closed the link.")

    async def _read(self, socket: ClientConnection) -> None:
        async for frame in socket:
            if isinstance(frame, bytes):
                if self._sounding is not None:  # else it belongs to nothing that we still want
                    await self._sounding.deliver(frame)
                continue
            try:
                message = codec.decode_server(frame)
            except ProtocolError as error:
                _log.info("frame ignored", code=error.code)
                self.session.skip(frame)
                continue
            fresh = self.session.receive(message)
            if isinstance(fresh, Welcome):
                self._welcomed(fresh)
            elif isinstance(fresh, Error) and fresh.code in _NOT_LET_IN:
                raise AccessError(fresh.message, code=fresh.code)
            elif fresh is not None:
                await self._route(fresh)

    def _welcomed(self, welcome: Welcome) -> None:
        self.failure = None
        self._failed.clear()
        self._up.set()
        self._up_at = self._clock.now()
        self._on_event(Event.LINK_UP)
        for exchange in list(self._exchanges.values()):
            exchange.link_up(resumed=welcome.resumed)

    async def _route(self, message: AnyServerMessage) -> None:
        utterance_id = getattr(message, "utterance_id", None)
        for exchange in list(self._exchanges.values()):
            if utterance_id == exchange.utterance_id or (
                utterance_id is None and message.turn_id is not None and message.turn_id == exchange.turn_id
            ):
                if isinstance(message, SpeechStart):
                    self._sounding = exchange
                await exchange.deliver(message)
                return
        if isinstance(message, SpeechStart):
            self._sounding = None
        self._on_message(message)

    async def _write(self, socket: ClientConnection, outgoing: asyncio.Queue[ClientMessage | bytes]) -> None:
        while True:
            message = await outgoing.get()
            await socket.send(message if isinstance(message, bytes) else codec.encode(message))

    async def _beat(self, outgoing: asyncio.Queue[ClientMessage | bytes]) -> None:
        while True:
            for effect in self.session.tick(self._clock.now()):
                if isinstance(effect, Degraded):
                    raise LinkError(f"The server at {self.url} no longer answers.")
                await outgoing.put(self.session.ping(self._clock.today()))
            due = self.session.next_tick()
            await self._clock.sleep(1.0 if due is None else due - self._clock.now())

    def _lost(self) -> None:
        if self.connected:
            self._lost_at = self._clock.now()
        self._up.clear()
        self._outgoing = None
        self.session.lost()
        for exchange in list(self._exchanges.values()):
            exchange.link_lost()
        self._on_event(Event.LINK_LOST)

    async def _note_failure(self, error: BaseException) -> None:
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, AccessError) and error.code == "TOKEN_EXPIRED" and self._admission is not None:
            try:
                await self._admission.renew()
            except HiveMindError as worse:
                error = worse
        self.failure = self._fault(error)
        if self.failure.code in _SHUT_OUT:
            self._on_event(Event.LINK_REFUSED)
        tell = _log.debug if self._failed.is_set() else _log.info  # once an outage
        tell("link failed", failure=self.failure.code, cause=type(error).__name__)
        self._failed.set()

    def _fault(self, error: BaseException) -> HiveMindError:
        if isinstance(error, InvalidStatus) and error.response.status_code in _REFUSED:
            return LinkError(f"The server at {self.url} refuses this client.", code="SERVER_REFUSED")
        if isinstance(error, AccessError):
            return LinkError(
                f"The server at {self.url} does not know this device: pair it (./hive client pair).",
                code=error.code,
                retryable=error.retryable,
            )
        if isinstance(error, ssl.SSLCertVerificationError):
            return untrusted(self.url)
        if isinstance(error, HiveMindError):
            return error
        return LinkError(
            f"No Hive Mind server answers at {self.url}: start it with ./hive up, or check the address."
        )
