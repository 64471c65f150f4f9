"""A clock that was set, and a machine that slept, by arithmetic alone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from hive_mind.commands.clock_shift import BACK_S, followed
from hive_mind.commands.interpret import interpret
from hive_mind.commands.state import CommandState, elapsed_s, remaining_s
from hive_mind.understanding.grammar import Match

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 1, 6, 14, 30, tzinfo=PARIS)
JUMPS = st.integers(-86400, 86400).filter(lambda jump: abs(jump) >= 2)


def given_orders(*orders: Match) -> CommandState:
    state = followed(CommandState(), NOW, "boot", 100.0)
    for order in orders:
        state = interpret(order, state, NOW).state
    return state


def later(state: CommandState, real_s: float, jump_s: float, boot_id: str = "boot") -> CommandState:
    return followed(state, NOW + timedelta(seconds=real_s + jump_s), boot_id, 100.0 + real_s)


@given(st.floats(0, 500), JUMPS)
def test_a_timer_and_a_stopwatch_go_on_as_if_nobody_had_set_the_clock(real_s: float, jump_s: int) -> None:
    state = given_orders(Match("start_timer", {"duration_s": 600}), Match("start_stopwatch", {}))
    shifted = later(state, real_s, jump_s)
    then = NOW + timedelta(seconds=real_s + jump_s)
    assert abs(remaining_s(shifted.timers[0], then) - (600 - real_s)) < 0.01
    assert shifted.stopwatch is not None
    assert abs(elapsed_s(shifted.stopwatch, then) - real_s) < 0.01
    assert later(shifted, real_s, jump_s) == shifted, "it is noticed once"


@given(st.floats(0, 500), st.lists(JUMPS, max_size=4))
def test_many_jumps_add_up(real_s: float, jumps: list[int]) -> None:
    state = given_orders(Match("start_timer", {"duration_s": 600}))
    total = 0
    for jump in jumps:
        total += jump
        state = later(state, real_s, total)
    assert abs(remaining_s(state.timers[0], NOW + timedelta(seconds=real_s + total)) - (600 - real_s)) < 5.0


def test_sleep_is_no_jump() -> None:
    state = given_orders(Match("start_timer", {"duration_s": 600}))
    assert later(state, 3600, 0) == state


def test_a_paused_timer_has_nothing_to_move() -> None:
    state = given_orders(Match("start_timer", {"duration_s": 600}), Match("pause_timer", {}))
    assert later(state, 10, 7200).timers == state.timers


def test_an_alarm_follows_the_wall_and_a_daily_one_that_rang_too_early_rings_at_its_hour() -> None:
    at_seven = Match("set_alarm", {"when": "19 h", "days": [0, 1, 2, 3, 4, 5, 6]})
    once = Match("set_alarm", {"when": "21 h"})
    state = given_orders(at_seven, once)
    ahead = later(state, 10, 7200)
    assert ahead.alarms == state.alarms
    tomorrow = state.alarms[0].model_copy(update={"due": state.alarms[0].due + timedelta(days=1)})
    rang = state.model_copy(update={"alarms": (tomorrow, state.alarms[1])})
    back = later(rang, 10, -7200)
    assert back.alarms[0].due == state.alarms[0].due
    assert back.alarms[1].due == state.alarms[1].due
    assert later(rang, 10, -(BACK_S - 10)).alarms[0].due == tomorrow.due


def test_a_snoozed_alarm_is_a_duration() -> None:
    state = given_orders(Match("set_alarm", {"when": "14 h 31"}))
    waking = state.model_copy(update={"waking": state.alarms, "alarms": ()})
    snoozed = interpret(Match("snooze", {"duration_s": 600}), waking, NOW + timedelta(minutes=1)).state
    shifted = later(snoozed, 60, 7200)
    assert shifted.alarms[0].due == (NOW + timedelta(minutes=11, hours=2)).astimezone(UTC)


def test_what_was_set_before_the_machine_was_started_keeps_its_instant() -> None:
    state = given_orders(Match("start_timer", {"duration_s": 600}))
    booted = followed(state, NOW + timedelta(seconds=30), "another", 5.0)
    assert booted.timers == state.timers
    fresh = interpret(Match("start_timer", {"duration_s": 60}), booted, NOW + timedelta(seconds=31)).state
    corrected = followed(fresh, NOW + timedelta(seconds=40 + 3600), "another", 15.0)
    assert corrected.timers[0].due == state.timers[0].due
    assert corrected.timers[1].due == (NOW + timedelta(seconds=91 + 3600)).astimezone(UTC)
