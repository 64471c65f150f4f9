"""The stopwatch: start, stop, go on, laps, look, reset."""

from collections.abc import Mapping
from datetime import UTC, datetime

from hive_mind.commands.outcome import Outcome
from hive_mind.commands.replies import reply
from hive_mind.commands.state import CommandState, elapsed_s
from hive_mind.language.durations import duration_text
from hive_mind.protocol.messages.time_items import StopwatchState

MAX_LAPS = 1000
"""Laps that are kept; the oldest go first."""

_Slots = Mapping[str, object]


def start(state: CommandState, now: datetime, _slots: _Slots) -> Outcome:
    """Start from zero; one that runs goes on."""
    watch = state.stopwatch
    if watch is not None and watch.started is not None:
        return Outcome(reply("stopwatch_already", elapsed=duration_text(elapsed_s(watch, now))), state)
    return Outcome(
        reply("stopwatch_started"),
        _with(state, _running(now)),
        ("stopwatch_changed",),
    )


def stop(state: CommandState, now: datetime, _slots: _Slots) -> Outcome:
    """Stop, and keep what it shows."""
    watch = state.stopwatch
    if watch is None:
        return Outcome(reply("stopwatch_none"), state)
    shown = elapsed_s(watch, now)
    if watch.started is None:
        return Outcome(reply("stopwatch_stopped_already", elapsed=duration_text(shown)), state)
    stopped = watch.model_copy(update={"started": None, "elapsed_s": shown, "changed": now.astimezone(UTC)})
    return Outcome(
        reply("stopwatch_stopped", elapsed=duration_text(shown)),
        _with(state, stopped),
        ("stopwatch_changed",),
    )


def resume(state: CommandState, now: datetime, slots: _Slots) -> Outcome:
    """Go on from what it shows; one that was never started starts."""
    watch = state.stopwatch
    if watch is None or watch.started is not None:
        return start(state, now, slots)
    instant = now.astimezone(UTC)
    running = watch.model_copy(update={"started": instant, "changed": instant})
    said = reply("stopwatch_resumed", elapsed=duration_text(watch.elapsed_s))
    return Outcome(said, _with(state, running), ("stopwatch_changed",))


def lap(state: CommandState, now: datetime, _slots: _Slots) -> Outcome:
    """Note a lap: say how long it took, and the whole."""
    watch = state.stopwatch
    if watch is None or watch.started is None:
        return Outcome(reply("stopwatch_none"), state)
    shown = elapsed_s(watch, now)
    before = watch.laps_s[-1] if watch.laps_s else 0.0
    laps = (*watch.laps_s, shown)[-MAX_LAPS:]
    after = watch.model_copy(update={"laps_s": laps, "changed": now.astimezone(UTC)})
    key = "stopwatch_lap" if watch.laps_s else "stopwatch_first_lap"
    said = reply(key, count=len(laps), lap=duration_text(shown - before), elapsed=duration_text(shown))
    return Outcome(said, _with(state, after), ("stopwatch_changed",))


def status(state: CommandState, now: datetime, _slots: _Slots) -> Outcome:
    """Say what it shows."""
    watch = state.stopwatch
    if watch is None:
        return Outcome(reply("stopwatch_none"), state)
    key = "stopwatch_stopped_already" if watch.started is None else "stopwatch_running"
    return Outcome(reply(key, elapsed=duration_text(elapsed_s(watch, now))), state)


def reset(state: CommandState, now: datetime, _slots: _Slots) -> Outcome:
    """Back to zero; one that runs goes on from there."""
    watch = state.stopwatch
    if watch is None:
        return Outcome(reply("stopwatch_none"), state)
    fresh = _running(now) if watch.started is not None else None
    return Outcome(reply("stopwatch_reset"), _with(state, fresh), ("stopwatch_changed",))


def _running(now: datetime) -> StopwatchState:
    instant = now.astimezone(UTC)
    return StopwatchState(started=instant, changed=instant)


def _with(state: CommandState, watch: StopwatchState | None) -> CommandState:
    return state.model_copy(update={"stopwatch": watch})
