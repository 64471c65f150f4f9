"""What is kept of a turn, of a wake word and of a client that came back. No word that was said is in it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from hive_mind.server.core.trace import TurnTrace

FIRST_AUDIO = "first_audio"
"""Stage of a local turn: when its answer began to sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """Small: thousands of them are in memory."""

    at: AwareDatetime
    room: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRow(_Row):
    """One turn.

    Attributes:
        at: when it began.
        room: where.
        turn_id: of the turn.
        client_id: who asked.
        route: who answered.
        intent: what was understood.
        outcome: how it ended.
        error: code of what went wrong.
        first_audio_ms: from the end of the question to the first sound, as the client measured.
        first_text_ms: from the arrival of the question to the first words, as we measured.
        stages_ms: how long each stage took.
    """

    turn_id: str
    client_id: str
    route: str = "none"
    intent: str = "none"
    outcome: str = "completed"
    error: str | None = None
    first_audio_ms: float | None = None
    first_text_ms: float | None = None
    stages_ms: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeRow(_Row):
    """A wake word was heard."""

    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow(_Row):
    """A client is back.

    Attributes:
        away_s: seconds that it was without this house.
    """

    away_s: Annotated[float, Field(ge=0)] = 0.0


class Day(BaseModel):
    """All rows of one day, by the household's calendar, oldest first."""

    day: date
    turns: list[TurnRow] = []
    wakes: list[WakeRow] = []
    returns: list[ReturnRow] = []


def row_of(trace: TurnTrace, room: str | None) -> TurnRow:
    """What is kept of a turn."""
    stages = {stage: ms for stage, ms in trace.stages_ms.items() if stage != FIRST_AUDIO}
    sounded = trace.playout_ms
    if sounded is None and trace.local:
        sounded = trace.timings_ms.get(FIRST_AUDIO, trace.timings_ms.get("question_end_to_first_audio"))
    return TurnRow(
        at=trace.begun,
        room=room,
        turn_id=trace.turn_id,
        client_id=trace.client_id,
        route=trace.route,
        intent=trace.intent,
        outcome=trace.outcome,
        error=trace.error,
        first_audio_ms=sounded,
        first_text_ms=trace.timings_ms.get("first_piece"),
        stages_ms=stages,
    )
