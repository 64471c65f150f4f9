"""The lossy link does to a connection what it says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.fakes.lossy_link import LossyLink

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
PATIENCE_S = 5.0
SILENCE_S = 0.05


@contextlib.asynccontextmanager
async def echo() -> AsyncIterator[LossyLink]:
    """A link to a server that sends back what it gets."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1024):
                writer.write(data)
                await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, LossyLink("127.0.0.1", server.sockets[0].getsockname()[1]) as link:
        yield link


@contextlib.asynccontextmanager
async def client(link: LossyLink) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def say(streams: Streams, text: bytes) -> bytes:
    reader, writer = streams
    writer.write(text)
    async with asyncio.timeout(PATIENCE_S):
        return await reader.readexactly(len(text))


async def is_silent(streams: Streams) -> bool:
    """Nothing comes, not even an end."""
    try:
        async with asyncio.timeout(SILENCE_S):
            await streams[0].read(1)
    except TimeoutError:
        return True
    return False


def run(test: Callable[[LossyLink], Awaitable[None]]) -> None:
    async def main() -> None:
        async with echo() as link:
            await test(link)

    asyncio.run(main())


def test_carries_both_ways() -> None:
    async def test(link: LossyLink) -> None:
        async with client(link) as a, client(link) as b:
            assert await say(a, b"hello" * 50_000) == b"hello" * 50_000
            assert await say(b, b"you") == b"you"
            assert (link.accepted, link.open) == (2, 2)
            assert link.carried == {"up": 250_003, "down": 250_003}

    run(test)


def test_delays_each_way() -> None:
    async def test(link: LossyLink) -> None:
        async with client(link) as streams:
            link.delay(0.05)
            loop = asyncio.get_running_loop()
            start = loop.time()
            assert await say(streams, b"x") == b"x"
            assert loop.time() - start >= 0.1

    run(test)


def test_holds_and_releases() -> None:
    async def test(link: LossyLink) -> None:
        async with client(link) as streams:
            link.hold()
            streams[1].write(b"late")
            assert await is_silent(streams)
            link.release()
            async with asyncio.timeout(PATIENCE_S):
                assert await streams[0].readexactly(4) == b"late"

    run(test)


def test_a_black_hole_says_nothing_until_a_new_connection_after_healing() -> None:
    async def test(link: LossyLink) -> None:
        async with client(link) as old:
            assert await say(old, b"x") == b"x"
            link.blackhole()
            old[1].write(b"lost")
            assert await is_silent(old)
            async with client(link) as unheard:
                unheard[1].write(b"lost")
                assert await is_silent(unheard)
            link.heal()
            assert await is_silent(old)
            async with client(link) as new:
                assert await say(new, b"back") == b"back"

    run(test)


def test_cuts() -> None:
    async def test(link: LossyLink) -> None:
        async with client(link) as streams:
            await say(streams, b"x")
            link.cut()
            async with asyncio.timeout(PATIENCE_S):
                assert await streams[0].read(1) == b""
        async with client(link) as streams:
            assert await say(streams, b"again") == b"again"

    run(test)


def test_cuts_in_the_middle() -> None:
    async def test(link: LossyLink) -> None:
        async with client(link) as streams:
            link.cut_after(3)
            streams[1].write(b"hello")
            async with asyncio.timeout(PATIENCE_S):
                assert await streams[0].read(100) == b"hel"
                assert await streams[0].read(100) == b""

    run(test)


def test_resets() -> None:
    async def test(link: LossyLink) -> None:
        async with client(link) as streams:
            await say(streams, b"x")
            link.reset()
            with pytest.raises(ConnectionResetError):
                async with asyncio.timeout(PATIENCE_S):
                    await streams[0].read(1)

    run(test)


def test_refuses_and_accepts_on_the_same_port() -> None:
    async def test(link: LossyLink) -> None:
        async with client(link) as streams:
            await say(streams, b"x")
            await link.refuse()
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", link.port)
            assert await say(streams, b"still") == b"still"
        port = link.port
        await link.accept()
        assert link.port == port
        async with client(link) as streams:
            assert await say(streams, b"back") == b"back"

    run(test)


def test_a_server_that_is_away_resets_the_client() -> None:
    async def main() -> None:
        server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        async with LossyLink("127.0.0.1", port) as link, client(link) as (reader, _):
            with pytest.raises(ConnectionResetError):
                async with asyncio.timeout(PATIENCE_S):
                    await reader.read(1)

    asyncio.run(main())
