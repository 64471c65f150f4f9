"""What the commands remember: timers, alarms, stopwatch, voice. Frozen; every change makes a new state."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from hive_mind.protocol.messages.base import ShortText
from hive_mind.protocol.messages.time_items import (
    AlarmState,
    GoneState,
    ReminderState,
    StopwatchState,
    TimerState,
)

SNOOZED = "snooze"
"""Kind of an alarm that was put off: it lasts a while, whatever the clock on the wall is set to."""

ASK_FOR_S = 30.0
"""How long a question back ("Pour quelle durée ?") waits for its answer."""


SLOWEST, FASTEST = 55, 160
"""Bounds of the speed of the voice, in hundredths of its own: beyond them it is hard to follow."""


class Asked(BaseModel):
    """A question back that waits for its answer.

    Attributes:
        expects: kind of answer that sentences declare with `when` ("duration", "timer", "moment", "alarm").
        intent: the order that the answer completes, with the slots it already has.
        since: when it was asked; it is forgotten after `ASK_FOR_S`.
    """

    model_config = ConfigDict(frozen=True)

    expects: ShortText
    intent: ShortText
    slots: dict[str, JsonValue] = {}
    since: AwareDatetime


class ClockMark(BaseModel):
    """How the time of day stood to the time since the machine was started, when last looked at.

    Attributes:
        boot_id: of that start of the machine.
        booted: when it was, by the time of day: another moment means that the clock was set.
        earlier: timers (and the stopwatch) that run since before that start. Whether the clock was right then
            and wrong after it, or the other way round, nobody knows: they keep their instants.
    """

    model_config = ConfigDict(frozen=True)

    boot_id: ShortText
    booted: AwareDatetime
    earlier: tuple[ShortText, ...] = ()


class CommandState(BaseModel):
    """The time things of one client, as kept on its disk and mirrored to the server.

    Attributes:
        timers: set and not yet due, in the order in which they were set.
        ringing: timers that are due and that nobody has silenced yet.
        stopwatch: None when it was never started, or was reset.
        serial: number of timers and alarms ever set here; makes their identifiers.
        asked: the question back that is open, if any.
        alarms: set, in the order in which they were set.
        waking: alarms that ring and that nobody has silenced yet.
        volume: of the voice, in hundredths of the loudest.
        muted: the voice is silent, whatever the volume.
        since: when the newest of what rings began to; it may have been due long before.
        gone: timers, alarms and stopwatches that are no more; see `commands.merge`.
        reminders: of the server, said by this client when the server is away.
        said: reminders that were said here, the newest last.
        clock: tells a clock that was set from a machine that slept.
        version: counts the changes since the start; says from which state another was made.
        speed: of the voice, in hundredths of its own.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    timers: tuple[TimerState, ...] = ()
    ringing: tuple[TimerState, ...] = ()
    stopwatch: StopwatchState | None = None
    serial: Annotated[int, Field(ge=0)] = 0
    asked: Asked | None = None
    alarms: tuple[AlarmState, ...] = ()
    waking: tuple[AlarmState, ...] = ()
    volume: Annotated[int, Field(ge=0, le=100)] = 100
    muted: bool = False
    since: AwareDatetime | None = None
    gone: tuple[GoneState, ...] = ()
    reminders: tuple[ReminderState, ...] = ()
    said: tuple[ShortText, ...] = ()
    clock: ClockMark | None = None
    version: Annotated[int, Field(ge=0, exclude=True)] = 0
    speed: Annotated[int, Field(ge=SLOWEST, le=FASTEST)] = 100

    @property
    def loudness(self) -> float:
        """Amplitude of the voice at the volume that was asked for, from 0 to 1: its square sounds even."""
        return 0.0 if self.muted else (self.volume / 100) ** 2

    def open_question(self, now: datetime) -> Asked | None:
        """The question back that still waits at `now`; one from the future (a clock set back) is dropped."""
        if self.asked is not None and 0 <= seconds_between(self.asked.since, now) <= ASK_FOR_S:
            return self.asked
        return None


def fresh_id(kind: str, state: CommandState, now: datetime) -> str:
    """A name for a new timer or alarm that no other has, here or elsewhere; by time of making when sorted."""
    return f"{kind}-{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{state.serial + 1}"


def seconds_between(earlier: datetime, later: datetime) -> float:
    """Real seconds between two aware instants; subtracting them as they are would forget summer time."""
    return (later.astimezone(UTC) - earlier.astimezone(UTC)).total_seconds()


def remaining_s(timer: TimerState, now: datetime) -> float:
    """Seconds left of a timer, between 0 and its whole duration whatever the clock does."""
    if timer.due is None:
        return timer.remaining_s or 0.0
    return min(timer.duration_s, max(0.0, seconds_between(now, timer.due)))


def elapsed_s(stopwatch: StopwatchState, now: datetime) -> float:
    """Seconds on a stopwatch; a clock set back takes nothing away from what was counted before."""
    if stopwatch.started is None:
        return stopwatch.elapsed_s
    return stopwatch.elapsed_s + max(0.0, seconds_between(stopwatch.started, now))
