"""`/api/quality` and `/api/turns`: how fast and how well the house answers, and why as it does."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import JsonValue

from hive_mind.errors import ProtocolError
from hive_mind.server.core.house import House
from hive_mind.server.core.house_api.reach import Home
from hive_mind.server.core.quality.figures import figures
from hive_mind.server.core.quality.waterfall import waterfall
from hive_mind.server.core.trace import TurnTrace
from hive_mind.server.core.why import why

router = APIRouter()


@router.get("/quality")
async def quality(
    home: Home, days: Annotated[int, Query(ge=1, le=31)] = 7, room: str | None = None
) -> dict[str, JsonValue]:
    """Percentiles by day, room, route and stage; false wakes, reconnections, time without the server."""
    known = home.journal.days(days)
    rooms = sorted({turn.room for day in known for turn in day.turns if turn.room})
    return {**figures(known, room), "known_rooms": list(rooms), "room": room}


@router.get("/turns")
async def turns(home: Home, limit: Annotated[int, Query(ge=1, le=200)] = 40) -> list[JsonValue]:
    """The newest turns that have ended, without their bars."""
    ended = [trace for trace in home.traces.newest_first() if trace.over]
    return [_brief(home, trace) for trace in ended[:limit]]


@router.get("/turns/{turn_id}")
async def turn(home: Home, turn_id: str) -> dict[str, JsonValue]:
    """One turn: its bars, and in words what was heard, who answered and what was slow.

    Raises:
        ProtocolError: TURN_UNKNOWN.
    """
    trace = home.traces.find(turn_id)
    if trace is None:
        raise ProtocolError(f"No turn {turn_id} is kept: the last 200 are.", code="TURN_UNKNOWN")
    return {
        **_brief(home, trace),
        "answer": trace.answer,
        "repaired": trace.repaired,
        "withheld": trace.withheld,
        "rung": trace.rung,
        "why": why(trace),
        "bars": [asdict(bar) for bar in waterfall(trace)],
        "total_ms": trace.timings_ms.get("total"),
    }


def _brief(house: House, trace: TurnTrace) -> dict[str, JsonValue]:
    return {
        "turn_id": trace.turn_id,
        "client_id": trace.client_id,
        "room": house.room_of(trace.client_id),
        "begun": trace.begun.isoformat(),
        "heard": trace.heard,
        "route": trace.route,
        "intent": trace.intent,
        "outcome": trace.outcome,
        "local": trace.local,
        "first_audio_ms": trace.playout_ms,
        "first_text_ms": trace.timings_ms.get("first_piece"),
    }
