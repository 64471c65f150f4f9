"""Copies of a client's time things made one: of each thing, what changed last counts.

A last-writer-wins map (Shapiro et al., "A comprehensive study of convergent and commutative replicated
data types", 2011): the order in which copies meet does not matter, nor how often. What is no more leaves an
entry in `gone`, so that an older copy cannot bring it back.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from hive_mind.commands.state import CommandState
from hive_mind.protocol.messages.time_items import (
    AlarmState,
    GoneState,
    StopwatchState,
    TimeItems,
    TimerState,
)

MOST_GONE = 100
"""Entries kept of what is no more; the oldest go first."""

MOST_ITEMS = 64
"""Timers, and alarms, in one copy."""

STOPWATCH = "stopwatch"
"""What `GoneState.item_id` calls the stopwatch."""

_Item: TypeAlias = TimerState | AlarmState | StopwatchState
_TICK = timedelta(microseconds=1)


def items_of(state: CommandState) -> TimeItems:
    """What of a state has copies elsewhere."""
    return TimeItems(timers=state.timers, stopwatch=state.stopwatch, alarms=state.alarms, gone=state.gone)


def with_items(state: CommandState, items: TimeItems) -> CommandState:
    """The state with these things, as they are."""
    changes = {
        "timers": items.timers,
        "stopwatch": items.stopwatch,
        "alarms": items.alarms,
        "gone": items.gone,
    }
    return state.model_copy(update=changes)


def merged(one: TimeItems, other: TimeItems) -> TimeItems:
    """Both copies as one: commutative, associative and idempotent below the limits."""
    found: dict[str, _Item | GoneState] = {}
    for name, entry in (*_entries(one), *_entries(other)):
        known = found.get(name)
        if known is None or _version(entry) > _version(known):
            found[name] = entry
    return _whole(found)


def stamped(before: CommandState, after: CommandState, now: datetime) -> CommandState:
    """`after` with a trace of all that differs from `before`, so that it is newer than every copy of that.

    What is missing becomes an entry of `gone`; what is other than it was is newer than it was, even if the
    clock was set back meanwhile.
    """
    old, new = dict(_entries(items_of(before))), dict(_entries(items_of(after)))
    for name, entry in old.items():
        if name not in new:
            new[name] = GoneState(item_id=name, changed=_later(entry, now.astimezone(UTC)))
        elif new[name] != entry and _version(new[name]) <= _version(entry):
            new[name] = new[name].model_copy(update={"changed": entry.changed + _TICK})
    stamped_items = _whole(new)
    order = {name: place for place, (name, _) in enumerate(_entries(items_of(after)))}
    return with_items(
        after,
        stamped_items.model_copy(
            update={
                "timers": tuple(sorted(stamped_items.timers, key=lambda t: order.get(t.timer_id, 0))),
                "alarms": tuple(sorted(stamped_items.alarms, key=lambda a: order.get(a.alarm_id, 0))),
            }
        ),
    )


def rebased(base: CommandState, wanted: CommandState, current: CommandState, now: datetime) -> CommandState:
    """A change from `base` to `wanted`, carried out on `current`, which has moved on since `base`.

    An answer is worked out while the user may still be speaking; a timer may ring, or another room may set
    one, before it is known that the user was done.
    """
    items = merged(items_of(current), items_of(stamped(base, wanted, now)))
    fields = set(CommandState.model_fields) - {"timers", "stopwatch", "alarms", "gone", "version"}
    changes = {name: getattr(wanted, name) for name in fields if getattr(wanted, name) != getattr(base, name)}
    return with_items(current.model_copy(update=changes), items)


def _entries(items: TimeItems) -> Iterable[tuple[str, _Item | GoneState]]:
    """What is gone first: in one copy, what is there has come back since."""
    for gone in items.gone:
        yield gone.item_id, gone
    for timer in items.timers:
        yield timer.timer_id, timer
    for alarm in items.alarms:
        yield alarm.alarm_id, alarm
    if items.stopwatch is not None:
        yield STOPWATCH, items.stopwatch


def _version(entry: _Item | GoneState) -> tuple[datetime, bool, str]:
    """What is compared: of two changes at one moment the end counts, else any order that all sides know."""
    return entry.changed, isinstance(entry, GoneState), entry.model_dump_json()


def _later(entry: _Item | GoneState, now: datetime) -> datetime:
    return max(entry.changed + _TICK, now)


def _whole(found: dict[str, _Item | GoneState]) -> TimeItems:
    kept = [found[name] for name in sorted(found)]
    timers = [entry for entry in kept if isinstance(entry, TimerState)]
    alarms = [entry for entry in kept if isinstance(entry, AlarmState)]
    watches = [entry for entry in kept if isinstance(entry, StopwatchState)]
    gone = sorted(
        (entry for entry in kept if isinstance(entry, GoneState)), key=lambda g: (g.changed, g.item_id)
    )
    return TimeItems(
        timers=tuple(timers[:MOST_ITEMS]),
        stopwatch=watches[0] if watches else None,
        alarms=tuple(alarms[:MOST_ITEMS]),
        gone=tuple(gone[-MOST_GONE:]),
    )
