"""The client's end of a session."""

from datetime import datetime

from hive_mind.errors import ProtocolError
from hive_mind.protocol.codec import sequence_number
from hive_mind.protocol.heartbeat import Degraded, Effect, Heartbeat
from hive_mind.protocol.messages import (
    MIN_PROTOCOL_VERSION,
    PROTOCOL_VERSION,
    Capabilities,
    Hello,
    Ping,
    Welcome,
)
from hive_mind.protocol.replay import M
from hive_mind.protocol.version import negotiate


class ClientSession:
    """The client's end, across all its sockets.

    On each new socket send `hello()` first, pass everything that arrives through `receive` (or `skip` what
    cannot be read), call `tick` at `next_tick()` or more often, and `lost()` when the socket is gone.

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
        self.room = room
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

    def hello(self, away_s: float | None = None) -> Hello:
        """The first message on a new socket.

        Args:
            away_s: seconds since the last one was lost.
        """
        self._open = True
        self._welcomed = False
        self._heartbeat.restart()
        return Hello(
            protocol_version=self._ours[0],
            client_id=self.client_id,
            room=self.room,
            locale=self._locale,
            capabilities=self._capabilities,
            session_id=self.session_id,
            last_seq=None if self.session_id is None else self.last_seq,
            away_s=away_s,
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
        return message if message.seq is None or self._count(message.seq) else None

    def skip(self, frame: str | bytes) -> None:
        """Count a frame that `codec.decode_server` refused, such as a message that only newer clients know.

        Uncounted, it would look like a gap, and come again and again.

        Raises:
            ProtocolError: as `receive`.
        """
        self._heartbeat.alive()
        seq = sequence_number(frame)
        if seq is not None:
            self._count(seq)

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

    def _count(self, seq: int) -> bool:
        """Whether this is the next message, and not one that was had already."""
        if not self._welcomed:
            raise ProtocolError("A numbered message came before welcome.", code="SESSION_INVALID")
        if seq > self.last_seq + 1:
            raise ProtocolError(
                f"Messages {self.last_seq + 1} to {seq - 1} are missing.", code="SEQUENCE_GAP", retryable=True
            )
        fresh = seq > self.last_seq
        self.last_seq = max(seq, self.last_seq)
        return fresh

    def _on_welcome(self, welcome: Welcome) -> None:
        if self._welcomed or (welcome.resumed and welcome.session_id != self.session_id):
            raise ProtocolError("The welcome fits no hello of ours.", code="SESSION_INVALID")
        self.version = negotiate(welcome.protocol_version, *self._ours)
        self._welcomed = True
        if not welcome.resumed:
            self.session_id = welcome.session_id
            self.last_seq = 0
