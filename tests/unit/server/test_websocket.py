"""The wire, with a real server, a real Redis and real sockets."""

import asyncio
import json

import httpx
import pytest
import websockets

from tests.fakes.running_server import Running
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import NOW, TextClient, answer_in

pytestmark = pytest.mark.anyio
ITALY = "Quelle est la capitale de l'Italie ?"


async def test_a_client_of_the_specification_alone(shared: Running) -> None:
    async with websockets.connect(shared.ws) as ws:
        assert json.loads(await ws.recv())["type"] == "connected"
        question = {
            "type": "voice_input",
            "transcription": ITALY,
            "timestamp": NOW,
            "client_id": "c",
            "language": "fr",
        }
        await ws.send(json.dumps(question))
        got = [json.loads(await ws.recv())]
        while not got[-1]["is_final"]:
            got.append(json.loads(await ws.recv()))
        assert answer_in(got) == "La capitale de l'Italie est Rome."
        assert len(got) > 2
        await ws.send("{nonsense")
        error = json.loads(await ws.recv())
        assert (error["type"], error["code"]) == ("error", "NOT_JSON")
        assert error["message"] and error["recoverable"] is False
        await ws.send(json.dumps({"type": "ping", "client_id": "c", "state": "connected", "timestamp": NOW}))
        pong = json.loads(await ws.recv())
        assert pong == {"type": "pong", "timestamp": NOW}


async def test_only_messages_of_the_specification_before_hello(shared: Running) -> None:
    async with TextClient(shared.ws, "a", hello=False) as plain, TextClient(shared.ws, "b") as other:
        await plain.ask("Bonjour")
        await other.ask("Bonsoir")
        await plain.send("ping", state="connected", timestamp=NOW)
        await plain.until("pong")
        assert {m["type"] for m in plain.log} == {"connected", "response_chunk", "pong"}
        assert all("seq" not in m for m in plain.log)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("[]", "NOT_AN_OBJECT"),
        ('{"type": "dance"}', "UNKNOWN_TYPE"),
        ('{"type": "voice_input"}', "INVALID_MESSAGE"),
        ('{"type": "interrupt"}', "HELLO_NEEDED"),
        (b"\x00\x01", "AUDIO_UNEXPECTED"),
        ('{"x": "' + "x" * 70_000 + '"}', "FRAME_TOO_LARGE"),
        ('{"x": "' + "x" * (5 << 20) + '"}', "FRAME_TOO_LARGE"),
    ],
)
async def test_what_is_malformed_gets_a_code_and_the_connection_stays(
    shared: Running, frame: str | bytes, code: str
) -> None:
    async with TextClient(shared.ws, hello=False) as client:
        await client.ws.send(frame)
        assert (await client.receive())["code"] == code
        assert (await client.ask(ITALY))[0] == "La capitale de l'Italie est Rome."


async def test_a_monstrous_frame_closes_its_own_connection_alone(shared: Running) -> None:
    async with TextClient(shared.ws, "a") as good, TextClient(shared.ws, "b") as bad:
        with pytest.raises(websockets.ConnectionClosed):
            await bad.ws.send("x" * (16 << 20))
            await bad.receive()
        assert bad.ws.close_code in (1009, 1006)
        await good.ask(ITALY)


async def test_numbers_and_the_end_of_a_turn(shared: Running) -> None:
    async with TextClient(shared.ws) as client:
        answer, end = await client.ask(ITALY)
        assert answer == "La capitale de l'Italie est Rome."
        assert (end["route"], end["intent"], end["outcome"]) == ("llm", "conversation", "completed")
        assert {"understanding", "llm_first_token", "total"} <= end["timings_ms"].keys()
        numbers = [m["seq"] for m in client.log if "seq" in m]
        assert numbers == list(range(1, len(numbers) + 1))


async def test_health(running: Running) -> None:
    async with httpx.AsyncClient(base_url=running.address) as http:
        told = (await http.get("/health")).json()
        assert told["status"] == "ready"
        assert told["components"]["llm"] == {"state": "ready", "engine": "scripted"}
        assert (await http.get("/health/ready")).status_code == 200


async def test_two_clients_share_the_conversation(running: Running, model: ScriptedModel) -> None:
    async with TextClient(running.ws, "cuisine") as one, TextClient(running.ws, "salon") as two:
        await one.ask("Je m'appelle Alice.")
        event = await two.until("context_event", role="user")
        assert (event["text"], event["client_id"]) == ("Je m'appelle Alice.", "cuisine")
        await two.until("context_event", role="assistant")
        await two.ask("Comment je m'appelle ?")
        seen = [m.content for m in model.chats[-1]]
        assert seen[-3:] == [
            "Je m'appelle Alice.",
            "Tu as dit : Je m'appelle Alice..",
            "Comment je m'appelle ?",
        ]
        assert not [m for m in one.log if m["type"] == "context_event"]


async def test_of_two_clients_with_one_name_the_newer_wins(shared: Running) -> None:
    async with TextClient(shared.ws, "salon") as old, TextClient(shared.ws, "salon") as new:
        assert (await old.until("error"))["code"] == "CLIENT_REPLACED"
        with pytest.raises(websockets.ConnectionClosed):
            await old.receive()
        assert old.ws.close_code == 4001
        await new.ask(ITALY)


async def test_one_connection_is_one_client(shared: Running) -> None:
    async with TextClient(shared.ws, "salon") as client:
        await client.send("ping", client_id="cuisine", state="connected", timestamp=NOW)
        assert (await client.receive())["code"] == "CLIENT_ID_MISMATCH"


async def test_who_talks_too_fast_is_told_once(shared: Running) -> None:
    async with TextClient(shared.ws) as client:
        for _ in range(200):
            await client.send("ping", state="connected", timestamp=NOW)
        assert (await client.until("error"))["code"] == "RATE_LIMITED"
        await asyncio.sleep(0.2)
        await client.send("ping", state="connected", timestamp=NOW)
        assert (await client.until("pong"))["timestamp"] == NOW
        assert len([m for m in client.log if m["type"] == "error"]) == 1


@pytest.mark.parametrize(("origin", "accepted"), [("http://evil.example", False), (None, True)])
async def test_pages_of_other_sites_are_refused(shared: Running, origin: str | None, accepted: bool) -> None:
    try:
        async with websockets.connect(shared.ws, origin=websockets.Origin(origin) if origin else None) as ws:
            assert json.loads(await ws.recv())["type"] == "connected"
        assert accepted
    except websockets.InvalidStatus as error:
        assert not accepted and error.response.status_code == 403


async def test_a_page_of_our_own_is_accepted(running: Running) -> None:
    async with websockets.connect(running.ws, origin=websockets.Origin(running.address)) as ws:
        assert json.loads(await ws.recv())["type"] == "connected"


async def test_hello_twice_or_of_another_version(running: Running) -> None:
    async with TextClient(running.ws) as client:
        await client.send("hello")
        assert (await client.receive())["code"] == "HELLO_REPEATED"
    async with TextClient(running.ws, hello=False) as client:
        await client.ask(ITALY)
        await client.send("hello")
        assert (await client.receive())["code"] == "HELLO_LATE"


async def test_what_was_missed_comes_after_a_reconnection(running: Running, model: ScriptedModel) -> None:
    model.stop_after = 1
    async with TextClient(running.ws) as client:
        await client.say(ITALY)
        first = await client.until("response_chunk")
        turn_id = first["turn_id"]
    model.release.set()
    resume = {"session_id": client.session_id, "last_seq": client.last_seq}
    async with TextClient(running.ws, hello=resume) as again:
        assert again.welcome["resumed"] is True
        await again.until("turn_end", turn_id=turn_id, outcome="completed")
        assert answer_in(client.log + again.log, turn_id) == "La capitale de l'Italie est Rome."
        numbers = [m["seq"] for m in client.log + again.log if "seq" in m]
        assert numbers == list(range(1, len(numbers) + 1))


async def test_a_question_sent_again_after_a_reconnection_is_answered_once(
    running: Running, model: ScriptedModel
) -> None:
    async with TextClient(running.ws) as client:
        await client.ask(ITALY, utterance_id="u1")
    resume = {"session_id": client.session_id, "last_seq": client.last_seq}
    async with TextClient(running.ws, hello=resume) as again:
        await again.say(ITALY, utterance_id="u1")
        await again.ask("Chantons", utterance_id="u2")
    assert model.questions == [ITALY, "Chantons"]


async def test_forget_a_turn_and_everything(running: Running, model: ScriptedModel) -> None:
    async with TextClient(running.ws) as client:
        _, end = await client.ask("Mon code est 1234.")
        await client.ask("J'aime le thé.")
        await client.send("forget", scope="turn", turn_id=end["turn_id"])
        await client.ask("Que sais-tu ?")
        assert "1234" not in str(model.chats[-1]) and "thé" in str(model.chats[-1])
        await client.send("forget", scope="all")
        await client.ask("Et maintenant ?")
        assert model.chats[-1][:-1] == model.chats[0][:-1]
        await client.send("forget", scope="day")
        assert (await client.until("error"))["code"] == "FORGET_INVALID"
