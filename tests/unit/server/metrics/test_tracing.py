"""Turns as OpenTelemetry spans."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from hive_mind.server.core.metrics.spans import spans
from hive_mind.server.core.metrics.tracing import MOST_WAITING, Tracing
from hive_mind.server.core.trace import TurnTrace
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def turn(turn_id: str = "t-1", **more: Any) -> TurnTrace:
    trace = TurnTrace(
        turn_id, "salon-1", NOON, "Allume la lampe", answer="C'est fait.", route="plugin", **more
    )
    trace.outcome = more.get("outcome", "completed")
    trace.stages_ms = {"stt": 300.0, "understanding": 2.0, "plugin": 40.0}
    trace.timings_ms = {"total": 50.0}
    return trace


def test_a_turn_is_a_span_with_one_for_each_stage_below_it() -> None:
    root, *below = spans(turn(error="PLUGIN_TIMEOUT"), "salon")
    assert (root["name"], root["status"]) == ("turn", {"code": 2})
    assert [span["name"] for span in below] == ["stt", "understanding", "plugin"]
    assert {span["parentSpanId"] for span in below} == {root["spanId"]} and "parentSpanId" not in root
    assert {span["traceId"] for span in (root, *below)} == {root["traceId"]} and len(root["traceId"]) == 32
    at = int(NOON.timestamp()) * 10**9
    assert int(root["startTimeUnixNano"]) == at - 300 * 10**6
    assert int(root["endTimeUnixNano"]) == at + 50 * 10**6
    assert len({span["spanId"] for span in (root, *below)}) == 4
    told = json.dumps([root, *below])
    assert "hive_mind.room" in told and "lampe" not in told and "fait" not in told


async def test_turns_are_sent_together_and_a_collector_that_is_away_is_survived() -> None:
    got: list[dict[str, Any]] = []

    async def collect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        assert head.startswith("POST /v1/traces ")
        size = next(line for line in head.splitlines() if line.lower().startswith("content-length"))
        got.append(json.loads(await reader.readexactly(int(size.split(":")[1]))))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(collect, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    away, here = Tracing("http://127.0.0.1:9", 0.0), Tracing(f"http://127.0.0.1:{port}/", 0.0)
    running = [asyncio.create_task(tracing.run()) for tracing in (away, here)]
    for tracing in (away, here):
        for number in range(3):
            tracing.take(turn(f"t-{number}"), None)
        tracing.take(turn("t-x", outcome="dropped"), None)
    await eventually(lambda: bool(got) and sum(len(found(request)) for request in got) == 3 * 4)
    assert not any(task.done() for task in running)
    for task in running:
        task.cancel()
    await asyncio.wait(running)
    server.close()
    for number in range(MOST_WAITING + 5):
        away.take(turn(f"t-{number}"), None)


def found(request: dict[str, Any]) -> list[Any]:
    """The spans of a request."""
    spans_of: list[Any] = request["resourceSpans"][0]["scopeSpans"][0]["spans"]
    return spans_of


async def test_an_address_that_is_none_ends_nothing() -> None:
    tracing = Tracing("http://[no", 0.0)
    running = asyncio.create_task(tracing.run())
    tracing.take(turn(), None)
    await eventually(lambda: tracing._lost)
    assert not running.done()
    running.cancel()
    await asyncio.wait({running})
