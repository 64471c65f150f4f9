"""Timers: several, named or not. A timer's end is an instant, so neither DST nor a late wake-up moves it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hive_mind.commands.choice import choose, meant, picks
from hive_mind.commands.outcome import Outcome
from hive_mind.commands.replies import listed, of_duration, reply, timer_name
from hive_mind.commands.state import Asked, CommandState, fresh_id, remaining_s, seconds_between
from hive_mind.language.durations import duration_text
from hive_mind.protocol.messages.time_items import TimerState

MAX_TIMER_S = 7 * 86400
"""Longest timer: a week."""

MAX_TIMERS = 50
"""Most timers at a time."""

RING_FOR_S = 300.0
"""How long a timer rings when nobody silences it."""

LATE_S = 60.0
"""From this much on, one says since when something is due."""

_Slots = Mapping[str, object]
_NAME_CHARACTERS = 200


def start(state: CommandState, now: datetime, slots: _Slots) -> Outcome:
    """Set a timer; without a duration, ask for it."""
    duration = slots.get("duration_s")
    name = str(slots["name"])[:_NAME_CHARACTERS] if slots.get("name") else None
    if not isinstance(duration, int | float):
        return _ask_duration(state, now, name, "timer_ask_duration")
    if not duration >= 1:
        return _ask_duration(state, now, name, "timer_zero")
    if duration > MAX_TIMER_S:
        return Outcome(reply("timer_too_long", most=duration_text(MAX_TIMER_S)), state)
    if len(state.timers) >= MAX_TIMERS:
        return Outcome(reply("timer_too_many", count=len(state.timers)), state)
    timer = TimerState(
        timer_id=fresh_id("timer", state, now),
        name=name,
        duration_s=float(duration),
        due=now.astimezone(UTC) + timedelta(seconds=float(duration)),
        changed=now.astimezone(UTC),
    )
    after = state.model_copy(update={"timers": (*state.timers, timer), "serial": state.serial + 1})
    key = "timer_started_named" if name else "timer_started"
    return Outcome(reply(key, name=name, of_duration=of_duration(duration)), after, ("timers_changed",))


def _ask_duration(state: CommandState, now: datetime, name: str | None, key: str) -> Outcome:
    slots = {"name": name} if name else {}
    asked = Asked(expects="duration", intent="start_timer", slots=slots, since=now.astimezone(UTC))
    return Outcome(reply(key), state.model_copy(update={"asked": asked}), asks=True)


def cancel(state: CommandState, now: datetime, slots: _Slots) -> Outcome:
    """Cancel the timer that is meant, or `all`; what rings is silenced first; of several, ask which."""
    if slots.get("all"):
        return _cancel_all(state)
    if state.ringing and (not picks(slots) or not state.timers):
        return silence(state)
    timer = choose(state, now, slots, "cancel_timer", state.timers)
    if isinstance(timer, Outcome):
        return timer
    kept = tuple(other for other in state.timers if other is not timer)
    said = reply("timer_cancelled") if not kept else reply("timer_cancelled_one", timer=timer_name(timer))
    return Outcome(said, state.model_copy(update={"timers": kept}), ("timers_changed",))


def _cancel_all(state: CommandState) -> Outcome:
    """Cancel every timer and silence what rings."""
    count = len(state.timers) + len(state.ringing)
    if not count:
        return Outcome(reply("timer_none"), state)
    said = reply("timer_cancelled") if count == 1 else reply("timers_cancelled", count=count)
    after = state.model_copy(update={"timers": (), "ringing": ()})
    return Outcome(said, after, ("silence", "timers_changed") if state.ringing else ("timers_changed",))


def status(state: CommandState, now: datetime, slots: _Slots) -> Outcome:
    """Say how long is left, of the timer that is meant or of all."""
    if not state.timers:
        return Outcome(ring_text(state.ringing, now) if state.ringing else reply("timer_none"), state)
    found = meant(state.timers, slots)
    if not found:
        return Outcome(reply("timer_unknown"), state)
    left = [(duration_text(round(remaining_s(timer, now))), timer) for timer in found]
    if len(left) > 1:
        items = [reply("timer_left_item", left=said, timer=timer_name(timer)) for said, timer in left]
        return Outcome(reply("timers_left", all=listed(items)), state)
    said, timer = left[0]
    if timer.name:
        return Outcome(reply("timer_left_at", left=said, timer=timer_name(timer)), state)
    return Outcome(reply("timer_left", left=said), state)


def silence(state: CommandState) -> Outcome:
    """Stop what rings."""
    after = state.model_copy(update={"ringing": (), "waking": ()})
    return Outcome(reply("timer_silenced"), after, ("silence", "timers_changed"))


def due(state: CommandState, now: datetime) -> tuple[CommandState, tuple[TimerState, ...]]:
    """See `interpret.due`."""
    rung = sorted(
        (timer for timer in state.timers if timer.due is not None and timer.due <= now),
        key=lambda timer: timer.due or now,
    )
    if not rung:
        return state, ()
    begun = {timer.timer_id for timer in rung}
    kept = tuple(timer for timer in state.timers if timer.timer_id not in begun)
    changes = {"timers": kept, "ringing": (*state.ringing, *rung), "since": now.astimezone(UTC)}
    return state.model_copy(update=changes), tuple(rung)


def ring_text(rung: tuple[TimerState, ...], now: datetime | None = None) -> str:
    """What is said when timers ring: "Le minuteur pâtes est terminé.", "… est terminé depuis 12 minutes."."""
    return " ".join(_ring_text(timer, now) for timer in rung)


def _ring_text(timer: TimerState, now: datetime | None) -> str:
    late = 0.0 if now is None or timer.due is None else seconds_between(timer.due, now)
    if late < LATE_S:
        return reply("timer_ringing", timer=timer_name(timer))
    return reply("timer_ringing_late", timer=timer_name(timer), late=about(late))


def about(seconds: float) -> str:
    """A duration of a minute or more without its seconds; from a day on without its minutes."""
    grain = 60 if seconds < 86400 else 3600
    return duration_text(int(seconds) // grain * grain)
