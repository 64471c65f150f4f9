"""What happened in the last turns, in memory alone: who answered, how long each stage took."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

KEPT = 200


@dataclass
class TurnTrace:
    """One turn.

    Attributes:
        heard: what the user said.
        answer: what was answered, as far as it went.
        rung: how it was understood ("exact", "spelling", "llm").
        timings_ms: stage durations, in milliseconds from the arrival of the question.
        playout_ms: from the end of the question to the first sound in the room, as the client measured.
    """

    turn_id: str
    client_id: str
    begun: datetime
    heard: str
    answer: str = ""
    route: str = "none"
    intent: str = "none"
    rung: str = ""
    outcome: str = "running"
    error: str | None = None
    speculative: bool = False
    timings_ms: dict[str, float] = field(default_factory=dict)
    playout_ms: float | None = None


class Traces:
    """The last `KEPT` turns."""

    def __init__(self) -> None:
        self._kept: deque[TurnTrace] = deque(maxlen=KEPT)

    def add(self, trace: TurnTrace) -> None:
        """Keep one; the oldest goes."""
        self._kept.append(trace)

    def find(self, turn_id: str) -> TurnTrace | None:
        """The trace of a turn, if it is still kept."""
        return next((t for t in reversed(self._kept) if t.turn_id == turn_id), None)

    def forget(self, turn_id: str | None = None) -> None:
        """Forget one turn, or all."""
        self._kept = deque((t for t in self._kept if turn_id and t.turn_id != turn_id), maxlen=KEPT)

    def newest_first(self) -> tuple[TurnTrace, ...]:
        """All of them."""
        return tuple(reversed(self._kept))
