"""The client's state machine: every pair is defined, and what must hold always holds."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.client.core.state import ClientState, Effect, Event, Link, Turn, step

STATES = [ClientState(t, k, s) for t, k, s in itertools.product(Turn, Link, (False, True))]


@pytest.mark.parametrize("event", Event)
def test_every_pair_is_defined_and_leaves_the_other_dial_alone(event: Event) -> None:
    for state in STATES:
        after, effects = step(state, event)
        assert isinstance(after, ClientState)
        assert all(isinstance(effect, Effect) for effect in effects)
        if event.value.startswith("link_") or event is Event.SERVER_NEEDED:
            assert after.turn is state.turn
        else:
            assert (after.link, after.degraded_said) == (state.link, state.degraded_said)


@given(st.lists(st.sampled_from(Event), max_size=60))
def test_says_once_in_each_outage_that_it_is_degraded(events: list[Event]) -> None:
    state, said = ClientState(), 0
    for event in events:
        state, effects = step(state, event)
        said += effects.count(Effect.SAY_DEGRADED)
        if event is Event.LINK_UP:
            said = 0
        assert said <= 1


@given(st.lists(st.sampled_from(Event), max_size=60))
def test_a_connected_client_never_says_that_it_is_not(events: list[Event]) -> None:
    state = ClientState()
    for event in events:
        before = state
        state, effects = step(state, event)
        if before.link is Link.CONNECTED:
            assert not set(effects) - {Effect.STOP_ANSWER}
        assert (Effect.STOP_ANSWER in effects) <= (before.turn in (Turn.PROCESSING, Turn.RESPONDING))


@given(st.lists(st.sampled_from(Event), max_size=60))
def test_speech_is_always_listened_to_and_an_interruption_always_silences(events: list[Event]) -> None:
    state = ClientState()
    for event in events:
        state, _ = step(state, event)
        assert step(state, Event.SPEECH_STARTED)[0].turn is Turn.LISTENING
        assert step(state, Event.INTERRUPTED)[0].turn is Turn.IDLE


def test_a_plain_turn() -> None:
    state = ClientState()
    turns = []
    for event in (
        Event.LINK_UP,
        Event.SPEECH_STARTED,
        Event.QUESTION_ENDED,
        Event.ANSWER_STARTED,
        Event.ANSWER_ENDED,
        Event.FOLLOW_UP_OPENED,
        Event.FOLLOW_UP_CLOSED,
    ):
        state, _ = step(state, event)
        turns.append(state.turn)
    assert turns == [
        Turn.IDLE,
        Turn.LISTENING,
        Turn.PROCESSING,
        Turn.RESPONDING,
        Turn.IDLE,
        Turn.FOLLOW_UP,
        Turn.IDLE,
    ]


def test_an_outage_is_told_before_the_refusal_and_a_refused_client_is_told_why() -> None:
    state, _ = step(ClientState(), Event.LINK_LOST)
    state, first = step(state, Event.SERVER_NEEDED)
    state, second = step(state, Event.SERVER_NEEDED)
    assert first == (Effect.SAY_DEGRADED, Effect.SAY_NEEDS_SERVER)
    assert second == (Effect.SAY_NEEDS_SERVER,)
    state, _ = step(state, Event.LINK_REFUSED)
    state, _ = step(state, Event.LINK_LOST)
    assert state.link is Link.UNAUTHORISED
    assert step(state, Event.SERVER_NEEDED)[1] == (Effect.SAY_REFUSED,)
