"""One WebSocket connection: reads, answers what is malformed, hands the rest to the `RemoteClient`."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from starlette.websockets import WebSocket, WebSocketDisconnect

from hive_mind import __version__
from hive_mind.errors import AccessError, ContextError, HiveMindError, ProtocolError
from hive_mind.language.messages import error_message
from hive_mind.protocol.codec import decode_client, encode
from hive_mind.protocol.limits import RateLimiter, frame_limiters, voice_limiter
from hive_mind.protocol.messages import (
    ActionConfirm,
    AudioEnd,
    AudioStart,
    ClientMessage,
    Connected,
    DeviceState,
    Error,
    Flow,
    Forget,
    Hello,
    Interrupt,
    LocalTurn,
    Ping,
    Playout,
    Pong,
    ServerMessage,
    SettingsState,
    VoiceInput,
    WakeDetected,
)
from hive_mind.protocol.session import ServerSession
from hive_mind.server.core.access.badge import SAY_WHO_S, Badge, nobody
from hive_mind.server.core.access.identity import HERE
from hive_mind.server.core.complaints import complaint
from hive_mind.server.core.house import House
from hive_mind.server.core.link import GOING_AWAY, RESTART
from hive_mind.server.core.origin import is_loopback, origin_allowed
from hive_mind.server.core.outbox import Outbox
from hive_mind.server.core.pace import HOUSE_BUSY
from hive_mind.server.core.patience import Patience
from hive_mind.server.core.remote_client import RemoteClient
from hive_mind.server.core.transport import abort_of
from hive_mind.server.logs import get_logger
from hive_mind.speech.audio import SAMPLE_RATE

REPLACED = 4001
TRY_LATER = 1013
POLICY = 1008
UNAUTHORISED = 4401
_COMPLAIN_S = 1.0
_BYTES_PER_S = 2.0 * SAMPLE_RATE
_TOO_MANY = ProtocolError("Too many messages.", code="RATE_LIMITED", retryable=True)


class Connection:
    """A link to one client. Its tasks (reader, writer) live and end together.

    Args:
        socket: accepted here.
        house: what all clients share.
        limiters: of messages and of pieces of voice; those of the protocol by default.
    """

    def __init__(
        self, socket: WebSocket, house: House, limiters: tuple[RateLimiter, RateLimiter] | None = None
    ) -> None:
        self._socket = socket
        self._house = house
        self._session = ServerSession(secrets.token_urlsafe(16))
        self._outbox = Outbox()
        self._remote: RemoteClient | None = None
        self._closing: tuple[int, str] | None = None
        self._voice_limiter = voice_limiter()
        self._limiter, self._audio_limiter = limiters or frame_limiters()
        self._in_pace = house.pace.allows if limiters is None else lambda _: True
        self._house_takes = house.pace.takes if limiters is None else lambda _: True
        self._complained = 0.0
        self._badge = Badge(house.access, socket)
        self._abort: Callable[[], None] | None = abort_of(socket.scope)
        self._writer: asyncio.Task[None] | None = None
        self._log = get_logger("link")

    @property
    def is_loopback(self) -> bool:
        """Whether the client runs on this machine."""
        return self._socket.client is not None and is_loopback(self._socket.client.host)

    @property
    def waiting(self) -> int:
        """Frames that wait to be sent."""
        return self._outbox.waiting

    def put(self, message: ServerMessage) -> None:
        """Send, soon; a client for which too much waits is cut off."""
        if not self._outbox.put(encode(message)):
            self._cut_off("too much waits")

    def put_audio(self, data: bytes) -> None:
        """Send a binary frame, soon; as `put`."""
        if not self._outbox.put(data):
            self._cut_off("too much waits")

    def close(self, code: int, reason: str) -> None:
        """Send what waits, then close."""
        if self._closing is None:
            self._closing = (code, reason)
            self._outbox.close()

    async def run(self) -> None:
        """Serve the connection until it ends."""
        if not origin_allowed(
            self._socket.headers.get("origin"),
            self._socket.headers.get("host"),
            self._house.config.allowed_origins,
        ):
            self._log.warning("origin refused")
            await self._socket.close(POLICY)
            return
        await self._socket.accept()
        self._house.connections += 1
        self._house.links.add(self)
        try:
            async with asyncio.TaskGroup() as group:
                self._writer = writer = group.create_task(self._write())
                self.put(Connected(server_version=__version__))
                if self._house.connections > self._house.config.max_clients or self._house.memory.short:
                    self._refuse("TOO_MANY_CLIENTS", TRY_LATER)
                elif self._house.stopping:
                    self._refuse("SERVER_STOPPING", GOING_AWAY)
                else:
                    self._admit()
                await self._read()
                writer.cancel()
        finally:
            self._badge.drop()
            self._house.links.discard(self)
            self._house.connections -= 1
            if self._remote is not None:
                self._remote.detach(self)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                event = await self._socket.receive()
            except WebSocketDisconnect:
                return
            if event["type"] == "websocket.disconnect":
                return
            if self._closing is not None:
                continue
            limiter = self._limiter if event.get("bytes") is None else self._audio_limiter
            audio = event.get("bytes") or b""
            packed = 0.0 if self._remote is None else self._remote.stream.packed_seconds(audio)
            seconds, now = max(packed, len(audio) / _BYTES_PER_S), loop.time()
            own = limiter.allow(now) and self._voice_limiter.allow(now, seconds)
            if not own or not self._house_takes(seconds):
                self._complain_rarely(now, HOUSE_BUSY if own else _TOO_MANY)
                continue
            try:
                self._take(event.get("text"), event.get("bytes"))
            except AccessError as error:
                self._shut(error)
            except HiveMindError as error:
                self._complain(error)

    def _admit(self) -> None:
        """Let in whoever the header or the address tells; anybody else may still say it in a message."""
        try:
            if not self._badge.check():
                loop = asyncio.get_running_loop()
                self._badge.patience = loop.call_later(SAY_WHO_S, self._shut, nobody())
        except AccessError as error:
            self._shut(error)

    def recheck(self) -> None:
        """Clients or their rights have changed, or time has passed: does this one still belong here?"""
        try:
            self._badge.recheck(busy=self._remote is not None and self._remote.turns.busy)
        except AccessError as error:
            self._shut(error)
            return
        if self._remote is None or self._badge.who is None:
            return
        self._remote.who = self._badge.who
        if self._remote.talk.private is not self._badge.is_guest:
            self.close(RESTART, "RIGHTS_CHANGED")  # it comes back, and is remembered from then on, or no more

    def _take(self, text: str | None, audio: bytes | None) -> None:
        if text is None:
            self._hear(audio or b"")
            return
        message = decode_client(text)
        if self._badge.who is None:
            self._badge.show(getattr(message, "token", None))
        if isinstance(message, Hello):
            self._on_hello(message)
            return
        self._session.on_message(message)
        remote = self._bind(message)
        if not (remote.talk.private or self._in_pace(remote.client_id)):
            self._complain_rarely(asyncio.get_running_loop().time(), _TOO_MANY)
            return
        self._handle(message, remote)

    def _hear(self, audio: bytes) -> None:
        """A piece of the user's voice. What nobody expects is complained of once a second: more follows."""
        if self._badge.who is None:
            raise nobody()
        try:
            if self._remote is None:
                raise ProtocolError("Audio before hello.", code="AUDIO_UNEXPECTED")
            self._remote.stream.feed(audio)
        except ProtocolError as error:
            if error.code != "AUDIO_UNEXPECTED":
                raise
            self._complain_rarely(asyncio.get_running_loop().time(), error)

    def _handle(self, message: ClientMessage, remote: RemoteClient) -> None:
        remote.sounding.see(message)
        match message:
            case VoiceInput():
                if self._house.stopping:
                    raise ProtocolError("The server stops.", code="SERVER_STOPPING", retryable=True)
                remote.on_voice_input(message)
            case Ping():
                remote.send(Pong(timestamp=message.timestamp))
            case Interrupt():
                remote.on_interrupt(message)
            case Flow():
                remote.on_flow(message)
            case WakeDetected():
                remote.on_wake(message)
            case Playout():
                self._house.on_playout(message, remote.room)
            case Forget():
                self._house.spawn(self._forget(message, remote.talk.forget))
            case ActionConfirm():
                self._confirm(message, remote.client_id)
            case AudioStart():
                remote.stream.start(message)
            case AudioEnd():
                remote.stream.end(message)
            case DeviceState():
                remote.on_device_state(message)
            case SettingsState():
                remote.on_settings_state(message)
            case LocalTurn():
                remote.on_local_turn(message)

    def _confirm(self, message: ActionConfirm, client_id: str) -> None:
        """Of an action that we asked, or perhaps another server."""
        try:
            self._house.plugins.actions.confirm(message, client_id)
        except ProtocolError:
            if not self._house.peers.confirm(message, client_id):
                raise

    def _on_hello(self, hello: Hello) -> None:
        if self._remote is not None and self._remote.client_id != hello.client_id:
            raise ProtocolError("This connection is another client's.", code="CLIENT_ID_MISMATCH")
        self._badge.check_name(hello.client_id)
        known = self._house.session_of(hello.client_id, hello.session_id)
        try:
            answers = self._session.on_hello(hello, known)
        except ProtocolError as error:
            if error.code == "VERSION_UNSUPPORTED":
                self._complain(error)
                self.close(POLICY, error.code)
                return
            raise
        gone_s = self._house.gone_s(hello.client_id)
        remote = self._sit(hello.client_id)
        if hello.away_s is not None or gone_s is not None:
            self._house.news.on_return(hello.room, gone_s if hello.away_s is None else hello.away_s)
        self._house.greeted[remote.client_id] = remote
        remote.capabilities, remote.room = hello.capabilities, self._badge.room(hello.room)
        remote.told_room = remote.room
        self._house.peers.presence_changed()
        for answer in answers:
            self.put(self._house.speech.offer(answer))
        self._house.effects.tell(remote)
        self._house.plugins.greet(remote)
        if remote.voiced:
            self._house.spawn(self._house.speech.get_ready())

    def _bind(self, message: ClientMessage) -> RemoteClient:
        """Whoever speaks; the first message that names a client decides.

        Raises:
            ProtocolError: CLIENT_ID_MISMATCH, or HELLO_NEEDED when it is not known who speaks.
        """
        named = getattr(message, "client_id", None)
        if self._remote is not None:
            if named not in (None, self._remote.client_id):
                raise ProtocolError("This connection is another client's.", code="CLIENT_ID_MISMATCH")
            return self._remote
        if named is None:
            raise ProtocolError("Say hello first: who is this?", code="HELLO_NEEDED")
        self._badge.check_name(named)
        return self._sit(named)

    def _sit(self, client_id: str) -> RemoteClient:
        remote = self._house.remotes.get(client_id)
        if remote is not None and remote.talk.private is not self._badge.is_guest:
            self._house.part_with(remote)
            remote = None
        if remote is None:
            self._house.make_room()
            remote = RemoteClient(client_id, self._house, self._session, self._badge.who or HERE)
            self._house.remotes[client_id] = remote
        self._remote = remote
        if self._badge.who is not None:
            remote.who = self._badge.who
            remote.room = self._badge.room(remote.room)
        old = remote.attach(self, self._session)
        if old is not None and old is not self:
            old.put(
                Error(code="CLIENT_REPLACED", message=error_message("CLIENT_REPLACED"), recoverable=False)
            )
            old.close(REPLACED, "CLIENT_REPLACED")
        return remote

    async def _forget(self, wish: Forget, forget: Callable[[Forget], Awaitable[int]]) -> None:
        try:
            await forget(wish)
        except ContextError as error:
            self._complain(error)

    def _shut(self, error: AccessError) -> None:
        """Send away somebody who does not belong here."""
        if self._closing is None:
            self._complain(error)
            self.close(UNAUTHORISED, error.code)

    def _complain(self, error: HiveMindError) -> None:
        self._house.meters.on_refusal(error.code)
        self._log.info("message refused", code=error.code, reason=error.message)
        message = complaint(error)
        if self._remote is not None and self._remote.link is self:
            self._remote.send(message)
        else:
            self.put(message)

    def _complain_rarely(self, now: float, error: ProtocolError) -> None:
        """Tell a client that talks too fast so once a second: not as fast as it talks."""
        if now - self._complained >= _COMPLAIN_S:
            self._complained = now
            self._complain(error)

    def _refuse(self, code: str, close: int) -> None:
        self.put(Error(code=code, message=error_message(code), recoverable=True))
        self.close(close, code)

    async def _write(self) -> None:
        patience = Patience(self._house.config.slow_client_s, self._lose_patience)
        try:
            while (frame := await self._outbox.get()) is not None:
                patience.begin()
                if isinstance(frame, bytes):
                    await self._socket.send_bytes(frame)
                else:
                    await self._socket.send_text(frame)
                patience.end()
            if self._closing is not None:
                patience.begin()
                await self._socket.close(*self._closing)
        except (WebSocketDisconnect, RuntimeError):
            # The client left while we were writing, or was cut off; the reader sees that too.
            return
        finally:
            patience.close()

    def _lose_patience(self) -> None:
        self._cut_off("it does not read")
        if self._abort is None and self._writer is not None:
            self._writer.cancel()

    def _cut_off(self, reason: str) -> None:
        if self._closing is None:
            self._closing = (POLICY, "SLOW_CLIENT")
        self._log.warning("client cut off", code="SLOW_CLIENT", reason=reason)
        self._house.meters.cut_off.inc()
        self._outbox.close()
        if self._abort is not None:
            self._abort()


async def serve_socket(socket: WebSocket, house: House) -> None:
    """Serve one connection to `/ws`."""
    await Connection(socket, house).run()
