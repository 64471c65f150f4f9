"""Any order of messages, cuts, reconnections and server restarts: once, in order, or told of a loss."""

from collections import deque

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hive_mind.protocol.codec import decode_client, decode_server, encode
from hive_mind.protocol.messages import Announce, Connected, Hello, Ping, Pong, ServerMessage, Welcome
from hive_mind.protocol.replay import ReplayLog
from hive_mind.protocol.session import ClientSession, ServerSession
from tests.unit.protocol.test_session import NOON

LOG_MESSAGES = 5


class Talk(RuleBasedStateMachine):
    """A client, a server, and a socket that loses whatever is under way when it is cut.

    The server says 0, 1, 2, ... as announcements. `said` and `heard` hold those of the current session.
    """

    def __init__(self) -> None:
        super().__init__()
        self.client = ClientSession("c")
        self.server: ServerSession | None = None
        self.turn: ServerSession | None = None
        self.known: dict[str, ServerSession] = {}
        self.wire: deque[str] | None = None
        self.count = 0
        self.sockets = 0
        self.said: list[int] = []
        self.heard: list[int] = []
        self.losses_told = 0

    @initialize()
    def start(self) -> None:
        self.connect()
        self.deliver(10)

    @precondition(lambda self: self.wire is None)
    @rule()
    def connect(self) -> None:
        """A new socket: the client says hello at once, the server greets and answers."""
        self.sockets += 1
        fresh = ServerSession(f"session-{self.sockets}", log=ReplayLog(max_messages=LOG_MESSAGES))
        self.wire = deque([encode(Connected())])
        hello = decode_client(encode(self.client.hello()))
        assert isinstance(hello, Hello)
        known = self.known.get(hello.session_id) if hello.session_id else None
        answers = fresh.on_hello(hello, known)
        assert isinstance(answers[0], Welcome)
        if not answers[0].resumed:
            self.said, self.turn = [], fresh
        self.server = self.known[fresh.session_id] = fresh
        self.turn = self.turn or fresh
        self.wire.extend(map(encode, answers))

    @rule(times=st.integers(1, 2 * LOG_MESSAGES))
    def say(self, times: int) -> None:
        """A turn that may still hold an older object of the session speaks, client there or not."""
        assert self.turn is not None
        for _ in range(times):
            self.send(self.turn.stamp(Announce(text=str(self.count))))
            self.said.append(self.count)
            self.count += 1

    @rule()
    def next_turn(self) -> None:
        """Later turns begin on the newest object."""
        self.turn = self.server

    def send(self, message: ServerMessage) -> None:
        if self.wire is not None:
            self.wire.append(encode(message))

    @precondition(lambda self: self.wire)
    @rule(count=st.integers(1, 8))
    def deliver(self, count: int) -> None:
        assert self.wire is not None
        for _ in range(min(count, len(self.wire))):
            before = self.client.session_id
            message = self.client.receive(decode_server(self.wire.popleft()))
            if isinstance(message, Welcome) and not message.resumed:
                self.losses_told += before is not None
                self.heard = []
            if isinstance(message, Announce):
                self.heard.append(int(message.text))

    @precondition(lambda self: self.wire is not None)
    @rule(arrives=st.booleans())
    def ping(self, arrives: bool) -> None:
        ping = decode_client(encode(self.client.ping(NOON)))
        assert isinstance(ping, Ping)
        if arrives and self.server is not None:
            self.server.on_message(ping)
            self.send(self.server.stamp(Pong(timestamp=ping.timestamp)))

    @precondition(lambda self: self.wire is not None)
    @rule()
    def cut(self) -> None:
        """What is under way is lost."""
        self.wire = None
        self.client.lost()

    @rule()
    def restart_server(self) -> None:
        """The server forgets every session."""
        self.known.clear()
        self.wire = None
        self.client.lost()

    @invariant()
    def nothing_twice_nothing_skipped(self) -> None:
        if self.heard and self.said and self.heard[0] >= self.said[0]:
            assert self.heard == self.said[: len(self.heard)]
        assert (
            self.heard == list(range(self.heard[0], self.heard[0] + len(self.heard))) if self.heard else True
        )

    def teardown(self) -> None:
        """In the end all that was said in the session is heard, or a loss was told."""
        if self.wire is None:
            self.connect()
        if self.wire:
            self.deliver(len(self.wire))
        assert self.heard == self.said
        if self.heard != list(range(self.count)):
            assert self.losses_told > 0


TestTalk = Talk.TestCase
TestTalk.settings = settings(max_examples=60, stateful_step_count=30)
