"""What happened in the last turns, in memory alone: who answered, with what proof, how long it took."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from hive_mind.protocol.messages import LocalTurn

KEPT = 200

CLIENT_STAGES = ("wake", "endpoint", "stt", "tts")
"""What a client with engines of its own does by itself."""


@dataclass(frozen=True, slots=True)
class OrderTrace:
    """One order of a turn, and what came of it.

    Attributes:
        intent: what was understood.
        params: with what.
        rung: how ("exact", "spelling", "sound", "context", "llm").
        plugin: who did it; empty for the house's own commands.
        title: of the plugin, in French.
        outcome: "done"; "asked" when a question went back; "declined"; "failed".
        acts: it changes something, rather than looking something up.
        receipt_id: proof of a plugin's success.
        error: code of what went wrong.
        ms: how long the plugin took.
    """

    intent: str
    params: dict[str, Any] = field(default_factory=dict)
    rung: str = "exact"
    plugin: str = ""
    title: str = ""
    outcome: str = "done"
    acts: bool = True
    receipt_id: str | None = None
    error: str | None = None
    ms: float | None = None


@dataclass
class TurnTrace:
    """One turn.

    Attributes:
        heard: what the user said.
        answer: what was answered, as far as it went.
        route: who answered: "command", "plugin", "llm" or "none".
        rung: how it was understood ("exact", "spelling", "sound", "context", "llm").
        orders: what was understood, in order.
        repaired: what the transcript was before it was mended; None when it was not.
        withheld: the truth guard kept a claim of the language model from being said.
        local: the client answered by itself and told about it.
        timings_ms: stage durations, in milliseconds from the arrival of the question.
        stages_ms: how long each stage took by itself.
        room: where it was asked, if that is known.
        spoken: somebody spoke, and a recogniser heard it.
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
    orders: list[OrderTrace] = field(default_factory=list)
    repaired: str | None = None
    withheld: bool = False
    local: bool = False
    timings_ms: dict[str, float] = field(default_factory=dict)
    stages_ms: dict[str, float] = field(default_factory=dict)
    playout_ms: float | None = None
    room: str | None = None
    spoken: bool = False

    def climbed(self, route: str, rung: str) -> None:
        """Note who answers: the last rung that was needed."""
        order = ("none", "command", "plugin", "llm")
        if order.index(route) > order.index(self.route):
            self.route = route
        if not self.rung or route == "llm":
            self.rung = rung

    @property
    def over(self) -> bool:
        """Whether it has ended and was not dropped."""
        return self.outcome not in ("running", "dropped")

    def note(self, stages_ms: Mapping[str, float]) -> dict[str, float]:
        """The client tells how long took what it did by itself; what was measured here stays.

        Returns:
            what is new of it.
        """
        told = {stage: ms for stage, ms in stages_ms.items() if stage in CLIENT_STAGES and ms >= 0}
        new = {stage: ms for stage, ms in told.items() if stage not in self.stages_ms}
        self.stages_ms |= new
        return new

    def as_json(self) -> dict[str, Any]:
        """For tools."""
        return asdict(self) | {"begun": self.begun.isoformat()}


def local_trace(told: LocalTurn, client_id: str, now: datetime, room: str | None = None) -> TurnTrace:
    """What a client told of a turn that it answered by itself."""
    return TurnTrace(
        told.turn_id,
        client_id,
        now,
        told.heard,
        answer=told.answer,
        route="command",
        intent=told.intent,
        rung=told.rung,
        outcome="completed",
        orders=[OrderTrace(told.intent, dict(told.slots), told.rung)],
        local=True,
        timings_ms=dict(told.timings_ms),
        stages_ms=dict(told.timings_ms),
        room=room,
        spoken="stt" in told.timings_ms,
    )


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

    def last(self, client_id: str | None = None, but: Iterable[str] = ()) -> TurnTrace | None:
        """The newest turn that has ended.

        Args:
            client_id: of this client alone; None: of any.
            but: intents that do not count.
        """
        skipped = frozenset(but)
        fits = (t for t in reversed(self._kept) if t.over and client_id in (None, t.client_id))
        return next((t for t in fits if t.intent not in skipped), None)

    def forget(self, turn_id: str | None = None) -> None:
        """Forget one turn, or all."""
        self._kept = deque((t for t in self._kept if turn_id and t.turn_id != turn_id), maxlen=KEPT)

    def newest_first(self) -> tuple[TurnTrace, ...]:
        """All of them."""
        return tuple(reversed(self._kept))
