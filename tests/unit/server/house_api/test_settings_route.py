"""Settings over HTTP: changed, pushed to a client, undone."""

import httpx
import pytest

from tests.fakes.running_server import Running
from tests.fakes.text_client import TextClient

pytestmark = pytest.mark.anyio

OBEYS = {"room": "salon", "capabilities": {"settings": True}}


async def changed(api: httpx.AsyncClient, **changes: object) -> httpx.Response:
    version = (await api.get("/settings")).json()["version"]
    return await api.patch("/settings", json={"version": version, "changes": changes})


async def test_a_client_is_told_and_an_undo_too(api: httpx.AsyncClient, home: Running) -> None:
    async with TextClient(home.ws, "salon-2", hello=OBEYS) as client:
        await client.until("settings")
        told = (await changed(api, **{"clients.salon-2.volume": 40, "night": "22:30-06:45"})).json()
        wish = await client.until("settings", version=told["version"])
        assert (wish["volume"], wish["night"]) == (40, "22:30-06:45")
        state = {"version": wish["version"], "volume": 40, "night": "22:30-06:45"}
        await client.send("settings_state", **state)
        await client.send("ping", state="connected", timestamp="2026-11-22T10:30:00Z")
        await client.until("pong")
        rooms = (await api.get("/rooms")).json()
        room = next(room for room in rooms if room["client_id"] == "salon-2")
        assert (room["obeyed"], room["here"]["volume"]) == (told["version"], 40)

        back = (await api.post("/settings/undo", json={"version": told["version"]})).json()
        assert back["values"]["night"] is None
        wish = await client.until("settings", version=back["version"])
        assert "volume" not in wish
        assert "night" not in wish


async def test_the_room_that_is_set_counts(api: httpx.AsyncClient, home: Running) -> None:
    async with TextClient(home.ws, "salon-3", hello={"room": "salon"}):
        await changed(api, **{"clients.salon-3.room": "véranda"})
        assert home.house.room_of("salon-3") == "véranda"
        await changed(api, **{"clients.salon-3.room": None})
        assert home.house.room_of("salon-3") == "salon"


async def test_name_and_facts_reach_the_prompt(api: httpx.AsyncClient, home: Running) -> None:
    told = await changed(api, persona="Margot", facts=["On habite à Belfort", "Le chat s'appelle {Gus}."])
    assert told.json()["persona"] == "Margot"
    system = home.house.prompt("Bonjour")[0].content
    assert "Tu es Margot," in system
    assert system.endswith("On habite à Belfort. Le chat s'appelle {Gus}.")
    await changed(api, persona=None, facts=[])
    assert "Tu es Alison," in home.house.prompt("Bonjour")[0].content


async def test_whoever_saw_an_old_version_is_told(api: httpx.AsyncClient) -> None:
    version = (await api.get("/settings")).json()["version"]
    await changed(api, night="21:00-07:00")
    stale = await api.patch("/settings", json={"version": version, "changes": {"night": "20:00-07:00"}})
    assert stale.json()["code"] == "SETTINGS_CONFLICT"
    other = await api.patch("/settings", json={"version": version, "changes": {"facts": ["Un fait."]}})
    assert other.status_code == 200
    assert (await api.get("/settings/history")).json()[0]["after"] == {"facts": ["Un fait."]}


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("night", "25:00-07:00", "SETTING_INVALID"),
        ("clients.salon.volume", 101, "SETTING_INVALID"),
        ("clients.salon.wake_words", {}, "SETTING_INVALID"),
        ("clients.a b.volume", 10, "SETTING_INVALID"),
        ("clients.salon.colour", "red", "SETTING_UNKNOWN"),
        ("nonsense", 1, "SETTING_UNKNOWN"),
        ("llm_model", "qwen", "SETTING_FIXED"),
    ],
)
async def test_what_cannot_be_is_refused(api: httpx.AsyncClient, path: str, value: object, code: str) -> None:
    before = (await api.get("/settings")).json()
    answer = await changed(api, **{path: value})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (await api.get("/settings")).json() == before
