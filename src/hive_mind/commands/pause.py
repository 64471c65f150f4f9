"""Timers paused and resumed."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hive_mind.commands.choice import choose, picks
from hive_mind.commands.outcome import Outcome
from hive_mind.commands.replies import reply
from hive_mind.commands.state import CommandState, remaining_s
from hive_mind.language.durations import duration_text
from hive_mind.protocol.messages.time_items import TimerState


def pause(state: CommandState, now: datetime, slots: Mapping[str, object]) -> Outcome:
    """Hold a timer where it is."""
    running = tuple(timer for timer in state.timers if timer.due is not None)
    if state.timers and not running and not picks(slots):
        return Outcome(reply("timer_paused_already"), state)
    timer = choose(state, now, slots, "pause_timer", state.timers if picks(slots) else running)
    if isinstance(timer, Outcome):
        return timer
    if timer.due is None:
        return Outcome(reply("timer_paused_already"), state)
    left = remaining_s(timer, now)
    changes = {"due": None, "remaining_s": left, "changed": now.astimezone(UTC)}
    return _changed(state, timer, changes, "timer_paused", left)


def resume(state: CommandState, now: datetime, slots: Mapping[str, object]) -> Outcome:
    """Let a paused timer run on."""
    paused = tuple(timer for timer in state.timers if timer.due is None)
    if state.timers and not paused and not picks(slots):
        return Outcome(reply("timer_not_paused"), state)
    timer = choose(state, now, slots, "resume_timer", state.timers if picks(slots) else paused)
    if isinstance(timer, Outcome):
        return timer
    if timer.due is not None:
        return Outcome(reply("timer_not_paused"), state)
    left, instant = remaining_s(timer, now), now.astimezone(UTC)
    changes = {"due": instant + timedelta(seconds=left), "remaining_s": None, "changed": instant}
    return _changed(state, timer, changes, "timer_resumed", left)


def _changed(
    state: CommandState, timer: TimerState, changes: Mapping[str, object], key: str, left: float
) -> Outcome:
    changed = timer.model_copy(update=dict(changes))
    timers = tuple(changed if other is timer else other for other in state.timers)
    said = reply(key, left=duration_text(round(left)))
    return Outcome(said, state.model_copy(update={"timers": timers}), ("timers_changed",))
