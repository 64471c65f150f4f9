"""The server's end of a session."""

from collections.abc import Sequence

from hive_mind.errors import ProtocolError
from hive_mind.protocol.messages import (
    MIN_PROTOCOL_VERSION,
    PROTOCOL_VERSION,
    ClientMessage,
    Hello,
    Ping,
    ServerMessage,
    Welcome,
)
from hive_mind.protocol.replay import M, ReplayLog
from hive_mind.protocol.version import negotiate


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
