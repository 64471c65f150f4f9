"""A clock that was set, told from a machine that slept: pure, on two clocks that are arguments.

The time of day and the time since the machine was started go on together, also while it sleeps (Linux
counts sleep in CLOCK_BOOTTIME, clock_gettime(2)). Their difference, the moment of the start, moves only when
somebody sets the clock. Then a timer, which lasts so and so long, must move with it; an alarm, which follows
the clock on the wall, must not.
"""

from datetime import UTC, datetime, timedelta

from hive_mind.commands.alarms import next_occurrence
from hive_mind.commands.merge import STOPWATCH
from hive_mind.commands.state import SNOOZED, ClockMark, CommandState
from hive_mind.protocol.messages.time_items import AlarmState, TimerState

LEAST_S = 1.0
"""A smaller difference is no change of the clock."""

BACK_S = 300.0
"""A clock set back by so much makes an alarm that comes back ring at its hour again."""


def followed(state: CommandState, now: datetime, boot_id: str, uptime_s: float) -> CommandState:
    """The state as the clocks want it.

    Args:
        state: as it was when last looked at, perhaps by an earlier run of the program.
        now: aware time of day, in the household's zone.
        boot_id: names this start of the machine.
        uptime_s: seconds since then, sleep included.
    """
    booted = now.astimezone(UTC) - timedelta(seconds=uptime_s)
    mark = state.clock
    if mark is None or mark.boot_id != boot_id:
        earlier = tuple(timer.timer_id for timer in (*state.timers, *state.ringing))
        earlier = (*earlier, *(a.alarm_id for a in state.alarms if _lasts(a)), STOPWATCH)
        fresh = ClockMark(boot_id=boot_id, booted=booted, earlier=earlier)
        return state.model_copy(update={"clock": fresh})
    shift = booted - mark.booted
    if abs(shift.total_seconds()) < LEAST_S:
        return state
    watch = state.stopwatch
    if watch is not None and watch.started is not None and not _is_earlier(mark, STOPWATCH, watch.changed):
        watch = watch.model_copy(update={"started": watch.started + shift})
    changes = {
        "clock": mark.model_copy(update={"booted": booted}),
        "timers": tuple(_moved_timer(timer, mark, shift) for timer in state.timers),
        "ringing": tuple(_moved_timer(timer, mark, shift) for timer in state.ringing),
        "alarms": tuple(_moved_alarm(alarm, mark, shift, now) for alarm in state.alarms),
        "stopwatch": watch,
        "since": None if state.since is None else state.since + shift,
    }
    return state.model_copy(update=changes)


def _moved_timer(timer: TimerState, mark: ClockMark, shift: timedelta) -> TimerState:
    if timer.due is None or _is_earlier(mark, timer.timer_id, timer.changed):
        return timer
    return timer.model_copy(update={"due": timer.due + shift})


def _moved_alarm(alarm: AlarmState, mark: ClockMark, shift: timedelta, now: datetime) -> AlarmState:
    if _lasts(alarm):
        kept = _is_earlier(mark, alarm.alarm_id, alarm.changed)
        return alarm if kept else alarm.model_copy(update={"due": alarm.due + shift})
    if alarm.days and shift.total_seconds() <= -BACK_S:
        sooner = next_occurrence(alarm.hour, alarm.minute, alarm.days, now)
        return alarm if sooner >= alarm.due else alarm.model_copy(update={"due": sooner})
    return alarm


def _lasts(alarm: AlarmState) -> bool:
    """Whether it was put off: then it is a duration too."""
    return alarm.alarm_id.startswith(SNOOZED)


def _is_earlier(mark: ClockMark, name: str, changed: datetime) -> bool:
    """Whether it runs since before the machine was started, and nobody touched it since."""
    return name in mark.earlier and changed < mark.booted
