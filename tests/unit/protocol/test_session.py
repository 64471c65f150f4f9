"""Versions, the order of a talk, numbering and resuming."""

import json
from datetime import UTC, datetime

import pytest

from hive_mind.errors import ProtocolError
from hive_mind.protocol.codec import SERVER_MESSAGES, decode_server
from hive_mind.protocol.messages import (
    PROTOCOL_VERSION,
    Announce,
    AnyServerMessage,
    Connected,
    Error,
    Hello,
    Pong,
    ResponseChunk,
    ServerMessage,
    SpeechStart,
    Welcome,
)
from hive_mind.protocol.reference.classes import examples
from hive_mind.protocol.replay import ReplayLog
from hive_mind.protocol.session import ClientSession, ServerSession, negotiate

NOON = datetime(2025, 1, 6, 12, tzinfo=UTC)
OF_THE_SPECIFICATION = {"connected", "response_chunk", "action", "error", "pong"}
OF_THE_MOMENT = {
    "settings",
    "connected",
    "welcome",
    "pong",
    "speech_start",
    "speech_end",
    "wake_verdict",
    "follow_up",
    "sentences",
}


def chunk(index: int) -> ResponseChunk:
    return ResponseChunk(content=f"{index} ", is_final=False, chunk_index=index)


def one_of_each() -> list[AnyServerMessage]:
    samples = examples()
    return [decode_server(json.dumps(samples[name])) for name in SERVER_MESSAGES]


def welcomed(client_id: str = "c", session_id: str = "s", log: ReplayLog | None = None) -> ServerSession:
    session = ServerSession(session_id, log=log)
    session.on_hello(Hello(client_id=client_id), None)
    return session


def code_of(caught: pytest.ExceptionInfo[ProtocolError]) -> str:
    return caught.value.code


@pytest.mark.parametrize(
    ("theirs", "ours", "minimum", "spoken"), [(1, 1, 1, 1), (1, 3, 1, 1), (5, 3, 1, 3), (2, 3, 2, 2)]
)
def test_the_lower_version_is_spoken(theirs: int, ours: int, minimum: int, spoken: int) -> None:
    assert negotiate(theirs, ours, minimum) == spoken
    server = ServerSession("s", version=ours, minimum=minimum)
    client = ClientSession("c", version=theirs)
    welcome = server.on_hello(client.hello(), None)[0]
    assert isinstance(welcome, Welcome)
    assert welcome.protocol_version == spoken
    assert client.receive(welcome) == welcome
    assert client.version == server.version == spoken


def test_a_client_too_old_is_told_so() -> None:
    server = ServerSession("s", version=3, minimum=2)
    with pytest.raises(ProtocolError) as caught:
        server.on_hello(Hello(client_id="c", protocol_version=1), None)
    assert code_of(caught) == "VERSION_UNSUPPORTED"
    assert not server.said_hello
    with pytest.raises(ProtocolError) as caught:
        ServerSession("s").on_hello(Hello(client_id="c", protocol_version=0), None)
    assert code_of(caught) == "VERSION_UNSUPPORTED"


def test_a_server_too_old_is_noticed() -> None:
    client = ClientSession("c", version=3, minimum=2)
    client.hello()
    with pytest.raises(ProtocolError) as caught:
        client.receive(Welcome(protocol_version=1, session_id="s"))
    assert code_of(caught) == "VERSION_UNSUPPORTED"


def test_hello_comes_once() -> None:
    server = welcomed()
    with pytest.raises(ProtocolError) as caught:
        server.on_hello(Hello(client_id="c"), None)
    assert code_of(caught) == "HELLO_REPEATED"


def test_hello_comes_first() -> None:
    server = ServerSession("s")
    server.on_message(ClientSession("c").ping(NOON))
    with pytest.raises(ProtocolError) as caught:
        server.on_hello(Hello(client_id="c"), None)
    assert code_of(caught) == "HELLO_LATE"


def test_a_client_of_the_specification_gets_its_messages_alone_and_unnumbered() -> None:
    session = ServerSession("s")
    sendable = {message.type for message in one_of_each() if session.may_send(message)}
    assert sendable == OF_THE_SPECIFICATION
    assert session.stamp(chunk(0)).seq is None
    assert session.last_seq == 0


def test_after_hello_everything_goes() -> None:
    session = welcomed()
    assert all(session.may_send(message) for message in one_of_each())


def test_what_matters_later_is_numbered() -> None:
    assert {name for name, cls in SERVER_MESSAGES.items() if not cls.numbered} == OF_THE_MOMENT
    session = welcomed()
    messages: list[ServerMessage] = [
        chunk(0),
        Pong(timestamp=NOON),
        SpeechStart(rate=24000),
        chunk(1),
        Error(code="X", message="", recoverable=True),
    ]
    assert [session.stamp(message).seq for message in messages] == [1, None, None, 2, 3]


def test_a_message_that_cannot_be_written_uses_up_no_number() -> None:
    session = welcomed()
    with pytest.raises(ProtocolError):
        session.stamp(Announce.model_construct(text="\ud800", kind="info"))
    assert session.stamp(chunk(0)).seq == 1


def test_missed_messages_come_again_after_welcome() -> None:
    old = welcomed()
    for index in range(5):
        old.stamp(chunk(index))
    new = ServerSession("fresh")
    answers = new.on_hello(Hello(client_id="c", session_id="s", last_seq=2), old)
    assert answers[0] == Welcome(protocol_version=PROTOCOL_VERSION, session_id="s", resumed=True)
    assert [message.seq for message in answers[1:]] == [3, 4, 5]
    assert [m.content for m in answers[1:] if isinstance(m, ResponseChunk)] == ["2 ", "3 ", "4 "]
    assert new.session_id == "s"
    assert new.stamp(chunk(5)).seq == 6
    assert old.stamp(chunk(6)).seq == 7, "a turn that holds the old object goes on in the same sequence"


@pytest.mark.parametrize(
    "hello",
    [
        Hello(client_id="c"),
        Hello(client_id="c", session_id="other", last_seq=1),
        Hello(client_id="thief", session_id="s", last_seq=1),
        Hello(client_id="c", session_id="s", last_seq=4),
        Hello(client_id="c", session_id="s", last_seq=0),
        Hello(client_id="c", session_id="s"),
    ],
    ids=["no session", "other session", "other client", "from the future", "too far behind", "no number"],
)
def test_a_session_that_cannot_go_on_begins_anew(hello: Hello) -> None:
    old = welcomed(log=ReplayLog(max_messages=2))
    for index in range(3):
        old.stamp(chunk(index))
    answers = ServerSession("fresh").on_hello(hello, old)
    assert answers == [Welcome(protocol_version=PROTOCOL_VERSION, session_id="fresh", resumed=False)]


def test_an_unknown_session_begins_anew() -> None:
    answers = ServerSession("fresh").on_hello(Hello(client_id="c", session_id="s", last_seq=3), None)
    assert answers == [Welcome(protocol_version=PROTOCOL_VERSION, session_id="fresh", resumed=False)]


def test_a_ping_lets_go_of_what_the_client_has() -> None:
    server, client = ServerSession("s"), ClientSession("c")
    for answer in server.on_hello(client.hello(), None):
        client.receive(answer)
    for index in range(4):
        client.receive(server.stamp(chunk(index)))
    server.stamp(chunk(4))
    assert len(server.log) == 5
    server.on_message(client.ping(NOON))
    assert len(server.log) == 1
    assert server.log.reaches(4)
    assert not server.log.reaches(3)


def test_the_log_is_bounded_by_bytes_and_by_count() -> None:
    log = ReplayLog(max_messages=10, max_bytes=1000)
    for index in range(100):
        log.append(chunk(index))
        assert len(log) <= 10
    for index in range(10):
        log.append(ResponseChunk(content="é" * 200, is_final=False, chunk_index=index))
        assert log.size <= 1000
    assert len(log) == 2
    log.append(ResponseChunk(content="é" * 2000, is_final=False, chunk_index=0))
    assert (len(log), log.size) == (0, 0), "too large to keep: sent, but no resuming behind it"
    assert not log.reaches(log.last_seq - 1)
    assert log.reaches(log.last_seq)


def test_a_client_drops_what_it_already_has() -> None:
    client = ClientSession("c")
    client.hello()
    client.receive(Welcome(protocol_version=1, session_id="s"))
    first = chunk(0).model_copy(update={"seq": 1})
    assert client.receive(first) is first
    assert client.receive(first) is None


def test_a_client_notices_a_gap_and_keeps_its_place() -> None:
    client = ClientSession("c")
    client.hello()
    client.receive(Welcome(protocol_version=1, session_id="s"))
    with pytest.raises(ProtocolError) as caught:
        client.receive(chunk(0).model_copy(update={"seq": 2}))
    assert code_of(caught) == "SEQUENCE_GAP"
    assert caught.value.retryable
    assert client.hello().last_seq == 0


@pytest.mark.parametrize(
    "frame",
    ['{"type":"of_tomorrow","seq":1}', b'{"seq":1}', '{"type":"announce","text":1,"seq":1}'],
    ids=["unknown type", "no type", "invalid"],
)
def test_what_a_newer_server_says_is_skipped_and_counted(frame: str | bytes) -> None:
    client = ClientSession("c")
    client.hello()
    client.receive(Welcome(protocol_version=1, session_id="s"))
    with pytest.raises(ProtocolError):
        decode_server(frame)
    client.skip(frame)
    assert client.receive(chunk(0).model_copy(update={"seq": 2})) is not None
    client.skip(frame)
    assert client.last_seq == 2
    with pytest.raises(ProtocolError) as caught:
        client.skip('{"type":"of_tomorrow","seq":4}')
    assert code_of(caught) == "SEQUENCE_GAP"


@pytest.mark.parametrize(
    "frame",
    ["", "[" * 5000, "[1]", b"\xff", '{"seq":true}', '{"seq":0}', '{"seq":1.5}', '{"seq":' + "9" * 99 + "}"],
)
def test_what_has_no_number_is_skipped_uncounted(frame: str | bytes) -> None:
    client = ClientSession("c")
    client.hello()
    client.receive(Welcome(protocol_version=1, session_id="s"))
    client.skip(frame)
    assert client.last_seq == 0
    assert not client.degraded, "the server is alive"


@pytest.mark.parametrize(
    "messages",
    [
        [chunk(0).model_copy(update={"seq": 1})],
        [Welcome(protocol_version=1, session_id="s", resumed=True)],
        [Welcome(protocol_version=1, session_id="s"), Welcome(protocol_version=1, session_id="s")],
    ],
    ids=["numbered before welcome", "resumed unasked", "welcomed twice"],
)
def test_a_client_refuses_a_server_that_is_out_of_order(messages: list[Welcome | ResponseChunk]) -> None:
    client = ClientSession("c")
    client.hello()
    for message in messages[:-1]:
        client.receive(message)
    with pytest.raises(ProtocolError) as caught:
        client.receive(messages[-1])
    assert code_of(caught) == "SESSION_INVALID"


def test_hello_asks_to_resume_where_the_client_stopped() -> None:
    client = ClientSession("c", room="cuisine")
    assert client.hello() == Hello(client_id="c", room="cuisine")
    client.receive(Connected())
    client.receive(Welcome(protocol_version=1, session_id="s"))
    client.receive(chunk(0).model_copy(update={"seq": 1}))
    client.lost()
    assert client.hello() == Hello(client_id="c", room="cuisine", session_id="s", last_seq=1)
    client.receive(Welcome(protocol_version=1, session_id="t"))
    assert (client.session_id, client.last_seq) == ("t", 0)
