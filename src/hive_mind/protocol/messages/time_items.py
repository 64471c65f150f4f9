"""Timers, alarms, stopwatch and reminders, as they travel."""

from typing import Annotated

from pydantic import Field, StringConstraints

from hive_mind.protocol.messages.base import Identifier, Message, ShortText, Timestamp


class TimerState(Message):
    """A timer on a client.

    Attributes:
        timer_id: stable name of the timer on its client.
        name: what the user called it.
        duration_s: seconds it was set to.
        due: moment it rings; absent while paused.
        remaining_s: seconds left; present while paused.
        changed: when the user last set, paused or resumed it; the later change wins.
    """

    timer_id: Identifier
    name: ShortText | None = None
    duration_s: Annotated[float, Field(gt=0)]
    due: Timestamp | None = None
    remaining_s: Annotated[float, Field(ge=0)] | None = None
    changed: Timestamp


class StopwatchState(Message):
    """A stopwatch on a client: running since `started` (if any) on top of `elapsed_s`.

    Attributes:
        started: when it was last started; absent while stopped.
        elapsed_s: seconds counted before that.
        changed: when the user last touched it; the later change wins.
        laps_s: seconds that it showed at each lap.
    """

    started: Timestamp | None = None
    elapsed_s: Annotated[float, Field(ge=0)] = 0.0
    changed: Timestamp
    laps_s: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Field(max_length=1000)] = ()


class AlarmState(Message):
    """An alarm on a client.

    Attributes:
        alarm_id: stable name of the alarm on its client.
        name: what the user called it.
        due: moment it rings next.
        hour: of the wall clock at which it rings.
        minute: of the wall clock at which it rings.
        days: weekdays on which it comes back, from Monday 0; none when it rings once.
        changed: when the user last set it, or put it off; the later change wins.
    """

    alarm_id: Identifier
    name: ShortText | None = None
    due: Timestamp
    hour: Annotated[int, Field(ge=0, le=23)]
    minute: Annotated[int, Field(ge=0, le=59)]
    days: Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(max_length=7)] = ()
    changed: Timestamp


class GoneState(Message):
    """A timer, an alarm or the stopwatch that is no more, so that no older copy brings it back.

    Attributes:
        item_id: its `timer_id` or `alarm_id`; "stopwatch" for the stopwatch.
        changed: when it was cancelled, reset, or rang.
    """

    item_id: Identifier
    changed: Timestamp


class TimeItems(Message):
    """The time things of one client. Two copies become one by taking of each thing what changed last.

    Attributes:
        timers: all timers on the client.
        stopwatch: its stopwatch, if used.
        alarms: all alarms on the client.
        gone: what is no more; a thing that changed later than its entry here is back.
    """

    timers: Annotated[tuple[TimerState, ...], Field(max_length=64)] = ()
    stopwatch: StopwatchState | None = None
    alarms: Annotated[tuple[AlarmState, ...], Field(max_length=64)] = ()
    gone: Annotated[tuple[GoneState, ...], Field(max_length=100)] = ()


class ReminderState(Message):
    """A reminder that a client keeps for the server, to say it even when the server is away.

    Attributes:
        reminder_id: the server's name for this one occasion.
        text: what to say.
        due: when.
    """

    reminder_id: Identifier
    text: Annotated[str, StringConstraints(max_length=500)]
    due: Timestamp
