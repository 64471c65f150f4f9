"""What is kept of a turn: what came of it, and the moments that mattered in seconds of the client's clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pydantic import JsonValue

from hive_mind.protocol.messages import LocalTurn
from hive_mind.speech.playout import Gap
from hive_mind.understanding.grammar import Match

Route: TypeAlias = Literal["command", "plugin", "llm", "none"]


class Timeline:
    """Named moments of one turn, counted from the end of the question.

    Args:
        question_end: when the user stopped speaking.
    """

    def __init__(self, question_end: float) -> None:
        self.question_end = question_end
        self._marks: dict[str, float] = {}

    def mark(self, name: str, at: float) -> None:
        """Note a moment; the first one of a name counts."""
        self._marks.setdefault(name, at)

    def between(self, first: str, last: str) -> float | None:
        """Milliseconds from one moment to another; None when either did not come."""
        if first in self._marks and last in self._marks:
            return round((self._marks[last] - self._marks[first]) * 1000, 1)
        return None

    def since_question(self, name: str) -> float | None:
        """Milliseconds from the end of the question to a moment (negative before it)."""
        at = self._marks.get(name)
        return None if at is None else round((at - self.question_end) * 1000, 1)

    def stages(self) -> dict[str, float]:
        """How long the stages took that can be told from the moments, in milliseconds."""
        found = {
            "endpoint": self.since_question("committed"),
            "llm_first_token": self.between("sent", "first_chunk"),
            "tts_first_audio": self.between("tts_started", "first_audio"),
            "question_end_to_first_audio": self.since_question("first_audible"),
        }
        return {name: ms for name, ms in found.items() if ms is not None}

    def for_server(self, timings_ms: Mapping[str, float]) -> dict[str, float]:
        """How long took what is done here of a turn that the server answers, in milliseconds.

        Args:
            timings_ms: what was measured besides.
        """
        found = {
            "wake": timings_ms.get("wake"),
            "stt": timings_ms.get("stt"),
            "endpoint": self.since_question("committed"),
            "tts": self.between("tts_started", "first_audio"),
        }
        return {stage: ms for stage, ms in found.items() if ms is not None and ms >= 0}

    def as_ms(self) -> dict[str, float]:
        """All moments in order, in milliseconds since the end of the question."""
        ordered = sorted(self._marks.items(), key=lambda item: item[1])
        return {name: round((at - self.question_end) * 1000, 1) for name, at in ordered}


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One turn, from what was heard to what was said.

    Attributes:
        turn_id: the server's, or one of ours for what we answer alone.
        transcript: what was heard; empty when nothing intelligible was.
        answer: the whole answer as text.
        route: who answered.
        intent: what was understood.
        outcome: how it ended.
        timings_ms: stage durations.
        timeline_ms: moments since the end of the question.
        gaps: pauses in the answer that nobody intended.
        taken_for: the sentence that a misheard transcript was taken for; empty when it was taken as it is.
        question_end_s: end of the question as a position in what the source played.
    """

    turn_id: str
    transcript: str
    answer: str
    route: Route
    intent: str
    outcome: Literal["completed", "interrupted", "failed"] = "completed"
    timings_ms: dict[str, float] = field(default_factory=dict)
    timeline_ms: dict[str, float] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    question_end_s: float = 0.0
    taken_for: str = ""

    def as_json(self) -> dict[str, JsonValue]:
        """What `say --json` prints."""
        return {
            "turn_id": self.turn_id,
            "transcript": self.transcript,
            "taken_for": self.taken_for,
            "answer": self.answer,
            "route": self.route,
            "intent": self.intent,
            "outcome": self.outcome,
            "timings_ms": dict(self.timings_ms),
            "timeline_ms": dict(self.timeline_ms),
            "gaps": [{"at_s": round(gap.at_s, 3), "ms": round(gap.seconds * 1000)} for gap in self.gaps],
            "question_end_s": round(self.question_end_s, 3),
        }


def local_turn(record: TurnRecord, order: Match) -> LocalTurn:
    """What the server is told of a turn that we answered by ourselves."""
    return LocalTurn(
        turn_id=record.turn_id,
        heard=record.transcript[:2000],
        answer=record.answer[:2000],
        intent=order.intent,
        rung="repair" if record.taken_for else order.rung,
        slots=order.slots,
        timings_ms=record.timings_ms | _first_audio(record),
    )


def _first_audio(record: TurnRecord) -> dict[str, float]:
    """When the answer began to sound, which the server counts; nothing where it never did."""
    at = record.timeline_ms.get("first_audible")
    return {} if at is None else {"first_audio": at}
