"""From what was understood to what is answered and changed. Pure: the time is an argument."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

from hive_mind.commands import (
    adjust,
    alarms,
    figures,
    manners,
    pause,
    snooze,
    sound,
    stopwatch,
    timers,
    today,
)
from hive_mind.commands.outcome import Outcome
from hive_mind.commands.replies import of_duration, reply
from hive_mind.commands.state import CommandState, seconds_between
from hive_mind.commands.undo import taken_back
from hive_mind.errors import UnderstandingError
from hive_mind.protocol.messages.time_items import AlarmState, TimerState
from hive_mind.understanding.grammar import Match

Rung: TypeAlias = TimerState | AlarmState
"""What rings."""

_COMMON_TIMERS_S = (60, 120, 180, 300, 600, 900, 1200, 1800, 3600)


def interpret(match: Match, state: CommandState, now: datetime, *, voice: bool = True) -> Outcome:
    """Answer a local order; what it corrects (`Match.replaces`) is taken back first.

    Args:
        match: of an intent in `INTENTS`.
        state: of the client that owns the timers.
        now: aware, in the household's time zone (the hour that is said is its hour).
        voice: the answer is spoken here, so that its volume can be set.

    Raises:
        UnderstandingError: the intent is not a local one.
        ValueError: `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must have a time zone")
    if match.intent not in _HANDLERS:
        raise UnderstandingError(f"{match.intent} is not a local command")
    if match.replaces is not None:
        state = taken_back(state, match.replaces, now)
    order = completed(match, state, now)
    cleared = state if state.asked is None else state.model_copy(update={"asked": None})
    if order.intent in _OF_THE_VOICE and not voice:
        return Outcome(reply("no_voice"), cleared, order=order)
    return replace(_HANDLERS[order.intent](cleared, now, order.slots), order=order)


def completed(match: Match, state: CommandState, now: datetime) -> Match:
    """The order itself, when `match` is the answer to an open question about it; else `match`."""
    question = state.open_question(now)
    if match.intent != "answer" or question is None:
        return match
    return replace(match, intent=question.intent, slots={**question.slots, **match.slots})


def expected(state: CommandState, now: datetime) -> str | None:
    """What the open question back waits for; pass it to `Grammar.match(text, expecting=…)`."""
    question = state.open_question(now)
    return question.expects if question else None


def due(state: CommandState, now: datetime) -> tuple[CommandState, tuple[Rung, ...]]:
    """Let the timers and alarms ring that are due at `now`.

    Returns:
        The state with them in `ringing` and `waking`, and those that began to ring just now, the earliest
        first, timers before alarms.
    """
    state, rung = timers.due(state, now)
    state, woken = alarms.due(state, now)
    return state, (*rung, *woken)


def given_up(state: CommandState, now: datetime) -> CommandState:
    """The state without what has rung so long that nobody can be there."""
    if state.since is None or not (state.ringing or state.waking):
        return state
    rung_s = seconds_between(state.since, now)
    ringing = () if rung_s >= timers.RING_FOR_S else state.ringing
    waking = () if rung_s >= alarms.RING_FOR_S else state.waking
    if (ringing, waking) == (state.ringing, state.waking):
        return state
    return state.model_copy(update={"ringing": ringing, "waking": waking})


def next_due(state: CommandState) -> datetime | None:
    """When the next timer or alarm rings; None when none runs."""
    running = [timer.due for timer in state.timers if timer.due is not None]
    return min([*running, *(alarm.due for alarm in state.alarms)], default=None)


def ring_text(rung: Sequence[Rung], now: datetime | None = None) -> str:
    """What is said when these ring; at `now` it is said of those that are late that they are."""
    texts = [
        timers.ring_text((one,), now) if isinstance(one, TimerState) else alarms.ring_text((one,), now)
        for one in rung
    ]
    return " ".join(texts)


def silenced(state: CommandState) -> CommandState:
    """The state in which nothing rings."""
    return state.model_copy(update={"ringing": (), "waking": ()})


def likely_replies(state: CommandState, now: datetime) -> list[str]:
    """Replies worth having the voice ready for, the most likely first."""
    next_minute = now + timedelta(minutes=1)
    found = [today.now_text(now), today.now_text(next_minute), today.today_text(now)]
    found += [
        reply("stopwatch_started"),
        reply("timer_ask_duration"),
        reply("timer_cancelled"),
        reply("stopped"),
    ]
    ringing: tuple[Rung, ...] = (*state.ringing, *state.waking, *state.timers, *state.alarms)
    found += [ring_text((one,)) for one in ringing]
    found += [reply("timer_started", of_duration=of_duration(s)) for s in _COMMON_TIMERS_S]
    found += [reply("timer_none"), reply("stopwatch_none"), reply("stopwatch_reset"), reply("timer_silenced")]
    found += [reply("alarm_ask_time"), reply("welcome"), reply("hello")]
    return list(dict.fromkeys(found))


def lasting_replies(state: CommandState, now: datetime) -> list[str]:
    """The likely replies that stay true for a while: worth rendering long before they are said."""
    later = set(likely_replies(state, now + timedelta(minutes=10)))
    return [reply for reply in likely_replies(state, now) if reply in later]


def _stop(state: CommandState, now: datetime, slots: Mapping[str, object]) -> Outcome:
    """Alone, "arrête" is for what rings, else for the stopwatch; "annule" for a timer; else for the voice."""
    if state.waking:
        return alarms.silence(state)
    if state.ringing:
        return timers.silence(state)
    if slots.get("cancel"):
        if state.timers and state.asked is None:
            return timers.cancel(state, now, {})
    elif state.stopwatch is not None and state.stopwatch.started is not None:
        return stopwatch.stop(state, now, slots)
    return Outcome(reply("stopped"), state, ("stop_speaking",))


def _adjust(state: CommandState, now: datetime, slots: Mapping[str, object]) -> Outcome:
    """Take "cinq minutes de plus" for the alarm that rings, else for a timer."""
    if state.waking and slots.get("change") != "less":
        return snooze.snooze(state, now, slots)
    return adjust.adjust(state, now, slots)


def _undo(state: CommandState, _now: datetime, _slots: Mapping[str, object]) -> Outcome:
    """What was done is taken back already."""
    return Outcome(reply("undone"), state, ("timers_changed",))


def _answer_to_nothing(state: CommandState, _now: datetime, _slots: Mapping[str, object]) -> Outcome:
    return Outcome(reply("stopped"), state)


_Handler = Callable[[CommandState, datetime, Mapping[str, object]], Outcome]
_HANDLERS: dict[str, _Handler] = {
    "get_time": today.get_time,
    "get_date": today.get_date,
    "countdown": today.countdown,
    "calculate": figures.calculate,
    "convert": figures.convert_units,
    "start_stopwatch": stopwatch.start,
    "stop_stopwatch": stopwatch.stop,
    "resume_stopwatch": stopwatch.resume,
    "lap_stopwatch": stopwatch.lap,
    "stopwatch_status": stopwatch.status,
    "reset_stopwatch": stopwatch.reset,
    "start_timer": timers.start,
    "cancel_timer": timers.cancel,
    "timer_status": timers.status,
    "pause_timer": pause.pause,
    "resume_timer": pause.resume,
    "adjust_timer": _adjust,
    "set_alarm": alarms.set_alarm,
    "list_alarms": alarms.list_alarms,
    "cancel_alarm": alarms.cancel_alarm,
    "snooze": snooze.snooze,
    "set_volume": sound.set_volume,
    "set_speed": sound.set_speed,
    "repeat": sound.repeat,
    "thanks": manners.thanks,
    "false_wake": manners.false_wake,
    "greet": manners.greet,
    "who_are_you": manners.who_are_you,
    "abilities": manners.abilities,
    "stop": _stop,
    "undo": _undo,
    "answer": _answer_to_nothing,
}
_OF_THE_VOICE = frozenset({"set_volume", "set_speed", "repeat"})
INTENTS = frozenset(_HANDLERS)
"""Intents that `interpret` answers."""

READ_ONLY = frozenset({
    "get_time", "get_date", "countdown", "calculate", "convert", "timer_status", "stopwatch_status",
    "list_alarms", "repeat", "thanks", "false_wake", "greet", "who_are_you", "abilities",
})  # fmt: skip
"""Intents that change nothing."""
