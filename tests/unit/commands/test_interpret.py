from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from hive_mind.commands.interpret import (
    INTENTS,
    due,
    expected,
    interpret,
    likely_replies,
    next_due,
)
from hive_mind.commands.outcome import Outcome
from hive_mind.commands.state import ASK_FOR_S, CommandState, remaining_s
from hive_mind.commands.timers import MAX_TIMERS
from hive_mind.commands.vocabulary import vocabulary
from hive_mind.errors import UnderstandingError
from hive_mind.language.speakable import speakable
from hive_mind.protocol.messages import DeviceState
from hive_mind.understanding.grammar import Match

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 1, 6, 14, 30, tzinfo=PARIS)


def order(intent: str, state: CommandState, now: datetime = NOW, **slots: JsonValue) -> Outcome:
    return interpret(Match(intent, slots), state, now)


def timer(
    seconds: float, state: CommandState | None = None, now: datetime = NOW, **slots: JsonValue
) -> CommandState:
    return order("start_timer", state or CommandState(), now, duration_s=seconds, **slots).state


def test_a_naive_time_and_a_foreign_intent_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        order("get_time", CommandState(), datetime(2026, 1, 6))  # noqa: DTZ001 - the fault under test
    with pytest.raises(UnderstandingError):
        order("get_weather", CommandState())


def test_a_timer_rings_once_at_its_instant() -> None:
    state = timer(300)
    assert next_due(state) == NOW + timedelta(minutes=5)
    assert due(state, NOW + timedelta(seconds=299)) == (state, ())
    state, rung = due(state, NOW + timedelta(seconds=300))
    assert [t.duration_s for t in state.ringing] == [300]
    assert state.ringing == rung
    assert next_due(state) is None
    assert due(state, NOW + timedelta(hours=1)) == (state, ())


def test_a_late_wake_up_rings_all_that_was_missed_in_order() -> None:
    state = timer(60, timer(600, timer(30)))
    state, _ = due(state, NOW + timedelta(minutes=5))
    assert [t.duration_s for t in state.ringing] == [30, 60]
    assert [t.duration_s for t in state.timers] == [600]


def test_silencing_ends_the_ringing() -> None:
    state, _ = due(timer(60), NOW + timedelta(minutes=2))
    outcome = order("stop", state)
    assert outcome.state.ringing == ()
    assert "silence" in outcome.effects


def test_stop_prefers_what_rings_to_the_stopwatch_and_the_stopwatch_to_the_voice() -> None:
    state = order("start_stopwatch", timer(60)).state
    state, _ = due(state, NOW + timedelta(minutes=2))
    first = order("stop", state, NOW + timedelta(minutes=2))
    assert first.reply == "Minuteur arrêté."
    second = order("stop", first.state, NOW + timedelta(minutes=3))
    assert second.reply == "Chronomètre arrêté à 3 minutes."
    third = order("stop", second.state, NOW + timedelta(minutes=4))
    assert third.effects == ("stop_speaking",)


def test_a_timer_over_the_change_to_summer_time_lasts_as_long_as_it_says() -> None:
    before = datetime(2026, 3, 29, 1, 30, tzinfo=PARIS)
    state = timer(3600, now=before)
    end = next_due(state)
    assert end is not None
    assert end.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=1)
    assert end.astimezone(PARIS).hour == 3


def test_a_stopwatch_over_the_change_to_winter_time_counts_real_seconds() -> None:
    start = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS)
    state = order("start_stopwatch", CommandState(), start).state
    later = (start.astimezone(UTC) + timedelta(hours=1)).astimezone(PARIS)
    assert order("stop_stopwatch", state, later).reply == "Chronomètre arrêté à 1 heure."


def test_a_clock_set_back_loses_nothing() -> None:
    state = order("start_stopwatch", timer(600)).state
    past = NOW - timedelta(days=400)
    assert due(state, past) == (state, ())
    assert remaining_s(state.timers[0], past) == 600
    assert order("timer_status", state, past).reply == "Il reste 10 minutes."
    assert order("stopwatch_status", state, past).reply == "Le chronomètre est à 0 seconde."
    assert expected(order("start_timer", state).state, past) is None


def test_an_unanswered_question_is_forgotten() -> None:
    state = order("start_timer", CommandState()).state
    assert expected(state, NOW + timedelta(seconds=ASK_FOR_S)) == "duration"
    late = NOW + timedelta(seconds=ASK_FOR_S + 1)
    assert expected(state, late) is None
    outcome = order("answer", state, late, duration_s=60)
    assert outcome.state.timers == ()


def test_another_order_closes_the_question() -> None:
    state = order("start_timer", CommandState()).state
    assert expected(order("get_time", state).state, NOW) is None


def test_a_paused_timer_waits_and_rings_later() -> None:
    state = order("pause_timer", timer(600), NOW + timedelta(seconds=60)).state
    assert next_due(state) is None
    assert due(state, NOW + timedelta(days=2)) == (state, ())
    resumed = order("resume_timer", state, NOW + timedelta(hours=1))
    assert resumed.reply == "Minuteur relancé, il reste 9 minutes."
    assert next_due(resumed.state) == NOW + timedelta(hours=1, minutes=9)


def test_the_vocabulary_begins_with_the_names_of_the_timers() -> None:
    words = vocabulary(timer(60, name="pâtes"))
    assert words[0] == "pâtes"
    assert "minuteur" in words


def test_too_many_and_too_long_timers_are_refused() -> None:
    state = CommandState()
    for _ in range(MAX_TIMERS):
        state = timer(60, state)
    assert order("start_timer", state, duration_s=60).state == state
    assert order("start_timer", CommandState(), duration_s=3_600_000).state.timers == ()
    assert order("start_timer", CommandState(), duration_s=float("inf")).state.timers == ()
    assert order("start_timer", CommandState(), duration_s=0.5).asks
    assert order("start_timer", CommandState(), duration_s=float("nan")).asks


def test_an_answer_completes_the_order_that_is_leaned_on_next() -> None:
    asked = order("start_timer", CommandState(), name="pâtes")
    answered = order("answer", asked.state, duration_s=480)
    assert answered.order == Match("start_timer", {"name": "pâtes", "duration_s": 480})
    assert order("get_time", CommandState()).order == Match("get_time")


def test_who_has_no_voice_says_so_rather_than_that_it_is_louder() -> None:
    outcome = interpret(Match("set_volume", {"change": "up"}), CommandState(), NOW, voice=False)
    assert outcome.reply == "Je n'ai pas de voix ici."
    assert outcome.state == CommandState()


def test_timers_that_nobody_can_tell_apart_need_no_question() -> None:
    outcome = order("cancel_timer", timer(60, timer(60)))
    assert len(outcome.state.timers) == 1
    assert not outcome.asks


def test_identifiers_are_never_used_twice() -> None:
    first = timer(60)
    again = timer(60, order("cancel_timer", first, all=True).state)
    assert first.timers[0].timer_id != again.timers[0].timer_id
    other = timer(60, now=NOW + timedelta(seconds=1))
    assert first.timers[0].timer_id != other.timers[0].timer_id


def test_the_state_travels_in_the_protocol() -> None:
    state = order("start_stopwatch", timer(60, name="pâtes")).state
    mirrored = DeviceState(client_id="salon", timers=state.timers, stopwatch=state.stopwatch)
    assert DeviceState.model_validate_json(mirrored.model_dump_json()) == mirrored


def test_likely_replies_are_what_will_be_said() -> None:
    state = timer(600, name="pâtes")
    likely = likely_replies(state, NOW)
    assert likely[0] == order("get_time", state).reply
    assert order("get_time", state, NOW + timedelta(minutes=1)).reply in likely
    assert order("get_date", state).reply in likely
    assert order("start_stopwatch", state).reply in likely
    assert order("cancel_timer", state).reply in likely
    assert order("start_timer", CommandState(), duration_s=300).reply in likely
    assert "Le minuteur pâtes est terminé." in likely
    assert len(likely) == len(set(likely))


SLOTS = st.fixed_dictionaries(
    {},
    optional={
        "duration_s": st.none() | st.floats() | st.integers(-5, 10**7) | st.just("5"),
        "name": st.sampled_from(["pâtes", "x" * 300, "", "de la", "7", "{name}"]) | st.none(),
        "cancel": st.booleans(),
    },
)
STEPS = st.lists(st.tuples(st.sampled_from(sorted(INTENTS)), SLOTS, st.integers(-5000, 5000)), max_size=8)


@given(STEPS)
def test_any_orders_in_any_order_are_answered_and_no_timer_is_lost(
    steps: list[tuple[str, dict[str, JsonValue], int]],
) -> None:
    state, now = CommandState(), NOW
    for intent, slots, seconds in steps:
        now += timedelta(seconds=seconds)
        before = {t.timer_id for t in (*state.timers, *state.ringing)}
        state, rung = due(state, now)
        assert {t.timer_id for t in (*state.timers, *state.ringing)} == before
        assert all(t.due is not None and t.due <= now for t in rung)
        end = next_due(state)
        assert end is None or end > now
        outcome = interpret(Match(intent, slots), state, now)
        assert outcome.reply
        assert speakable(outcome.reply)
        after = {t.timer_id for t in (*outcome.state.timers, *outcome.state.ringing)}
        if intent not in ("cancel_timer", "stop", "answer", "set_volume"):
            assert before <= after
        state = CommandState.model_validate_json(outcome.state.model_dump_json())
        assert state == outcome.state
    assert all(speakable(text) for text in likely_replies(state, now))


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=8), st.lists(st.integers(0, 6000), max_size=8))
def test_due_is_monotone(durations: list[int], moments: list[int]) -> None:
    state = CommandState()
    for seconds in durations:
        state = timer(seconds, state)
    for moment in sorted(moments):
        state, _ = due(state, NOW + timedelta(seconds=moment))
        assert {t.duration_s for t in state.ringing} == {float(s) for s in durations if s <= moment}
