"""The link: hello, heartbeat, reconnection, resuming, refusals."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from hive_mind.client.core.exchange import ANSWER_TIMEOUT_S, GRACE_S, ServerSaid
from hive_mind.client.core.state import Event
from hive_mind.client.core.websocket import MOST_OUTGOING, ServerLink, is_loopback, server_url
from hive_mind.errors import ConfigError, LinkError
from hive_mind.protocol.heartbeat import LONGEST_SILENCE_S
from hive_mind.protocol.messages import (
    Announce,
    AnyServerMessage,
    ClientMessage,
    Error,
    Hello,
    Ping,
    Pong,
    ResponseChunk,
    VoiceInput,
)
from hive_mind.protocol.session import ClientSession
from tests.fakes.lossy_link import LossyLink
from tests.fakes.scripted_server import ScriptedServer, Talk, scripted_server, silent
from tests.fakes.virtual_time import VirtualClock, run

NOWHERE = "ws://127.0.0.1:9/ws"


class Linked:
    """A link and what it told."""

    def __init__(self, url: str) -> None:
        self.events: list[Event] = []
        self.moments: list[float] = []
        self.unasked: list[AnyServerMessage] = []
        self.clock = VirtualClock()
        self.link = ServerLink(
            url,
            ClientSession("salon", room="salon"),
            self.clock,
            on_event=self._note,
            on_message=self.unasked.append,
        )

    def _note(self, event: Event) -> None:
        self.events.append(event)
        self.moments.append(self.clock.now())

    async def until(self, ready: Callable[[], bool]) -> None:
        while not ready():  # noqa: ASYNC110  # virtual time: the wait costs nothing
            await asyncio.sleep(0.01)


@asynccontextmanager
async def linked(url: str) -> AsyncIterator[Linked]:
    at = Linked(url)
    running = asyncio.ensure_future(at.link.run())
    try:
        yield at
    finally:
        running.cancel()
        await asyncio.wait([running])


def chunk(said: VoiceInput, index: int, text: str, *, final: bool = False) -> ResponseChunk:
    return ResponseChunk(
        content=text, is_final=final, chunk_index=index, turn_id="t1", utterance_id=said.utterance_id
    )


@pytest.mark.parametrize(
    ("given_", "meant"),
    [
        ("ws://maison:8000/ws", "ws://maison:8000/ws"),
        ("192.168.1.20:8000", "ws://192.168.1.20:8000/ws"),
        ("http://maison:8000/", "ws://maison:8000/ws"),
        ("https://maison.example/hive", "wss://maison.example/hive"),
        ("ws://[::1]:8000", "ws://[::1]:8000/ws"),
    ],
)
def test_addresses_that_people_write(given_: str, meant: str) -> None:
    assert server_url(given_) == meant


@pytest.mark.parametrize(
    "bad", ["", "ws://", "ftp://maison", "ws://maison:port", "ws://ma ison", "ws://x:99999"]
)
def test_addresses_that_are_none(bad: str) -> None:
    with pytest.raises(ConfigError) as caught:
        server_url(bad)
    assert caught.value.code == "URL_INVALID"


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_clear_error(text: str) -> None:
    try:
        assert server_url(text).startswith(("ws://", "wss://"))
    except ConfigError as error:
        assert error.code == "URL_INVALID"


def test_loopback() -> None:
    assert is_loopback("ws://127.0.0.1:8000/ws")
    assert is_loopback("ws://localhost/ws")
    assert not is_loopback("ws://192.168.1.20:8000/ws")


def test_no_server_is_one_clear_error_and_knocking_goes_on_more_and_more_slowly() -> None:
    async def scene() -> tuple[LinkError, list[float]]:
        async with linked(NOWHERE) as at:
            with pytest.raises(LinkError) as caught:
                await at.link.first_contact()
            await asyncio.sleep(300)
            with pytest.raises(LinkError):
                at.link.post(Ping(client_id="salon", state="degraded", timestamp=at.clock.today()))
            return caught.value, at.moments

    error, knocks = run(scene())
    assert error.code == "SERVER_UNREACHABLE"
    assert "./hive up" in error.message
    waits = [b - a for a, b in pairwise(knocks)]
    assert waits[0] < 1
    assert max(waits) <= 30.1
    assert 10 < len(knocks) < 40


def test_a_refused_client_is_told_so() -> None:
    async def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(HTTPStatus.UNAUTHORIZED, "no\n")

    async def never(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async def scene() -> tuple[str, list[Event]]:
        async with serve(never, "127.0.0.1", 0, process_request=refuse) as server:
            port = server.sockets[0].getsockname()[1]
            async with linked(f"ws://127.0.0.1:{port}/ws") as at:
                with pytest.raises(LinkError) as caught:
                    await at.link.first_contact()
                return caught.value.code, at.events

    code, events = run(scene())
    assert code == "SERVER_REFUSED"
    assert Event.LINK_REFUSED in events


def test_hello_comes_first_and_pings_follow() -> None:
    async def pong(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, Ping):
            await talk.send(Pong(timestamp=said.timestamp))

    async def scene() -> tuple[ScriptedServer, list[Event]]:
        async with scripted_server(pong) as server, linked(server.url) as at:
            await at.link.first_contact()
            await asyncio.sleep(100)
            return server, list(at.events)

    server, events = run(scene())
    assert isinstance(server.received[0], Hello)
    assert server.received[0].room == "salon"
    assert len(server.of_type(Ping)) == 3
    assert events == [Event.LINK_UP]


def test_a_server_that_falls_silent_is_away_after_two_missed_pings() -> None:
    async def scene() -> tuple[float, list[Event]]:
        async with scripted_server(silent) as server, linked(server.url) as at:
            await at.link.first_contact()
            await at.until(lambda: Event.LINK_LOST in at.events)
            lost_at = at.clock.now()
            await at.until(lambda: at.link.connected)
            return lost_at, list(at.events)

    lost_at, events = run(scene())
    assert 60 < lost_at < 70
    assert events == [Event.LINK_UP, Event.LINK_LOST, Event.LINK_UP]


def test_a_broken_link_comes_back_and_the_answer_goes_on_where_it_was() -> None:
    asked: list[VoiceInput] = []

    async def script(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput) and not asked:
            asked.append(said)
            await talk.send(chunk(said, 0, "Il était "))
            await asyncio.sleep(0.01)
            talk.socket.transport.abort()
            # What is said while the client is away is numbered and kept.
            talk.session.stamp(chunk(said, 1, "une fois."))
            talk.session.stamp(chunk(said, 2, "", final=True))

    async def scene() -> list[str]:
        async with scripted_server(script) as server, linked(server.url) as at:
            await at.link.first_contact()
            with at.link.exchange() as exchange:
                exchange.ask("Raconte", at.clock.today(), speculative=False)
                return [piece async for piece in exchange.chunks()]

    assert run(scene()) == ["Il était ", "une fois."]


def test_a_question_that_nobody_answered_is_asked_again_after_a_restart() -> None:
    async def script(talk: Talk, said: ClientMessage) -> None:
        if not isinstance(said, VoiceInput):
            return
        if len(talks) == 0:
            talks.append(talk)
            talk.socket.transport.abort()
        else:
            await talk.send(chunk(said, 0, "Rome.", final=True))

    talks: list[Talk] = []

    async def scene() -> list[str]:
        async with scripted_server(script) as server, linked(server.url) as at:
            await at.link.first_contact()
            with at.link.exchange() as exchange:
                exchange.ask("Capitale ?", at.clock.today(), speculative=False)
                return [piece async for piece in exchange.chunks()]

    assert run(scene()) == ["Rome."]


def test_a_link_that_does_not_come_back_ends_the_answer() -> None:
    async def script(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput):
            servers[0].kill()

    servers: list[ScriptedServer] = []

    async def scene() -> float:
        async with scripted_server(script) as server, linked(server.url) as at:
            servers.append(server)
            await at.link.first_contact()
            began = at.clock.now()
            with at.link.exchange() as exchange:
                exchange.ask("Capitale ?", at.clock.today(), speculative=False)
                with pytest.raises(LinkError) as caught:
                    await anext(exchange.chunks())
            assert caught.value.code == "SERVER_LOST"
            return at.clock.now() - began

    assert GRACE_S <= run(scene()) < ANSWER_TIMEOUT_S


def test_an_error_of_the_server_is_raised_with_its_code_and_its_french() -> None:
    async def script(talk: Talk, said: ClientMessage) -> None:
        if isinstance(said, VoiceInput):
            await talk.send(
                Error(code="BUSY", message="Un instant.", recoverable=True, utterance_id=said.utterance_id)
            )

    async def scene() -> ServerSaid:
        async with scripted_server(script) as server, linked(server.url) as at:
            await at.link.first_contact()
            with at.link.exchange() as exchange:
                exchange.ask("Capitale ?", at.clock.today(), speculative=False)
                with pytest.raises(ServerSaid) as caught:
                    await anext(exchange.chunks())
                return caught.value

    error = run(scene())
    assert (error.code, error.message, error.retryable) == ("BUSY", "Un instant.", True)


def test_what_belongs_to_no_question_is_told_and_garbage_is_skipped() -> None:
    async def greet(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(b"\x00\x01")
        await socket.send("not json")
        await socket.send('{"type":"from_the_future"}')
        await socket.send('{"type":"welcome","protocol_version":1,"session_id":"s"}')
        await socket.send('{"type":"announce","text":"Le linge est sec.","seq":1}')
        await socket.wait_closed()

    async def scene() -> list[AnyServerMessage]:
        async with serve(greet, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with linked(f"ws://127.0.0.1:{port}") as at:
                await at.until(lambda: any(isinstance(m, Announce) for m in at.unasked))
                return at.unasked

    assert [m.text for m in run(scene()) if isinstance(m, Announce)] == ["Le linge est sec."]


def test_what_a_dead_socket_does_not_take_is_bounded() -> None:
    async def scene() -> int:
        async with scripted_server(silent) as server, linked(server.url) as at:
            await at.link.first_contact()
            ping = Ping(client_id="salon", state="connected", timestamp=at.clock.today())
            posted = 0
            with pytest.raises(LinkError):
                while True:  # nobody else runs meanwhile, so nothing is sent
                    at.link.post(ping)
                    posted += 1
            return posted

    assert run(scene()) == MOST_OUTGOING


def test_a_link_that_broke_is_sought_at_once_and_one_that_keeps_breaking_more_and_more_slowly() -> None:
    async def scene() -> tuple[float, list[float]]:
        async def pong(talk: Talk, said: ClientMessage) -> None:
            if isinstance(said, Ping):
                await talk.send(Pong(timestamp=said.timestamp))

        async with scripted_server(pong) as server, linked(server.url) as at:
            await at.link.first_contact()
            await asyncio.sleep(60)
            server.talks[-1].socket.transport.abort()
            lost_at = at.clock.now()
            await at.until(lambda: len(at.events) == 3)
            back = at.clock.now() - lost_at
            ups: list[float] = []
            while at.clock.now() < 400:
                await asyncio.sleep(0.25)
                if at.link.connected:
                    ups.append(at.clock.now())
                    server.talks[-1].socket.transport.abort()
            return back, ups

    back, ups = run(scene())
    assert back < 0.5
    waits = [b - a for a, b in pairwise(ups)]
    assert len(ups) < 25, "no tight loop"
    assert max(waits) <= 31
    assert waits[-1] > 10


def test_a_black_hole_is_noticed_within_65_s() -> None:
    async def scene() -> float:
        async def pong(talk: Talk, said: ClientMessage) -> None:
            if isinstance(said, Ping):
                await talk.send(Pong(timestamp=said.timestamp))

        async with (
            scripted_server(pong) as server,
            LossyLink("127.0.0.1", server.port) as wire,
            linked(f"ws://127.0.0.1:{wire.port}/ws") as at,
        ):
            await at.link.first_contact()
            await asyncio.sleep(100)
            wire.blackhole()
            gone_at = at.clock.now()
            while at.link.connected:  # noqa: ASYNC110  # virtual time: the wait costs nothing
                await asyncio.sleep(0.25)
            return at.clock.now() - gone_at

    assert run(scene()) <= LONGEST_SILENCE_S + 0.3
