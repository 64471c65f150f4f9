"""A real server that speaks TLS, and the client's own code: pairing, connecting, renewing, being revoked."""

import asyncio
import json
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import websockets

from hive_mind.client.access.admission import Admission
from hive_mind.client.access.credentials import Credentials, CredentialsFile
from hive_mind.client.access.http import ask_json, base_of
from hive_mind.client.access.pairing import Knock, Visitor, pair, read_link
from hive_mind.client.access.trust import authority_of, context_for
from hive_mind.client.core.clock import SystemClock
from hive_mind.client.core.state import Event
from hive_mind.client.core.websocket import ServerLink
from hive_mind.errors import HiveMindError
from hive_mind.protocol.session import ClientSession
from hive_mind.server.core.access.tokens import owner_token
from hive_mind.server.core.crypto import load_key
from tests.fakes.running_server import Running, running_server
from tests.fakes.text_client import NOW, answer_in
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio
WHO = Visitor("cuisine", "La cuisine", "cuisine")


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Running, Path]]:
    folder = tmp_path_factory.mktemp("house")
    # As another machine sees it: this one is not trusted.
    async with running_server(folder, tls="on", trust_loopback=False, speech="off") as server:
        yield server, folder


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


async def owner(
    house: tuple[Running, Path], path: str, body: object = None, method: str | None = None
) -> dict:  # type: ignore[type-arg]
    running, folder = house
    token = owner_token(load_key(None, folder / "context.key"), datetime.now(UTC))
    context = await asyncio.to_thread(lambda: context_for(running.ws, authority_of(running.ws)))
    told: dict[str, object] = await asyncio.to_thread(
        lambda: ask_json(
            f"{base_of(running.ws)}/api/{path}", body, method=method, token=token, context=context
        )
    )
    return told


async def paired(house: tuple[Running, Path], file: CredentialsFile, **rights: object) -> Credentials:
    told = await owner(house, "pair/codes", rights)
    link = read_link(str(told["link"]))
    now = datetime.now(UTC)
    granted = await asyncio.to_thread(pair, house[0].ws, link.digits, WHO, now, link.fingerprint)
    file.keep(granted)
    return granted


@asynccontextmanager
async def linked(
    house: tuple[Running, Path], file: CredentialsFile, events: list[Event]
) -> AsyncIterator[ServerLink]:
    clock = SystemClock()
    admission = Admission(house[0].ws, file, clock)
    link = ServerLink(
        house[0].ws, ClientSession("cuisine"), clock, admission=admission, on_event=events.append
    )
    running = asyncio.ensure_future(link.run())
    try:
        yield link
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_a_client_is_paired_connects_asks_renews_and_is_revoked(
    house: tuple[Running, Path], tmp_path: Path
) -> None:
    file = CredentialsFile(tmp_path)
    events: list[Event] = []
    async with linked(house, file, events) as link:
        await eventually(
            lambda: Event.LINK_REFUSED in events
        )  # not paired: it does not even trust the server
        assert link.failure is not None
        assert link.failure.code == "SERVER_UNTRUSTED"
    granted = await paired(house, file)
    assert stat.S_IMODE((tmp_path / "access.json").stat().st_mode) == 0o600
    events.clear()
    async with linked(house, file, events) as link:
        await link.first_contact()
        with link.exchange() as exchange:
            exchange.ask("Quelle heure est-il ?", datetime.now(UTC), speculative=False)
            assert "Il est" in "".join([piece async for piece in exchange.chunks()])
            # Renewed beside a running connection: nothing is dropped.
            fresh = await Admission(house[0].ws, file, SystemClock()).renew()
            assert fresh.refresh != granted.refresh
            assert (await exchange.ended()) is not None
        assert link.connected
        await owner(house, "clients/cuisine", method="DELETE")
        await eventually(lambda: Event.LINK_REFUSED in events)
        assert not link.connected


async def test_an_expired_token_is_renewed_before_it_is_shown(
    house: tuple[Running, Path], tmp_path: Path
) -> None:
    file = CredentialsFile(tmp_path)
    granted = await paired(house, file)
    file.keep(
        granted.model_copy(update={"access": "worthless", "expires": granted.expires - timedelta(hours=1)})
    )
    events: list[Event] = []
    async with linked(house, file, events) as link:
        await link.first_contact()
    kept = file.find(house[0].ws)
    assert kept is not None
    assert kept.refresh != granted.refresh


async def test_two_programs_of_one_machine_renew_once(house: tuple[Running, Path], tmp_path: Path) -> None:
    file = CredentialsFile(tmp_path)
    granted = await paired(house, file)
    programs = [Admission(house[0].ws, file, SystemClock()) for _ in range(4)]
    fresh = await asyncio.gather(*(program.renew(granted) for program in programs))
    assert len({one.refresh for one in fresh}) == 1


async def test_a_client_found_on_the_network_is_approved(house: tuple[Running, Path]) -> None:
    waiting = await asyncio.to_thread(Knock, house[0].ws, Visitor("salon", "Le salon"))
    answer = asyncio.ensure_future(waiting.answer(SystemClock()))
    told = await owner(house, "pair/approve", {"code": waiting.digits, "rights": {"private": True}})
    assert told["client_id"] == "salon"
    assert (await answer).client_id == "salon"
    assert house[0].house.access.register.client("salon").rights.private


async def test_the_wrong_certificate_is_noticed(house: tuple[Running, Path]) -> None:
    told = await owner(house, "pair/codes", {})
    now = datetime.now(UTC)
    with pytest.raises(HiveMindError, match="somebody may stand between"):
        await asyncio.to_thread(pair, house[0].ws, str(told["code"]), WHO, now, "00" * 32)
    with pytest.raises(ssl.SSLCertVerificationError):
        async with websockets.connect(house[0].ws):
            pass


@pytest.mark.parametrize("kind", ["hello", "voice_input", "ping"])
async def test_a_token_in_the_first_message(house: tuple[Running, Path], tmp_path: Path, kind: str) -> None:
    granted = await paired(house, CredentialsFile(tmp_path))
    context = context_for(house[0].ws, granted.authority)
    fields = {
        "hello": {},
        "voice_input": {"transcription": "Quelle heure est-il ?", "timestamp": NOW},
        "ping": {"state": "connected", "timestamp": NOW},
    }[kind]
    async with websockets.connect(house[0].ws, ssl=context) as ws:
        assert json.loads(await ws.recv())["type"] == "connected"
        await ws.send(json.dumps({"type": kind, "client_id": "cuisine", "token": granted.access, **fields}))
        got = [json.loads(await ws.recv())]
        if kind == "voice_input":
            while not got[-1]["is_final"]:
                got.append(json.loads(await ws.recv()))
            assert "Il est" in answer_in(got)
        assert got[0]["type"] == {"hello": "welcome", "voice_input": "response_chunk", "ping": "pong"}[kind]
        await ws.send(json.dumps({"type": "interrupt"}))
        await ws.send(
            json.dumps({"type": "ping", "client_id": "salon", "state": "connected", "timestamp": NOW})
        )
        while (said := json.loads(await ws.recv()))["type"] != "error":
            continue
        assert said["code"] == "CLIENT_ID_MISMATCH"


@pytest.mark.parametrize(
    ("first", "code"),
    [
        (
            '{"type": "ping", "client_id": "a", "state": "connected", "timestamp": "2026-11-22T10:30:00Z"}',
            "UNAUTHORISED",
        ),
        ('{"type": "hello", "client_id": "a", "token": "a.b.c"}', "UNAUTHORISED"),
        (b"\x00\x00", "UNAUTHORISED"),
    ],
)
async def test_without_a_token_nothing_is_heard(
    house: tuple[Running, Path], first: str | bytes, code: str
) -> None:
    context = context_for(house[0].ws, await asyncio.to_thread(authority_of, house[0].ws))
    async with websockets.connect(house[0].ws, ssl=context) as ws:
        assert json.loads(await ws.recv())["type"] == "connected"
        await ws.send(first)
        assert json.loads(await ws.recv())["code"] == code
        with pytest.raises(websockets.ConnectionClosed):
            await ws.recv()
        assert ws.close_code == 4401


async def test_strangers_are_few(house: tuple[Running, Path]) -> None:
    context = context_for(house[0].ws, await asyncio.to_thread(authority_of, house[0].ws))
    sockets = [await websockets.connect(house[0].ws, ssl=context) for _ in range(9)]
    try:
        for socket in sockets:
            assert json.loads(await socket.recv())["type"] == "connected"
        assert json.loads(await sockets[-1].recv())["code"] == "RATE_LIMITED"
    finally:
        for socket in sockets:
            await socket.close()
    await eventually(lambda: not house[0].house.access.strangers.total())


async def test_a_plain_connection_from_this_machine_still_works(house: tuple[Running, Path]) -> None:
    plain = house[0].ws.replace("wss://", "ws://")
    async with websockets.connect(plain) as ws:
        assert json.loads(await ws.recv())["type"] == "connected"
