"""Alarms: wall-clock times that ring at the right instant, once or on weekdays."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from hive_mind.commands.alarms import MAX_ALARMS, RING_FOR_S, next_occurrence
from hive_mind.commands.interpret import due, given_up, interpret, next_due, ring_text
from hive_mind.commands.outcome import Outcome
from hive_mind.commands.state import CommandState
from hive_mind.understanding.grammar import Match

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 1, 6, 14, 30, tzinfo=PARIS)


def order(intent: str, state: CommandState, now: datetime = NOW, **slots: JsonValue) -> Outcome:
    return interpret(Match(intent, slots), state, now)


def alarm(
    when: str, now: datetime = NOW, state: CommandState | None = None, **slots: JsonValue
) -> CommandState:
    return order("set_alarm", state or CommandState(), now, when=when, **slots).state


def test_an_alarm_rings_once_at_its_time() -> None:
    state = alarm("à 7 heures")
    at = datetime(2026, 1, 7, 7, tzinfo=PARIS)
    assert next_due(state) == at
    assert due(state, at - timedelta(seconds=1)) == (state, ())
    state, rung = due(state, at)
    assert ring_text(rung) == "C'est l'heure : réveil de 7h."
    assert state.alarms == ()
    assert state.waking == rung
    assert order("stop", state, at).state.waking == ()


def test_a_recurring_alarm_rings_on_its_days_only() -> None:
    state = alarm("7 h", days=[0, 1, 2, 3, 4])
    rings = []
    for _ in range(6):
        at = next_due(state)
        assert at is not None
        state, rung = due(state, at.astimezone(PARIS))
        assert len(rung) == 1
        rings.append(at.astimezone(PARIS))
    assert [(day.weekday(), day.hour, day.minute) for day in rings] == [
        (2, 7, 0), (3, 7, 0), (4, 7, 0), (0, 7, 0), (1, 7, 0), (2, 7, 0)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("now", "offset"),
    [
        (datetime(2026, 3, 28, 22, tzinfo=PARIS), timedelta(hours=2)),
        (datetime(2026, 10, 24, 22, tzinfo=PARIS), timedelta(hours=1)),
    ],
)
def test_an_alarm_over_a_change_of_the_clock_rings_at_the_hour_that_is_shown(
    now: datetime, offset: timedelta
) -> None:
    for state in (alarm("demain à 7 heures", now), alarm("7 h", now, days=[6])):
        at = next_due(state)
        assert at is not None
        shown = at.astimezone(PARIS)
        assert (shown.day, shown.hour, shown.utcoffset()) == (now.day + 1, 7, offset)


def test_an_hour_that_the_clock_skips_rings_as_much_later() -> None:
    before = datetime(2026, 3, 28, 22, tzinfo=PARIS)
    at = next_occurrence(2, 30, (), before).astimezone(PARIS)
    assert (at.day, at.hour, at.minute) == (29, 3, 30)


def test_whoever_says_six_in_the_afternoon_is_woken_in_the_morning() -> None:
    assert next_due(alarm("à 6 heures")) == datetime(2026, 1, 7, 6, tzinfo=PARIS)
    assert next_due(alarm("à 6 heures du soir")) == datetime(2026, 1, 6, 18, tzinfo=PARIS)
    assert next_due(alarm("ce soir à 6 heures")) == datetime(2026, 1, 6, 18, tzinfo=PARIS)
    assert next_due(alarm("à 15 h")) == datetime(2026, 1, 6, 15, tzinfo=PARIS)
    assert next_due(alarm("dans deux heures")) == datetime(2026, 1, 6, 16, 30, tzinfo=PARIS)


def test_snoozing_lets_it_ring_again() -> None:
    at = datetime(2026, 1, 7, 7, tzinfo=PARIS)
    state, _ = due(alarm("à 7 heures", name="sport"), at)
    snoozed = order("snooze", state, at, duration_s=300)
    assert "silence" in snoozed.effects
    assert snoozed.state.waking == ()
    assert next_due(snoozed.state) == at + timedelta(minutes=5)
    _, rung = due(snoozed.state, at + timedelta(minutes=5))
    assert ring_text(rung) == "C'est l'heure : réveil sport."


def test_an_alarm_that_nobody_hears_is_given_up() -> None:
    at = datetime(2026, 1, 7, 7, tzinfo=PARIS)
    state, _ = due(alarm("à 7 heures"), at)
    assert given_up(state, at + timedelta(seconds=RING_FOR_S - 1)) == state
    assert given_up(state, at + timedelta(seconds=RING_FOR_S)).waking == ()


def test_too_many_alarms_are_refused() -> None:
    state = CommandState()
    for minute in range(MAX_ALARMS):
        state = alarm(f"à 7 h {minute:02d}", state=state)
    assert len(state.alarms) == MAX_ALARMS
    assert alarm("à 9 heures", state=state) == state


def test_a_corrected_order_is_taken_back_first() -> None:
    wrong = Match("set_alarm", {"when": "à 7 heures"})
    state = interpret(wrong, alarm("à 5 heures"), NOW).state
    right = Match("set_alarm", {"when": "à 8 heures"}, replaces=wrong)
    hours = [a.hour for a in interpret(right, state, NOW).state.alarms]
    assert hours == [5, 8]


def test_a_corrected_timer_and_a_corrected_adjustment() -> None:
    ten, fifteen = Match("start_timer", {"duration_s": 600}), Match("start_timer", {"duration_s": 900})
    state = interpret(ten, interpret(ten, CommandState(), NOW).state, NOW).state
    corrected = Match(fifteen.intent, fifteen.slots, replaces=ten)
    state = interpret(corrected, state, NOW).state
    assert [timer.duration_s for timer in state.timers] == [600, 900]
    more = Match("adjust_timer", {"duration_s": 60, "change": "more"})
    single = interpret(more, interpret(ten, CommandState(), NOW).state, NOW).state
    undone = interpret(Match("undo", replaces=more), single, NOW)
    assert [timer.duration_s for timer in undone.state.timers] == [600]
    assert undone.reply == "C'est annulé."


DAYS = st.sets(st.integers(0, 6)).map(sorted)
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001 - made aware next
    lambda at: at.replace(tzinfo=UTC).astimezone(PARIS)
)


@given(st.integers(0, 23), st.integers(0, 59), DAYS, INSTANTS)
def test_the_next_occurrence_is_ahead_near_and_on_its_day(
    hour: int, minute: int, days: list[int], after: datetime
) -> None:
    found = next_occurrence(hour, minute, days, after)
    assert after < found <= after + timedelta(days=8)
    shown = found.astimezone(PARIS)
    assert not days or shown.weekday() in days
    assert (shown.hour, shown.minute) == (hour, minute) or (hour == 2 and shown.hour == 3)
