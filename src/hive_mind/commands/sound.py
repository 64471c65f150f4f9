"""The voice: louder, softer, silent, slower, and what it said again. Its owner sees to the effects."""

from collections.abc import Mapping
from datetime import datetime

from hive_mind.commands import timers
from hive_mind.commands.outcome import Effect, Outcome
from hive_mind.commands.replies import reply
from hive_mind.commands.state import FASTEST, SLOWEST, CommandState

VOLUME_STEP = 15
"""How much "plus fort" adds, in hundredths of the loudest."""

SPEED_STEP = 15
"""How much "plus vite" adds, in hundredths of the voice's own speed."""

_USUAL = 100
_Slots = Mapping[str, object]


def set_volume(state: CommandState, _now: datetime, slots: _Slots) -> Outcome:
    """Set `level` (0 to 100), go "up" or "down" (`change`, `by` so much), or be silent (`muted`)."""
    muted, level, change = slots.get("muted"), slots.get("level"), slots.get("change")
    if muted is True:
        if state.ringing:
            return timers.silence(state)
        return _with(state, "muted", muted=True)
    if muted is False:
        return _with(state, "volume_set", muted=False, level=max(state.volume, VOLUME_STEP))
    if isinstance(level, int | float):
        return _with(state, "volume_set", muted=False, level=min(100, max(0, round(level))))
    by = slots.get("by")
    step = round(by) if isinstance(by, int | float) else VOLUME_STEP
    if change == "up":
        if state.volume >= 100 and not state.muted:
            return Outcome(reply("volume_loudest"), state)
        return _with(state, "volume_set", muted=False, level=min(100, state.volume + step))
    if change == "down":
        if state.volume <= 0:
            return Outcome(reply("volume_softest"), state)
        return _with(state, "volume_set", muted=False, level=max(0, state.volume - step))
    key = "volume_is_muted" if state.muted else "volume_is"
    return Outcome(reply(key, level=state.volume), state)


def _with(state: CommandState, key: str, *, muted: bool, level: int | None = None) -> Outcome:
    volume = state.volume if level is None else level
    after = state.model_copy(update={"volume": volume, "muted": muted})
    return Outcome(reply(key, level=volume), after, ("volume_changed",))


def set_speed(state: CommandState, _now: datetime, slots: _Slots) -> Outcome:
    """Set the `level` of the speed (100 is usual), or go "up" or "down" (`change`, by `steps`).

    With `repeat`, the last answer is said again at the new speed.
    """
    level, change, steps = slots.get("level"), slots.get("change"), slots.get("steps", 1)
    if change in ("up", "down"):
        step = SPEED_STEP * (steps if isinstance(steps, int) else 1)
        level = state.speed + (step if change == "up" else -step)
    if not isinstance(level, int | float):
        return Outcome(reply("speed_is", level=state.speed), state)
    speed = min(FASTEST, max(SLOWEST, round(level)))
    again: tuple[Effect, ...] = ("repeat",) if slots.get("repeat") else ()
    if speed == state.speed:
        key = {FASTEST: "speed_fastest", SLOWEST: "speed_slowest"}.get(speed, "speed_same")
        return Outcome(reply(key), state, again)
    key = "speed_usual" if speed == _USUAL else "speed_faster" if speed > state.speed else "speed_slower"
    return Outcome(reply(key), state.model_copy(update={"speed": speed}), ("speed_changed", *again))


def repeat(state: CommandState, _now: datetime, _slots: _Slots) -> Outcome:
    """Say the last answer again; who keeps none says this instead."""
    return Outcome(reply("nothing_to_repeat"), state, ("repeat",))
