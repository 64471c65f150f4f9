"""Real sockets that break in the middle of frames: what the server says arrives once, in order."""

import asyncio
import random

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from hive_mind.errors import ProtocolError
from hive_mind.protocol.codec import decode_client, decode_server, encode
from hive_mind.protocol.messages import Announce, Connected, Hello, Welcome
from hive_mind.protocol.session import ClientSession, ServerSession, backoff
from tests.fakes.lossy_link import LossyLink

ANNOUNCEMENTS = 300
PATIENCE_S = 60


class Herald:
    """A server that counts aloud to its one client, whoever carries the socket at the moment."""

    def __init__(self) -> None:
        self.sessions: dict[str, ServerSession] = {}
        self.socket: ServerConnection | None = None
        self.resumed: list[bool] = []

    async def converse(self, socket: ServerConnection) -> None:
        session = ServerSession(f"session-{len(self.sessions)}-{len(self.resumed)}")
        try:
            await socket.send(encode(Connected()))
            hello = decode_client(await socket.recv())
            assert isinstance(hello, Hello)
            answers = session.on_hello(hello, self.sessions.get(hello.session_id or ""))
            assert isinstance(answers[0], Welcome)
            self.resumed.append(answers[0].resumed)
            self.sessions[session.session_id] = session
            for answer in answers:
                await socket.send(encode(answer))
            # Said while the replay was going out: the client asks again when it sees the gap.
            self.socket = socket
            await socket.wait_closed()
        except ConnectionClosed:
            pass

    async def count(self, welcomed: asyncio.Event) -> None:
        await welcomed.wait()
        for number in range(ANNOUNCEMENTS):
            session = next(iter(self.sessions.values()))
            frame = encode(session.stamp(Announce(text=str(number))))
            if self.socket is not None:
                try:
                    await self.socket.send(frame)
                except ConnectionClosed:
                    self.socket = None
            await asyncio.sleep(0.002)


async def listen(client: ClientSession, port: int, heard: list[int], welcomed: asyncio.Event) -> None:
    """A client that reconnects until it has heard everything."""
    attempt = 0
    while len(heard) < ANNOUNCEMENTS:
        await asyncio.sleep(backoff(attempt, 0) / 50)
        attempt += 1
        try:
            async with connect(f"ws://127.0.0.1:{port}/ws", proxy=None) as socket:
                await socket.send(encode(client.hello()))
                while len(heard) < ANNOUNCEMENTS:
                    message = client.receive(decode_server(await socket.recv()))
                    attempt = 0
                    if isinstance(message, Welcome):
                        welcomed.set()
                    if isinstance(message, Announce):
                        heard.append(int(message.text))
        except (OSError, ConnectionClosed, InvalidHandshake, EOFError):
            client.lost()
        except ProtocolError as error:
            assert error.code == "SEQUENCE_GAP", error.message
            client.lost()


async def disturb(link: LossyLink, seed: int, welcomed: asyncio.Event) -> None:
    """Breaks the link again and again, mostly within a frame."""
    await welcomed.wait()
    chance = random.Random(seed)
    while True:
        await asyncio.sleep(chance.uniform(0.01, 0.06))
        match chance.randrange(4):
            case 0:
                link.cut()
            case 1:
                link.reset()
            case _:
                link.cut_after(chance.randrange(1, 400))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_lost_and_nothing_twice(seed: int) -> None:
    herald, client, heard = Herald(), ClientSession("c"), list[int]()

    async def main() -> int:
        welcomed = asyncio.Event()
        async with serve(herald.converse, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with LossyLink("127.0.0.1", port) as link, asyncio.timeout(PATIENCE_S):
                trouble = asyncio.create_task(disturb(link, seed, welcomed))
                async with asyncio.TaskGroup() as group:
                    group.create_task(herald.count(welcomed))
                    group.create_task(listen(client, link.port, heard, welcomed))
                trouble.cancel()
                return link.accepted

    sockets = asyncio.run(main())
    assert heard == list(range(ANNOUNCEMENTS))
    assert sockets > 3, "the link did break"
    assert herald.resumed.count(True) > 1
