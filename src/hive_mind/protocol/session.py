"""The two ends of a talk, without I/O: versions, numbering, resuming, heartbeat.

Order on a new socket:

1. The server sends `connected` at once, to everybody.
2. A client that wants more than the specification sends `hello`: once, as its first message. It need not
   wait for `connected`. A client that speaks only the specification skips this and gets its messages alone.
3. The server answers `welcome`: the lower of the two versions, the session, and whether it goes on.
4. If it goes on (`resumed`), every numbered message after `hello.last_seq` follows, in order; then live ones.

After `welcome`, messages that matter later carry `seq`: 1, 2, 3, ... without gaps within a session.
Messages that are worth something only at their moment (`connected`, `welcome`, `pong`, `speech_start`,
`speech_end`, `wake_verdict`, `follow_up`) belong to the socket: they carry no number and are never repeated.
So a lost link ends the voice that was sounding: binary frames are neither numbered nor kept, no old voice
bursts out after a reconnection, and the whole text of the answer comes again as `response_chunk`s, from
which the server may start a fresh `speech_start` or the client speaks by itself.

A session is kept for a client that went away as long as the server likes, in a log bounded by count and
bytes. When the log no longer reaches back to what the client has, `welcome` says `resumed: false` and a new
session begins at 1: a client is told of a loss, and never hears anything twice.

In the other direction nothing is numbered. A client that does not know whether its `voice_input` arrived
sends it again with the same `utterance_id`; the server answers an utterance once.
"""

from collections.abc import Sequence
from datetime import datetime

from hive_mind.errors import ProtocolError
from hive_mind.protocol.heartbeat import (
    HEARTBEAT_S,
    MISSED_TO_DEGRADED,
    PONG_TIMEOUT_S,
    Degraded,
    Effect,
    Heartbeat,
    SendPing,
    backoff,
)
from hive_mind.protocol.messages import (
    MIN_PROTOCOL_VERSION,
    PROTOCOL_VERSION,
    Capabilities,
    ClientMessage,
    Hello,
    Ping,
    ServerMessage,
    Welcome,
)
from hive_mind.protocol.replay import M, ReplayLog

__all__ = [
    "HEARTBEAT_S",
    "MISSED_TO_DEGRADED",
    "PONG_TIMEOUT_S",
    "ClientSession",
    "Degraded",
    "Effect",
    "SendPing",
    "ServerSession",
    "backoff",
    "negotiate",
]


def negotiate(theirs: int, ours: int = PROTOCOL_VERSION, minimum: int = MIN_PROTOCOL_VERSION) -> int:
    """The version both sides will speak: the lower one.

    Raises:
        ProtocolError: VERSION_UNSUPPORTED when that is below `minimum`.
    """
    version = min(theirs, ours)
    if version < minimum:
        raise ProtocolError(
            f"The peer speaks version {theirs} of the protocol; at least {minimum} is needed: update it.",
            code="VERSION_UNSUPPORTED",
        )
    return version


class ServerSession:
    """The server's end of one socket.

    Args:
        session_id: a fresh name that nobody can guess: who knows it (and the client_id) may resume.
        log: where numbered messages are kept.
        version: the newest protocol version spoken here.
        minimum: the oldest one.
    """

    def __init__(
        self,
        session_id: str,
        *,
        log: ReplayLog | None = None,
        version: int = PROTOCOL_VERSION,
        minimum: int = MIN_PROTOCOL_VERSION,
    ) -> None:
        self.session_id = session_id
        self.client_id: str | None = None
        self.version: int | None = None
        self.log = ReplayLog() if log is None else log
        self._ours = (version, minimum)
        self._spoken = False

    @property
    def said_hello(self) -> bool:
        """Whether the client speaks more than the specification."""
        return self.version is not None

    @property
    def last_seq(self) -> int:
        """Number of the last message numbered in this session; 0 before the first."""
        return self.log.last_seq

    def stamp(self, message: M) -> M:
        """Number a message and keep it until the client has it.

        Before `hello`, and for messages of the moment, gives the message back as it is. Stamp in the order
        in which messages go out, also while the client is away: it gets them when it resumes.

        Raises:
            ProtocolError: as `codec.encode`.
        """
        if not self.said_hello or not message.numbered:
            return message
        return self.log.append(message)

    def may_send(self, message: ServerMessage) -> bool:
        """Whether this client expects such a message: outside the specification only after `hello`."""
        return self.said_hello or message.in_specification

    def on_message(self, message: ClientMessage) -> None:
        """Note any message that is not `hello`: a ping acknowledges what the client has."""
        self._spoken = True
        if self.said_hello and isinstance(message, Ping) and message.last_seq is not None:
            self.log.acknowledge(message.last_seq)

    def on_hello(self, hello: Hello, known: "ServerSession | None") -> Sequence[ServerMessage]:
        """Answer `hello`: `welcome`, then what the client missed. Send them as they are, unstamped.

        When the old session goes on, this one takes its name and shares its log with it: a turn that still
        holds the old object stamps into the same sequence. Close the old socket then, if it is open.

        Args:
            hello: what the client said.
            known: the session that `hello.session_id` names, if the server still has it; not of another
                client: that one is not resumed.

        Raises:
            ProtocolError: HELLO_REPEATED, HELLO_LATE, or VERSION_UNSUPPORTED: then close the socket.
        """
        if self.said_hello:
            raise ProtocolError("A hello was already said on this connection.", code="HELLO_REPEATED")
        if self._spoken:
            raise ProtocolError("The hello must be the first message.", code="HELLO_LATE")
        version = negotiate(hello.protocol_version, *self._ours)
        self._spoken = True
        self.version = version
        self.client_id = hello.client_id
        resumed = known is not None and known.can_resume(hello)
        if known is not None and resumed:
            self.session_id = known.session_id
            self.log = known.log
            self.log.acknowledge(hello.last_seq or 0)
        welcome = Welcome(protocol_version=version, session_id=self.session_id, resumed=resumed)
        return [welcome, *self.log.messages()] if resumed else [welcome]

    def can_resume(self, hello: Hello) -> bool:
        """Whether `hello` may continue this session without a loss."""
        return (
            self.said_hello
            and hello.session_id == self.session_id
            and hello.client_id == self.client_id
            and self.log.reaches(hello.last_seq or 0)
        )


class ClientSession:
    """The client's end, across all its sockets.

    On each new socket send `hello()` first, pass everything that arrives through `receive`, call `tick` at
    `next_tick()` or more often, and `lost()` when the socket is gone.

    Args:
        client_id: stable name of this client.
        room: where it stands.
        locale: language and country of its user.
        capabilities: what it can do by itself.
        version: the newest protocol version spoken here.
        minimum: the oldest one.
    """

    def __init__(
        self,
        client_id: str,
        *,
        room: str | None = None,
        locale: str = "fr-FR",
        capabilities: Capabilities | None = None,
        version: int = PROTOCOL_VERSION,
        minimum: int = MIN_PROTOCOL_VERSION,
    ) -> None:
        self.client_id = client_id
        self.session_id: str | None = None
        self.last_seq = 0
        self.version: int | None = None
        self._room = room
        self._locale = locale
        self._capabilities = capabilities or Capabilities()
        self._ours = (version, minimum)
        self._open = False
        self._welcomed = False
        self._heartbeat = Heartbeat()
        self._heartbeat.degraded = True

    @property
    def degraded(self) -> bool:
        """Whether the server is away, as far as one can tell; true until it first speaks."""
        return self._heartbeat.degraded

    def hello(self) -> Hello:
        """The first message on a new socket."""
        self._open = True
        self._welcomed = False
        self._heartbeat.restart()
        return Hello(
            protocol_version=self._ours[0],
            client_id=self.client_id,
            room=self._room,
            locale=self._locale,
            capabilities=self._capabilities,
            session_id=self.session_id,
            last_seq=None if self.session_id is None else self.last_seq,
        )

    def ping(self, timestamp: datetime) -> Ping:
        """The heartbeat; acknowledges what has arrived.

        Args:
            timestamp: wall-clock time, aware.
        """
        return Ping(
            client_id=self.client_id,
            state="degraded" if self.degraded else "connected",
            timestamp=timestamp,
            last_seq=None if self.session_id is None else self.last_seq,
        )

    def receive(self, message: M) -> M | None:
        """Take in a message; None if it was already had.

        `welcome` with `resumed` false after an earlier session means that messages may have been lost.

        Raises:
            ProtocolError: SEQUENCE_GAP when a message is missing: close the socket and reconnect, it will
                come again. SESSION_INVALID when the server numbers or resumes what it cannot.
                VERSION_UNSUPPORTED when no common version exists.
        """
        self._heartbeat.alive()
        if isinstance(message, Welcome):
            self._on_welcome(message)
            return message
        if message.seq is None:
            return message
        if not self._welcomed:
            raise ProtocolError("A numbered message came before welcome.", code="SESSION_INVALID")
        if message.seq <= self.last_seq:
            return None
        if message.seq > self.last_seq + 1:
            raise ProtocolError(
                f"Messages {self.last_seq + 1} to {message.seq - 1} are missing.",
                code="SEQUENCE_GAP",
                retryable=True,
            )
        self.last_seq = message.seq
        return message

    def tick(self, now: float) -> list[Effect]:
        """What is due at `now` (seconds, monotonic): pings, and degradation after two missed ones."""
        return self._heartbeat.tick(now) if self._open else []

    def next_tick(self) -> float | None:
        """When `tick` has something to do; None without a socket or before the first tick."""
        return self._heartbeat.next_tick() if self._open else None

    def lost(self) -> list[Effect]:
        """The socket is gone: degraded at once, unless it already was."""
        self._open = False
        self._welcomed = False
        if self._heartbeat.degraded:
            return []
        self._heartbeat.degraded = True
        return [Degraded()]

    def _on_welcome(self, welcome: Welcome) -> None:
        if self._welcomed or (welcome.resumed and welcome.session_id != self.session_id):
            raise ProtocolError("The welcome fits no hello of ours.", code="SESSION_INVALID")
        self.version = negotiate(welcome.protocol_version, *self._ours)
        self._welcomed = True
        if not welcome.resumed:
            self.session_id = welcome.session_id
            self.last_seq = 0
