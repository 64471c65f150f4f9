"""The client's state machine: every pair is defined, and what must hold always holds."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hive_mind.client.core.state import ClientState, Effect, Event, Link, Turn, step

FLAGS = list(itertools.product((False, True), repeat=5))
STATES = [ClientState(t, k, *flags) for t, k in itertools.product(Turn, Link) for flags in FLAGS]
HEARING = {Turn.LISTENING, Turn.FOLLOW_UP}
ANSWERING = {Turn.PROCESSING, Turn.RESPONDING}
OF_THE_LINK = (Event.LINK_UP, Event.LINK_LOST, Event.LINK_REFUSED, Event.SERVER_NEEDED)
SAID = {Effect.SAY_DEGRADED, Effect.SAY_NEEDS_SERVER, Effect.SAY_REFUSED}


@pytest.mark.parametrize("event", Event)
def test_every_pair_is_defined_and_leaves_the_other_dial_alone(event: Event) -> None:
    for state in STATES:
        after, effects = step(state, event)
        assert isinstance(after, ClientState)
        assert all(isinstance(effect, Effect) for effect in effects)
        if event in OF_THE_LINK:
            assert (after.turn, after.muted, after.ringing) == (state.turn, state.muted, state.ringing)
        else:
            assert (after.link, after.degraded_said) == (state.link, state.degraded_said)


class Life(RuleBasedStateMachine):
    """Any events, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.before = self.state = ClientState()
        self.event = Event.LINK_LOST
        self.effects: tuple[Effect, ...] = ()
        self.degraded_said = 0
        self.low = False

    @rule(event=st.sampled_from(Event))
    def happens(self, event: Event) -> None:
        self.before, self.event = self.state, event
        self.state, self.effects = step(self.before, event)
        if event is Event.LINK_UP:
            self.degraded_said = 0
        self.degraded_said += self.effects.count(Effect.SAY_DEGRADED)
        for effect in self.effects:
            self.low = {Effect.DUCK: True, Effect.UNDUCK: False}.get(effect, self.low)

    @invariant()
    def listening_is_shown_only_when_the_microphone_is_taken(self) -> None:
        assert not (self.state.muted and self.state.turn in HEARING)

    @invariant()
    def idle_can_always_be_reached(self) -> None:
        assert step(self.state, Event.INTERRUPTED)[0].turn is Turn.IDLE

    @invariant()
    def speech_is_listened_to_unless_the_microphone_is_off(self) -> None:
        after = step(self.state, Event.SPEECH_STARTED)[0]
        assert after == self.state if self.state.muted else after.turn is Turn.LISTENING
        after = step(self.state, Event.WOKEN)[0]
        assert after == self.state if self.state.muted else after.turn is Turn.LISTENING

    @invariant()
    def a_turn_is_processed_only_after_somebody_was_listened_to(self) -> None:
        if self.state.turn is Turn.PROCESSING and self.before.turn is not Turn.PROCESSING:
            assert (self.before.turn, self.event) == (Turn.LISTENING, Event.QUESTION_ENDED)

    @invariant()
    def an_answer_never_starts_over_somebody(self) -> None:
        if self.state.turn is Turn.RESPONDING:
            assert self.before.turn is not Turn.LISTENING

    @invariant()
    def an_answer_is_stopped_exactly_when_it_is_left_before_its_end(self) -> None:
        left = self.before.turn in ANSWERING and self.state.turn not in ANSWERING
        by_itself = self.event in (Event.ANSWER_ENDED, Event.SPEECH_DROPPED)
        assert (Effect.STOP_ANSWER in self.effects) == (left and not by_itself)

    @invariant()
    def the_answer_is_low_exactly_while_it_is_doubted(self) -> None:
        assert self.low == self.state.doubted
        assert not self.state.doubted or self.state.turn in ANSWERING

    @invariant()
    def an_outage_is_told_once_and_never_to_a_connected_client(self) -> None:
        assert self.degraded_said <= 1
        assert self.before.link is not Link.CONNECTED or not SAID & set(self.effects)


Life.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
test_whatever_happens = Life.TestCase


@given(st.lists(st.sampled_from(Event), max_size=30))
def test_no_dead_end(events: list[Event]) -> None:
    state = ClientState()
    for event in events:
        state, _ = step(state, event)
    for event in (Event.UNMUTED, Event.INTERRUPTED, Event.WOKEN, Event.QUESTION_ENDED, Event.ANSWER_STARTED):
        state, _ = step(state, event)
    assert state.turn is Turn.RESPONDING


def turns(*events: Event) -> list[Turn]:
    state = ClientState()
    found = []
    for event in events:
        state, _ = step(state, event)
        found.append(state.turn)
    return found


def test_a_plain_turn() -> None:
    assert turns(
        Event.LINK_UP,
        Event.WOKEN,
        Event.SPEECH_STARTED,
        Event.QUESTION_ENDED,
        Event.ANSWER_STARTED,
        Event.ANSWER_ENDED,
        Event.FOLLOW_UP_OPENED,
        Event.FOLLOW_UP_CLOSED,
    ) == [
        Turn.IDLE,
        Turn.LISTENING,
        Turn.LISTENING,
        Turn.PROCESSING,
        Turn.RESPONDING,
        Turn.IDLE,
        Turn.FOLLOW_UP,
        Turn.IDLE,
    ]


def test_a_doubted_answer_goes_on_and_another_room_is_shown_until_somebody_speaks_here() -> None:
    state = ClientState(turn=Turn.RESPONDING)
    state, effects = step(state, Event.SPOKEN_OVER)
    assert effects == (Effect.DUCK,)
    state, effects = step(state, Event.NOT_FOR_US)
    assert (state.turn, effects) == (Turn.RESPONDING, (Effect.UNDUCK,))
    state, effects = step(state, Event.YIELDED)
    assert (state.turn, state.elsewhere, effects) == (Turn.IDLE, True, (Effect.STOP_ANSWER,))
    assert not step(state, Event.WOKEN)[0].elsewhere


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
