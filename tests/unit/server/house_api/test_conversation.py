"""What was said: shown, found again, forgotten here and in the store."""

import httpx
import pytest

from tests.fakes.running_server import Running
from tests.fakes.text_client import TextClient

pytestmark = pytest.mark.anyio


async def test_found_again_and_forgotten(api: httpx.AsyncClient, home: Running, cuisine: TextClient) -> None:
    _, end = await cuisine.ask("Raconte l'histoire du hérisson Éloi.")
    turn_id = end["turn_id"]
    shown = (await api.get("/conversation")).json()["entries"]
    mine = [entry for entry in shown if entry["turn_id"] == turn_id]
    assert [entry["role"] for entry in mine] == ["user", "assistant"]
    assert (mine[0]["room"], mine[0]["route"]) == ("cuisine", "llm")

    found = (await api.get("/conversation", params={"q": "eloi HERIS"})).json()["entries"]
    assert {entry["turn_id"] for entry in found} == {turn_id}
    assert (await api.get("/conversation", params={"q": "licorne"})).json()["entries"] == []
    other = await api.get("/conversation", params={"client_id": "salon"})
    assert turn_id not in {entry["turn_id"] for entry in other.json()["entries"]}

    assert (await api.delete(f"/conversation/{turn_id}")).json() == {"erased": 2}
    left = (await api.get("/conversation")).json()["entries"]
    assert turn_id not in {entry["turn_id"] for entry in left}
    stored = await home.house.context.between(None, None)
    assert all(entry.turn_id != turn_id for entry in stored)
    assert (await api.get(f"/turns/{turn_id}")).status_code == 404


async def test_pages_go_back_in_time(api: httpx.AsyncClient, cuisine: TextClient) -> None:
    for question in ("Une ?", "Deux ?", "Trois ?"):
        await cuisine.ask(question)
    newest = (await api.get("/conversation", params={"limit": 2})).json()
    assert newest["more"] is True
    before = newest["entries"][0]["timestamp"]
    older = (await api.get("/conversation", params={"limit": 2, "before": before})).json()["entries"]
    assert [entry["text"] for entry in older] == ["Deux ?", "Tu as dit : Deux ?."]


async def test_everything_is_forgotten(api: httpx.AsyncClient, home: Running, cuisine: TextClient) -> None:
    await cuisine.ask("Un secret.")
    assert (await api.post("/conversation/forget", json={"scope": "all"})).json()["erased"] >= 2
    assert (await api.get("/conversation")).json() == {"entries": [], "more": False}
    assert (await api.get("/quality")).json()["total"]["turns"] == 0
    answer = await api.post("/conversation/forget", json={"scope": "day"})
    assert answer.json()["code"] == "FORGET_INVALID"


async def test_the_page_hears_what_is_said(api: httpx.AsyncClient, cuisine: TextClient) -> None:
    async with api.stream("GET", "/events") as events:
        lines = events.aiter_lines()
        assert (await anext(lines)).startswith(":")
        await cuisine.say("Bonjour la page.")
        heard = []
        async for line in lines:
            heard.append(line)
            if line.startswith("data:") and "Bonjour la page." in line:
                break
    assert "event: entry" in heard
