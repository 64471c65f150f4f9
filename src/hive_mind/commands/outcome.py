"""What came of an order."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from hive_mind.commands.state import CommandState
from hive_mind.understanding.grammar import Match

Effect: TypeAlias = Literal[
    "timers_changed",
    "stopwatch_changed",
    "volume_changed",
    "speed_changed",
    "silence",
    "stop_speaking",
    "repeat",
]
"""What the owner of the state must see to: save and mirror it and set its alarm clock anew (`timers_changed`:
timers or alarms), show the stopwatch (`stopwatch_changed`), give the voice its new volume (`volume_changed`)
or speed (`speed_changed`), end the ringing sound (`silence`), stop talking (`stop_speaking`), or say its last
answer again (`repeat`; the reply is for an owner that keeps none)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an order.

    Attributes:
        reply: French, with digits as one writes them; `speakable` turns it into words.
        state: the state after it.
        effects: what must be seen to, in order.
        asks: the reply is a question: listen again without the wake word.
        order: what was carried out: the order itself when an answer to an open question completed it.
    """

    reply: str
    state: CommandState
    effects: tuple[Effect, ...] = ()
    asks: bool = False
    order: Match | None = None
