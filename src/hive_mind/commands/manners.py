"""What is polite to answer, and what it says of itself."""

from collections.abc import Mapping
from datetime import datetime

from hive_mind.commands.outcome import Outcome
from hive_mind.commands.replies import reply
from hive_mind.commands.state import CommandState

_EVENING = 18
_MORNING = 5
_Slots = Mapping[str, object]


def thanks(state: CommandState, _now: datetime, _slots: _Slots) -> Outcome:
    """Answer a "merci"."""
    return Outcome(reply("welcome"), state)


def false_wake(state: CommandState, _now: datetime, _slots: _Slots) -> Outcome:
    """Apologise for having listened; the house counts it, and who listens for the name learns from it."""
    return Outcome(reply("false_wake"), state)


def greet(state: CommandState, now: datetime, slots: _Slots) -> Outcome:
    """Answer a greeting as the hour wants it, or a farewell (`kind`)."""
    kind = slots.get("kind", "hello")
    late = now.hour >= _EVENING or now.hour < _MORNING
    key = {
        "hello": "hello_evening" if late else "hello",
        "bye": "bye",
        "night": "night",
        "how": "how_are_you",
    }
    return Outcome(reply(key.get(str(kind), "hello")), state)


def who_are_you(state: CommandState, _now: datetime, _slots: _Slots) -> Outcome:
    """Say what it is."""
    return Outcome(reply("who_are_you"), state)


def abilities(state: CommandState, _now: datetime, _slots: _Slots) -> Outcome:
    """Say what can be asked."""
    return Outcome(reply("abilities"), state)
