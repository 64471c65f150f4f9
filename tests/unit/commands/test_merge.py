"""Copies of time things meet in any order, any number of times, and nothing that is gone comes back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from hive_mind.commands.interpret import due, interpret
from hive_mind.commands.merge import items_of, merged, rebased, stamped, with_items
from hive_mind.commands.state import CommandState
from hive_mind.protocol.messages.time_items import (
    AlarmState,
    GoneState,
    StopwatchState,
    TimeItems,
    TimerState,
)
from hive_mind.understanding.grammar import Match

NOW = datetime(2026, 1, 6, 14, 30, tzinfo=UTC)
MOMENTS = st.integers(0, 5).map(lambda minutes: NOW + timedelta(minutes=minutes))
NAMES = st.sampled_from(["a", "b", "c"])


@st.composite
def copies(draw: st.DrawFn) -> TimeItems:
    """A copy with few names and few moments, so that copies have much to disagree about."""
    timers, alarms, gone = {}, {}, {}
    watch = None
    for name in draw(st.sets(NAMES)):
        timers[name] = TimerState(
            timer_id=f"timer-{name}",
            duration_s=draw(st.sampled_from([60.0, 120.0])),
            due=draw(MOMENTS),
            changed=draw(MOMENTS),
        )
    for name in draw(st.sets(NAMES)):
        alarms[name] = AlarmState(
            alarm_id=f"alarm-{name}", due=draw(MOMENTS), hour=draw(st.integers(6, 7)), minute=0,
            changed=draw(MOMENTS),
        )  # fmt: skip
    if draw(st.booleans()):
        watch = StopwatchState(elapsed_s=draw(st.sampled_from([0.0, 5.0])), changed=draw(MOMENTS))
    for item in draw(st.sets(st.sampled_from(["timer-a", "timer-b", "alarm-a", "stopwatch"]))):
        gone[item] = GoneState(item_id=item, changed=draw(MOMENTS))
    return TimeItems(
        timers=tuple(timers.values()),
        alarms=tuple(alarms.values()),
        stopwatch=watch,
        gone=tuple(gone.values()),
    )


@given(copies(), copies())
def test_the_order_does_not_matter(one: TimeItems, other: TimeItems) -> None:
    assert merged(one, other) == merged(other, one)


@given(copies(), copies(), copies())
def test_nor_does_who_meets_whom_first(one: TimeItems, two: TimeItems, three: TimeItems) -> None:
    assert merged(merged(one, two), three) == merged(one, merged(two, three))


@given(copies(), copies())
def test_meeting_again_changes_nothing(one: TimeItems, other: TimeItems) -> None:
    both = merged(one, other)
    assert merged(both, one) == merged(both, other) == merged(both, both) == both


@given(copies(), copies())
def test_each_thing_is_there_once_or_gone(one: TimeItems, other: TimeItems) -> None:
    both = merged(one, other)
    there = [t.timer_id for t in both.timers] + [a.alarm_id for a in both.alarms]
    there += ["stopwatch"] if both.stopwatch else []
    everything = there + [g.item_id for g in both.gone]
    assert len(everything) == len(set(everything))


STEPS = st.lists(
    st.sampled_from(
        [
            Match("start_timer", {"duration_s": 60}),
            Match("start_timer", {"duration_s": 600, "name": "pâtes"}),
            Match("cancel_timer", {"all": True}),
            Match("adjust_timer", {"duration_s": 30, "name": "pâtes"}),
            Match("pause_timer", {}),
            Match("set_alarm", {"when": "7 h", "days": [0, 1, 2, 3, 4, 5, 6]}),
            Match("cancel_alarm", {"all": True}),
            Match("start_stopwatch", {}),
            Match("reset_stopwatch", {}),
            Match("stop_stopwatch", {}),
        ]
    ),
    max_size=8,
)


def lived(state: CommandState, orders: list[Match], now: datetime, stride: timedelta) -> CommandState:
    """A copy that these orders were given to, one after the other."""
    for order in orders:
        now += stride
        rung, _ = due(state, now)
        state = stamped(state, rung, now)
        state = stamped(state, interpret(order, state, now).state, now)
    return state


@given(STEPS, STEPS, st.integers(-90, 90))
def test_two_copies_that_live_apart_agree_when_they_meet_and_what_one_ended_last_stays_ended(
    here: list[Match], there: list[Match], stride_s: int
) -> None:
    start = lived(
        CommandState(), [Match("start_timer", {"duration_s": 3600, "name": "four"})], NOW, timedelta()
    )
    one = lived(start, here, NOW, timedelta(seconds=stride_s))
    other = lived(start, there, NOW + timedelta(minutes=1), timedelta(seconds=stride_s))
    both = merged(items_of(one), items_of(other))
    assert both == merged(items_of(other), items_of(one))
    for mine, theirs in ((one, other), (other, one)):
        touched = {t.timer_id: t.changed for t in theirs.timers}
        for gone in mine.gone:
            if touched.get(gone.item_id, gone.changed) <= gone.changed:
                assert gone.item_id not in [t.timer_id for t in both.timers]
    assert merged(items_of(start), both) == both, "an older copy brings nothing back"


@given(STEPS, st.integers(-90, 90))
def test_a_change_is_always_newer_than_what_it_changed_even_by_a_clock_set_back(
    orders: list[Match], stride_s: int
) -> None:
    state, now = CommandState(), NOW
    for order in orders:
        now += timedelta(seconds=stride_s)
        after = stamped(state, interpret(order, state, now).state, now)
        both = merged(items_of(state), items_of(after))
        assert merged(both, both) == merged(items_of(after), items_of(after))
        state = after


def order(intent: str, state: CommandState, now: datetime = NOW, **slots: JsonValue) -> CommandState:
    return stamped(state, interpret(Match(intent, slots), state, now).state, now)


def test_a_timer_that_rang_here_does_not_ring_again_because_of_a_copy() -> None:
    state = order("start_timer", CommandState(), duration_s=60)
    copy = items_of(state)
    later = NOW + timedelta(minutes=2)
    rung, _ = due(state, later)
    rung = stamped(state, rung, later)
    back = with_items(rung, merged(items_of(rung), copy))
    assert back.timers == ()
    assert due(back, later) == (back, ())


def test_a_change_elsewhere_wins_unless_the_client_changed_it_later() -> None:
    state = order("start_timer", CommandState(), duration_s=600)
    elsewhere = order("adjust_timer", state, NOW + timedelta(minutes=1), duration_s=60)
    untouched = merged(items_of(state), items_of(elsewhere))
    assert untouched.timers[0].duration_s == 660
    here = order("pause_timer", state, NOW + timedelta(minutes=2))
    assert merged(items_of(here), items_of(elsewhere)).timers[0].due is None
    cancelled = order("cancel_timer", state, NOW + timedelta(minutes=2))
    assert merged(items_of(cancelled), items_of(elsewhere)).timers == ()


def test_a_reset_stopwatch_stays_reset() -> None:
    running = order("start_stopwatch", CommandState())
    stopped = order("stop_stopwatch", running, NOW + timedelta(seconds=5))
    reset = order("reset_stopwatch", stopped, NOW + timedelta(seconds=9))
    assert reset.stopwatch is None
    assert merged(items_of(reset), items_of(stopped)).stopwatch is None
    again = order("start_stopwatch", reset, NOW + timedelta(seconds=20))
    assert merged(items_of(again), items_of(reset)).stopwatch is not None


def test_an_answer_worked_out_on_an_old_state_keeps_what_came_since() -> None:
    base = order("start_timer", CommandState(), duration_s=600)
    wanted = interpret(Match("cancel_timer", {}), base, NOW).state
    current = order("start_timer", base, NOW + timedelta(seconds=1), duration_s=60)
    after = rebased(base, wanted, current, NOW + timedelta(seconds=2))
    assert [timer.duration_s for timer in after.timers] == [60]
