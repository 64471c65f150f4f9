"""What a paired client may do, and a guest of whom nothing is remembered: a real server, real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets

from hive_mind.protocol.messages import Forget
from hive_mind.server.core.access.identity import Rights
from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio
SECRET = "Le cadeau de Paul est un violoncelle"
OTHER = "Que prépare-t-on pour Paul ?"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def model() -> ScriptedModel:
    return ScriptedModel({SECRET: ("C'est noté.",), OTHER: ("Je ne sais pas.",)})


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory, model: ScriptedModel) -> AsyncIterator[Running]:
    folder = tmp_path_factory.mktemp("rights")
    async with running_server(folder, model, trust_loopback=False, speech="off") as server:
        await eventually(lambda: "list_add" in server.house.plugins.host.intents(), within=60)
        await eventually(lambda: server.house.grammar.match("Lis la liste de courses") is not None, within=60)
        yield server


async def token(running: Running, client_id: str, **rights: Any) -> str:
    desk = running.house.access
    allowed = Rights(**rights)
    await desk.change(lambda r: (r.let_in(client_id, client_id, client_id, allowed, desk.now()), None))
    return desk.register.tokens_of(client_id, desk.now()).access


@asynccontextmanager
async def client(
    running: Running, client_id: str, room: str = "", **rights: Any
) -> AsyncIterator[TextClient]:
    hello = {"token": await token(running, client_id, **rights), "room": room or client_id}
    async with TextClient(running.ws, client_id, hello=hello) as opened:
        yield opened


async def test_a_guest_leaves_nothing_and_learns_nothing(running: Running, model: ScriptedModel) -> None:
    house = running.house
    async with client(running, "bureau") as family, client(running, "chambre", private=True) as guest:
        await family.ask("Bonjour")
        before = await house.context.between(None, None)
        assert (await guest.ask(SECRET))[0] == "C'est noté."
        assert (await guest.ask("Pourquoi ?"))[0]  # it may ask about its own talk
        await guest.ask("Mets un minuteur de dix minutes pour le violoncelle")
        assert (await family.ask(OTHER))[0] == "Je ne sais pas."
        await guest.ask("Qu'est-ce qu'on a dit ?")
        assert "Paul" not in str([m for m in guest.log if m["type"] == "context_event"])
        assert not [m for m in guest.log if m["type"] == "context_event"]
        assert not [m for m in family.log if m.get("client_id") == "chambre"]
        said = await house.context.between(None, None)
        assert [entry.client_id for entry in said[len(before) :]] == ["bureau", "bureau"]
        assert all("violoncelle" not in trace.heard for trace in house.traces.newest_first())
        assert await house.context.load_state("time:chambre") is None
        assert await running.house.context.load_state("chambre") is None
        keys = [key async for key in house.context._store._redis.scan_iter()]
        assert not [key for key in keys if b"chambre" in key]
    asked = [str(chat) for chat in model.chats]
    assert any("violoncelle" in prompt for prompt in asked)
    assert not any("violoncelle" in prompt and OTHER in prompt for prompt in asked)


async def test_a_guest_forgets_its_own_talk_alone(running: Running) -> None:
    async with client(running, "bureau") as family, client(running, "chambre", private=True) as guest:
        await family.ask("Bonjour")
        kept = len(await running.house.context.between(None, None))
        await guest.send("forget", scope="all")
        await guest.ask("Bonjour")
        assert len(await running.house.context.between(None, None)) == kept
    remote = running.house.remotes["chambre"]
    assert await remote.talk.forget(Forget(scope="all")) > 0


async def test_a_plugin_that_is_not_allowed_is_not_asked(running: Running) -> None:
    async with client(running, "entree", plugins=["weather"]) as limited:
        answer, end = await limited.ask("Ajoute du lait à la liste de courses")
        assert answer == "Cet appareil n'a pas le droit d'utiliser ce service."
        assert end["outcome"] == "completed"
    async with client(running, "entree") as free:
        answer, _ = await free.ask("Lis la liste de courses")
        assert "lait" not in answer


async def test_a_room_that_is_not_allowed_is_left_alone(running: Running) -> None:
    async with client(running, "cuisine") as kitchen, client(running, "garage", rooms=["Garage"]) as limited:
        order = "Mets un minuteur de cinq minutes dans la cuisine"
        assert (await limited.ask(order))[0] == "Cet appareil n'a pas le droit d'agir dans cette pièce."
        assert (await kitchen.ask("Il reste combien de temps ?"))[0] == "Il n'y a pas de minuteur en cours."
        await limited.ask("Mets un minuteur de cinq minutes")
        assert "pas de minuteur" not in (await limited.ask("Il reste combien de temps ?"))[0]


async def test_a_client_stands_where_it_may(running: Running) -> None:
    async with client(running, "garage", room="chambre", rooms=["Garage"]):
        assert running.house.remotes["garage"].room == "garage"


async def test_rights_that_change_are_felt_at_once(running: Running) -> None:
    async with client(running, "salle") as one:
        await one.ask("Bonjour")
        await running.house.access.allow("salle", Rights(plugins=()))
        answer, _ = await one.ask("Ajoute du lait à la liste de courses")
        assert "pas le droit" in answer
        await running.house.access.allow("salle", Rights(private=True))
        with pytest.raises(websockets.ConnectionClosed):
            async with asyncio.timeout(5):
                while True:
                    await one.ws.recv()
        assert one.ws.close_code == 1012
    fresh = running.house.access.register.tokens_of("salle", running.house.access.now()).access
    async with TextClient(running.ws, "salle", hello={"token": fresh}) as again:
        await again.ask("Bonjour")
        assert running.house.remotes["salle"].talk.private


async def test_a_client_speaks_under_its_own_name(running: Running) -> None:
    headers = {"Authorization": f"Bearer {await token(running, 'couloir')}"}
    async with websockets.connect(running.ws, additional_headers=headers) as ws:
        await ws.recv()
        await ws.send(json.dumps({"type": "hello", "client_id": "salon"}))
        assert json.loads(await ws.recv())["code"] == "CLIENT_ID_MISMATCH"
        await ws.send(json.dumps({"type": "hello", "client_id": "couloir:terminal"}))
        assert json.loads(await ws.recv())["type"] == "welcome"
