"""Rooms: who is there, timers and alarms, words said there."""

import asyncio
from contextlib import aclosing

import httpx
import pytest

from tests.fakes.running_server import Running
from tests.fakes.text_client import TextClient

pytestmark = pytest.mark.anyio


async def the_room(api: httpx.AsyncClient, client_id: str) -> dict[str, object]:
    found = (await api.get("/rooms")).json()
    return next(dict(room) for room in found if room["client_id"] == client_id)


async def test_a_client_is_shown_where_it_stands(api: httpx.AsyncClient, cuisine: TextClient) -> None:
    room = await the_room(api, "cuisine-1")
    assert (room["room"], room["connected"]) == ("cuisine", True)


async def test_a_timer_is_set_and_cancelled(api: httpx.AsyncClient, cuisine: TextClient) -> None:
    told = (await api.post("/rooms/cuisine-1/timers", json={"seconds": 540, "name": "pâtes"})).json()
    assert "9 minutes" in told["reply"]
    (timer,) = told["timers"]
    assert (timer["name"], timer["duration_s"]) == ("pâtes", 540)
    answer, _ = await cuisine.ask("Combien de temps reste-t-il ?")
    assert "pâtes" in answer
    gone = await api.delete(f"/rooms/cuisine-1/timers/{timer['timer_id']}")
    assert gone.json()["timers"] == []
    again = await api.delete(f"/rooms/cuisine-1/timers/{timer['timer_id']}")
    assert (again.status_code, again.json()["code"]) == (404, "NOT_FOUND")


async def test_a_stopwatch_is_shown_and_put_away(api: httpx.AsyncClient, cuisine: TextClient) -> None:
    await cuisine.ask("Lance le chronomètre")
    watch = (await the_room(api, "cuisine-1"))["stopwatch"]
    assert isinstance(watch, dict) and watch["started"]
    assert (await api.delete("/rooms/cuisine-1/stopwatch")).json()["stopwatch"] is None


async def test_a_room_is_shown_answering_for_as_long_as_it_sounds(
    api: httpx.AsyncClient, cuisine: TextClient, home: Running
) -> None:
    async with aclosing(home.house.bulletin.read(10.0)) as changes, asyncio.timeout(30):

        async def told(*, answering: bool) -> None:
            async for news in changes:
                if news is not None and (await the_room(api, "cuisine-1"))["answering"] is answering:
                    return

        waiting = asyncio.ensure_future(told(answering=False))
        await asyncio.sleep(0)
        _, end = await cuisine.ask("Quelle heure est-il ?")
        await waiting
        for state in ("started", "finished"):
            await cuisine.send("playout", turn_id=end["turn_id"], state=state)
            await told(answering=state == "started")


async def test_an_alarm_comes_back_on_its_days(api: httpx.AsyncClient, cuisine: TextClient) -> None:
    wish = {"hour": 6, "minute": 45, "days": [4, 0, 4], "name": "école"}
    told = (await api.post("/rooms/cuisine-1/alarms", json=wish)).json()
    (alarm,) = told["alarms"]
    assert (alarm["hour"], alarm["minute"], alarm["days"], alarm["name"]) == (6, 45, [0, 4], "école")
    assert (await api.delete(f"/rooms/cuisine-1/alarms/{alarm['alarm_id']}")).json()["alarms"] == []


async def test_words_are_said_in_a_room(api: httpx.AsyncClient, cuisine: TextClient) -> None:
    said = await api.post("/rooms/cuisine-1/say", json={"text": "À table !"})
    assert said.json() == {"said": True}
    assert (await cuisine.until("announce"))["text"] == "À table !"


async def test_a_client_that_owns_its_timers_is_told(api: httpx.AsyncClient, cuisine: TextClient) -> None:
    owner = {"capabilities": {"local_commands": True}}
    async with TextClient(cuisine.url, "salon-1", hello=owner) as salon:
        await api.post("/rooms/salon-1/timers", json={"seconds": 60})
        command = await salon.until("device_command")
        assert command["command"] == "merge"
        assert command["params"]["timers"][0]["duration_s"] == 60


@pytest.mark.parametrize("body", [{}, {"seconds": 0}, {"seconds": "soon"}, {"seconds": 5, "name": "x" * 999}])
async def test_nonsense_is_refused(api: httpx.AsyncClient, cuisine: TextClient, body: object) -> None:
    answer = await api.post("/rooms/cuisine-1/timers", json=body)
    assert answer.status_code == 422
    assert set(answer.json()) >= {"code", "message"}


async def test_an_unknown_client(api: httpx.AsyncClient) -> None:
    answer = await api.post("/rooms/nobody/say", json={"text": "Ohé"})
    assert (answer.status_code, answer.json()["code"]) == (404, "CLIENT_UNKNOWN")
