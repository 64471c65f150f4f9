"""From what was understood to what is answered and changed. Pure: the time is an argument."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from hive_mind.commands import pause, stopwatch, timers
from hive_mind.commands.outcome import Outcome
from hive_mind.commands.replies import of_duration, reply
from hive_mind.commands.state import CommandState
from hive_mind.errors import UnderstandingError
from hive_mind.language.spoken import date_text, time_text
from hive_mind.protocol.messages.client import TimerState
from hive_mind.understanding.grammar import Match

_COMMON_TIMERS_S = (60, 120, 180, 300, 600, 900, 1200, 1800, 3600)


def interpret(match: Match, state: CommandState, now: datetime) -> Outcome:
    """Answer a local order.

    Args:
        match: of an intent in `INTENTS`.
        state: of the client that owns the timers.
        now: aware, in the household's time zone (the hour that is said is its hour).

    Raises:
        UnderstandingError: the intent is not a local one.
        ValueError: `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must have a time zone")
    handler = _HANDLERS.get(match.intent)
    if handler is None:
        raise UnderstandingError(f"{match.intent} is not a local command")
    question = state.open_question(now)
    cleared = state if state.asked is None else state.model_copy(update={"asked": None})
    if match.intent == "answer" and question is not None:
        return _HANDLERS[question.intent](cleared, now, {**question.slots, **match.slots})
    return handler(cleared, now, match.slots)


def expected(state: CommandState, now: datetime) -> str | None:
    """What the open question back waits for; pass it to `Grammar.match(text, expecting=…)`."""
    question = state.open_question(now)
    return question.expects if question else None


def due(state: CommandState, now: datetime) -> tuple[CommandState, tuple[TimerState, ...]]:
    """Let the timers ring that are due at `now`.

    Returns:
        The state with them in `ringing`, and those that began to ring just now, the earliest first.
    """
    return timers.due(state, now)


def next_due(state: CommandState) -> datetime | None:
    """When the next timer rings; None when none runs."""
    return min((timer.due for timer in state.timers if timer.due is not None), default=None)


def likely_replies(state: CommandState, now: datetime) -> list[str]:
    """Replies worth having the voice ready for, the most likely first."""
    next_minute = now + timedelta(minutes=1)
    found = [_time(now), _time(next_minute), reply("date", date=date_text(now.date()))]
    found += [
        reply("stopwatch_started"),
        reply("timer_ask_duration"),
        reply("timer_cancelled"),
        reply("stopped"),
    ]
    found += [timers.ring_text((timer,)) for timer in (*state.ringing, *state.timers)]
    found += [reply("timer_started", of_duration=of_duration(s)) for s in _COMMON_TIMERS_S]
    found += [reply("timer_none"), reply("stopwatch_none"), reply("stopwatch_reset"), reply("timer_silenced")]
    return list(dict.fromkeys(found))


def _time(now: datetime) -> str:
    return reply("time", time=time_text(now.hour, now.minute))


def _get_time(state: CommandState, now: datetime, _slots: Mapping[str, object]) -> Outcome:
    return Outcome(_time(now), state)


def _get_date(state: CommandState, now: datetime, _slots: Mapping[str, object]) -> Outcome:
    return Outcome(reply("date", date=date_text(now.date())), state)


def _stop(state: CommandState, now: datetime, slots: Mapping[str, object]) -> Outcome:
    """Alone, "arrête" is for what rings, else for the stopwatch; "annule" for a timer; else for the voice."""
    if state.ringing:
        return timers.silence(state)
    if slots.get("cancel"):
        if state.timers and state.asked is None:
            return timers.cancel(state, now, {})
    elif state.stopwatch is not None and state.stopwatch.started is not None:
        return stopwatch.stop(state, now, slots)
    return Outcome(reply("stopped"), state, ("stop_speaking",))


def _answer_to_nothing(state: CommandState, _now: datetime, _slots: Mapping[str, object]) -> Outcome:
    return Outcome(reply("stopped"), state)


_Handler = Callable[[CommandState, datetime, Mapping[str, object]], Outcome]
_HANDLERS: dict[str, _Handler] = {
    "get_time": _get_time,
    "get_date": _get_date,
    "start_stopwatch": stopwatch.start,
    "stop_stopwatch": stopwatch.stop,
    "stopwatch_status": stopwatch.status,
    "reset_stopwatch": stopwatch.reset,
    "start_timer": timers.start,
    "cancel_timer": timers.cancel,
    "cancel_all_timers": timers.cancel_all,
    "timer_status": timers.status,
    "pause_timer": pause.pause,
    "resume_timer": pause.resume,
    "stop": _stop,
    "answer": _answer_to_nothing,
}
INTENTS = frozenset(_HANDLERS)
"""Intents that `interpret` answers."""

READ_ONLY = frozenset({"get_time", "get_date", "timer_status", "stopwatch_status"})
"""Intents that change nothing."""
