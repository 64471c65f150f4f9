"""A Redis elsewhere, through TLS: both sides prove who they are, with the certificates of `deploy/`."""

import asyncio
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from hive_mind.server.backup.house_redis import house_redis
from hive_mind.server.config import ServerConfig
from hive_mind.server.core.redis_client import connect
from hive_mind.server.core.redis_server import runtime_dir
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient

pytestmark = pytest.mark.anyio
MAKE = Path(__file__).parents[3] / "deploy" / "redis" / "make_certificates.py"


@asynccontextmanager
async def behind_tls(redis: Path, tls: Path) -> AsyncIterator[int]:
    """A TLS end in front of a Redis, which asks for a certificate of the house."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(tls / "ca.crt"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(tls / "redis.crt", tls / "redis.key")

    async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(str(redis))
        await asyncio.gather(_pass(reader, back), _pass(there, writer))

    server = await asyncio.start_server(_serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.fixture
def tls(tmp_path: Path) -> Path:
    folder = tmp_path / "tls"
    folder.mkdir()
    subprocess.run([sys.executable, str(MAKE), str(folder), "127.0.0.1"], check=True)
    return folder


async def test_a_house_whose_redis_is_reached_through_tls(tmp_path: Path, tls: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    async with (
        house_redis(ServerConfig(data=elsewhere)),
        behind_tls(runtime_dir(elsewhere) / "redis.sock", tls) as port,
    ):
        trusted = f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={tls / 'ca.crt'}"
        mine = f"&ssl_certfile={tls / 'client.crt'}&ssl_keyfile={tls / 'client.key'}"
        async with (
            running_server(tmp_path, ScriptedModel(), redis_url=trusted + mine) as running,
            TextClient(running.ws) as client,
        ):
            await client.ask("Je m'appelle Alice.")
            assert running.house.context.available
            assert (await running.house.context.fields.health()).entries == 2
        for refused in (trusted, f"rediss://127.0.0.1:{port}/0?" + mine[1:]):
            stranger = connect(refused)
            with pytest.raises((RedisError, OSError)):
                await stranger.ping()
            await stranger.aclose()
