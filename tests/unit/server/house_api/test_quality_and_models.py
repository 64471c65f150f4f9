"""Quality, models, QR codes."""

import httpx
import pytest

from tests.fakes.running_server import Running
from tests.fakes.text_client import TextClient

pytestmark = pytest.mark.anyio


async def test_a_turn_in_bars_and_words(api: httpx.AsyncClient, cuisine: TextClient) -> None:
    _, end = await cuisine.ask("Parle-moi de la mer.")
    await cuisine.send("playout", turn_id=end["turn_id"], state="started", since_question_ms=912.0)
    await cuisine.send("ping", state="connected", timestamp="2026-11-22T10:30:00Z")
    await cuisine.until("pong")
    turn = (await api.get(f"/turns/{end['turn_id']}")).json()
    assert "Parle-moi de la mer" in turn["why"]
    stages = [bar["stage"] for bar in turn["bars"]]
    assert "understanding" in stages
    assert turn["bars"][-1] == {"stage": "first_audio", "start_ms": 0.0, "ms": 912.0}
    assert end["turn_id"] in {brief["turn_id"] for brief in (await api.get("/turns")).json()}
    told = (await api.get("/quality", params={"room": "cuisine"})).json()
    assert told["total"]["audio_p50_ms"] == 912.0
    assert told["known_rooms"] == ["cuisine"]
    assert (await api.get("/quality", params={"room": "cave"})).json()["total"]["turns"] == 0


async def test_models_and_their_state(api: httpx.AsyncClient) -> None:
    told = (await api.get("/models")).json()
    assert {model["kind"] for model in told["models"]} == {"llm", "stt", "tts", "voice"}
    assert sum(model["chosen"] for model in told["models"] if model["kind"] == "llm") == 1
    assert "espeak:fr" in told["voices"]
    assert (await api.post("/models/nonsense/pull")).json()["code"] == "MODEL_UNKNOWN"


async def test_a_code_is_drawn(api: httpx.AsyncClient) -> None:
    code = (await api.post("/qr", json={"text": "http://192.168.1.20:8000/#pair/123456"})).json()
    assert len(code["rows"]) == code["size"] >= 21
    assert all(set(row) <= {"0", "1"} and len(row) == code["size"] for row in code["rows"])


async def test_other_sites_are_refused(home: Running, api: httpx.AsyncClient) -> None:
    foreign = await api.get("/rooms", headers={"origin": "https://evil.example"})
    assert (foreign.status_code, foreign.json()["code"]) == (401, "UNAUTHORISED")
