"""Timers made longer and shorter."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hive_mind.commands.choice import choose
from hive_mind.commands.outcome import Outcome
from hive_mind.commands.replies import reply
from hive_mind.commands.state import CommandState, remaining_s
from hive_mind.commands.timers import MAX_TIMER_S, start
from hive_mind.language.durations import duration_text
from hive_mind.protocol.messages.time_items import TimerState


def adjust(state: CommandState, now: datetime, slots: Mapping[str, object]) -> Outcome:
    """Add `duration_s` to the timer that is meant, or take it away (`change`: "more", "less").

    What rings is set again for that long.
    """
    by = slots.get("duration_s")
    if not isinstance(by, int | float) or not 1 <= by <= MAX_TIMER_S:
        return Outcome(reply("timer_adjust_how_much"), state)
    more = slots.get("change") != "less"
    if state.ringing and not state.timers and more:
        again = start(state.model_copy(update={"ringing": ()}), now, {"duration_s": by})
        return Outcome(again.reply, again.state, ("silence", *again.effects))
    chosen = choose(state, now, {"name": slots.get("name")}, "adjust_timer", state.timers)
    if isinstance(chosen, Outcome):
        asked = chosen.state.asked
        if asked is None:
            return chosen
        kept = {"duration_s": float(by), "change": "more" if more else "less"}
        waiting = asked.model_copy(update={"slots": kept})
        return Outcome(chosen.reply, chosen.state.model_copy(update={"asked": waiting}), asks=True)
    left = remaining_s(chosen, now) + (by if more else -by)
    if left < 1:
        said = reply("timer_adjust_too_little", left=duration_text(round(remaining_s(chosen, now))))
        return Outcome(said, state)
    if left > MAX_TIMER_S:
        return Outcome(reply("timer_too_long", most=duration_text(MAX_TIMER_S)), state)
    changed = _lasting(chosen, left, now, float(by if more else -by))
    timers = tuple(changed if timer is chosen else timer for timer in state.timers)
    said = reply("timer_adjusted", left=duration_text(round(left)))
    return Outcome(said, state.model_copy(update={"timers": timers}), ("timers_changed",))


def _lasting(timer: TimerState, left: float, now: datetime, by: float) -> TimerState:
    instant = now.astimezone(UTC)
    running = timer.due is not None
    changes = {
        "duration_s": max(timer.duration_s + by, left),
        "due": instant + timedelta(seconds=left) if running else None,
        "remaining_s": None if running else left,
        "changed": instant,
    }
    return timer.model_copy(update=changes)
