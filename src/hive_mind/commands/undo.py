"""An order that was misheard, taken back before the right one is carried out."""

from datetime import datetime

from hive_mind.commands.adjust import adjust
from hive_mind.commands.state import CommandState
from hive_mind.understanding.grammar import Match


def taken_back(state: CommandState, order: Match, now: datetime) -> CommandState:
    """The state without what `order` had done; as it is when there is nothing to take back."""
    if order.intent == "start_timer":
        wanted = (order.slots.get("duration_s"), order.slots.get("name"))
        same = [timer for timer in state.timers if (timer.duration_s, timer.name) == wanted]
        kept = tuple(timer for timer in state.timers if not same or timer is not same[-1])
        return state.model_copy(update={"timers": kept})
    if order.intent == "set_alarm" and state.alarms:
        return state.model_copy(update={"alarms": state.alarms[:-1]})
    if order.intent == "adjust_timer":
        change = "less" if order.slots.get("change") != "less" else "more"
        return adjust(state, now, {**order.slots, "change": change}).state.model_copy(update={"asked": None})
    return state
