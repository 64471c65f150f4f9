"""A turn as OpenTelemetry spans, in the JSON of OTLP: one for the turn, one a stage below it. Pure.

No word that was said is in them.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from hive_mind.server.core.quality.waterfall import waterfall
from hive_mind.server.core.trace import TurnTrace

_INTERNAL, _SERVER = 1, 2
_FAILED = {"code": 2}
_NS_OF_MS = 1_000_000


def spans(trace: TurnTrace, room: str | None) -> list[dict[str, Any]]:
    """The spans of a turn that has ended.

    Args:
        trace: of the turn.
        room: where it was asked.
    """
    bars = waterfall(trace)
    begun = int(trace.begun.timestamp() * 1000) * _NS_OF_MS
    ended = max([trace.timings_ms.get("total", 0.0), *(bar.start_ms + bar.ms for bar in bars)])
    first = min([0.0, *(bar.start_ms for bar in bars)])
    trace_id = hashlib.sha256(trace.turn_id.encode()).hexdigest()[:32]

    def span(name: str, kind: int, start_ms: float, end_ms: float, number: int) -> dict[str, Any]:
        return {
            "traceId": trace_id,
            "spanId": hashlib.sha256(f"{trace.turn_id}:{number}".encode()).hexdigest()[:16],
            "name": name,
            "kind": kind,
            "startTimeUnixNano": str(begun + int(start_ms * _NS_OF_MS)),
            "endTimeUnixNano": str(begun + int(end_ms * _NS_OF_MS)),
        }

    root = span("turn", _SERVER, first, ended, 0)
    told = {
        "hive_mind.turn_id": trace.turn_id,
        "hive_mind.client_id": trace.client_id,
        "hive_mind.room": room,
        "hive_mind.route": trace.route,
        "hive_mind.intent": trace.intent,
        "hive_mind.outcome": trace.outcome,
        "error.type": trace.error,
    }
    root["attributes"] = [attribute(key, value) for key, value in told.items() if value]
    if trace.error is not None:
        root["status"] = _FAILED
    below = [
        span(bar.stage, _INTERNAL, bar.start_ms, bar.start_ms + bar.ms, number)
        | {"parentSpanId": root["spanId"]}
        for number, bar in enumerate(bars, 1)
    ]
    return [root, *below]


def request(found: Iterable[dict[str, Any]], version: str) -> dict[str, Any]:
    """What is sent to `/v1/traces`."""
    resource = {"attributes": [attribute("service.name", "hive-mind"), attribute("service.version", version)]}
    scope = {"scope": {"name": "hive_mind"}, "spans": list(found)}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}


def attribute(key: str, value: str) -> dict[str, Any]:
    """A text attribute."""
    return {"key": key, "value": {"stringValue": value}}
