"""`/metrics` of a server that is used."""

from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families as parsed

from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio


async def scraped(address: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"{address}/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in parsed(answer.text)
        for sample in family.samples
    }


def key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return name, frozenset(labels.items())


async def test_a_used_server_tells_what_happened(tmp_path: Path) -> None:
    async with running_server(tmp_path, ScriptedModel()) as running:
        async with TextClient(running.ws, hello={"room": "cuisine"}) as client:
            await client.ask("Quelle heure est-il ?")
            _, end = await client.ask("Chantons")
            await client.send("wake_detected", word="hey alison", score=0.9, loudness=-30)
            await client.send("playout", turn_id=end["turn_id"], state="started", since_question_ms=800)
            await client.send("nonsense")
            await client.until("error")
            await eventually(lambda: len(running.house.remotes["salon"].turns._tasks) == 0)
            host = running.house.plugins.host
            await eventually(lambda: host.describe().get("lists", {}).get("state") == "ready", within=60)
            told = await scraped(running.address)
            assert told[key("hive_mind_clients")] == 1
        await eventually(lambda: running.house.remotes["salon"].link is None)
        async with TextClient(running.ws, hello={"room": "cuisine", "away_s": 7.5}):
            later = await scraped(running.address)
    assert told[key("hive_mind_turns_total", outcome="completed", route="command")] == 1
    assert told[key("hive_mind_turns_total", outcome="completed", route="llm")] == 1
    assert told[key("hive_mind_first_audio_seconds_sum", room="cuisine", route="llm")] == 0.8
    assert told[key("hive_mind_wake_words_total", room="cuisine", word="hey alison")] == 1
    assert told[key("hive_mind_llm_tokens_total")] == 2
    assert told[key("hive_mind_engine_calls_total", engine="llm")] == 1
    assert told[key("hive_mind_refusals_total", code="UNKNOWN_TYPE")] == 1
    assert told[key("hive_mind_redis_up")] == 1 and told[key("hive_mind_context_entries")] == 4
    assert told[key("hive_mind_redis_disk_ok")] == 1
    assert told[key("hive_mind_component_up", component="llm")] == 1
    assert told[key("hive_mind_plugin_up", plugin="lists")] == 1
    assert told[key("process_resident_memory_bytes")] > 1e7
    assert later[key("hive_mind_degraded_seconds_total", room="cuisine")] == 7.5


async def test_others_need_the_token(tmp_path: Path) -> None:
    async with (
        running_server(tmp_path, ScriptedModel(), metrics_token="s3cret") as running,
        httpx.AsyncClient(base_url=running.address, trust_env=False) as http,
    ):
        through = {"x-forwarded-for": "192.168.1.9"}
        refused = await http.get("/metrics", headers=through)
        assert (refused.status_code, refused.json()["code"]) == (403, "METRICS_REFUSED")
        held = await http.get("/metrics", headers=through | {"authorization": "Bearer s3cret"})
        assert held.status_code == 200
