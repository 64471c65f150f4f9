"""The eyes never lie."""

from hypothesis import given
from hypothesis import strategies as st

from hive_mind.client.core.state import ClientState, Event, Link, Turn, step
from hive_mind.client.ui.look import Expression, Mood, Tone
from hive_mind.client.ui.mood import Situation, mood_of

_STATES = st.builds(ClientState, st.sampled_from(Turn), st.sampled_from(Link), st.booleans())
SITUATIONS = st.builds(
    Situation, _STATES, st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans()
)
_OPEN = {Expression.LISTENING, Expression.FOLLOW_UP}


@given(SITUATIONS)
def test_white_is_shown_with_a_server_and_yellow_without_and_neither_the_other_way(now: Situation) -> None:
    tone = mood_of(now).tone
    connected = now.state.link is Link.CONNECTED
    assert tone is not (Tone.YELLOW if connected else Tone.WHITE)


@given(SITUATIONS)
def test_red_is_a_critical_fault_and_a_critical_fault_is_red(now: Situation) -> None:
    assert (mood_of(now) == Mood(expression=Expression.BROKEN, tone=Tone.RED)) == now.broken
    assert (mood_of(now).tone is Tone.RED) == now.broken


@given(SITUATIONS)
def test_listening_is_shown_when_the_microphone_is_taken_and_never_else(now: Situation) -> None:
    mood = mood_of(now)
    taken = now.microphone and not now.muted
    if mood.expression in _OPEN or mood.tone is Tone.BLUE:
        assert taken
        assert now.state.turn in (Turn.LISTENING, Turn.FOLLOW_UP)
    if taken and now.state.turn in (Turn.LISTENING, Turn.FOLLOW_UP) and not now.broken:
        assert mood.expression in _OPEN
        assert mood.tone is Tone.BLUE


@given(SITUATIONS)
def test_violet_is_work_and_nothing_else(now: Situation) -> None:
    mood = mood_of(now)
    assert (mood.tone is Tone.VIOLET) == (mood.expression is Expression.THINKING)
    assert (mood.tone is Tone.VIOLET) == (now.state.turn is Turn.PROCESSING and not now.broken)


@given(SITUATIONS)
def test_speaking_ringing_and_the_other_room_are_shown_only_when_they_are_so(now: Situation) -> None:
    shown = mood_of(now).expression
    assert shown is not Expression.SPEAKING or now.state.turn is Turn.RESPONDING
    assert shown is not Expression.RINGING or now.ringing
    assert shown is not Expression.ELSEWHERE or (now.elsewhere and now.state.turn is not Turn.RESPONDING)
    assert shown is not Expression.MUTED or now.muted
    assert shown is not Expression.IDLE or not (now.muted or now.ringing or now.elsewhere)


@given(st.lists(st.sampled_from(Event), max_size=40))
def test_along_any_life_of_a_client_an_outage_is_seen_until_it_ends(events: list[Event]) -> None:
    state = ClientState()
    for event in events:
        state, _ = step(state, event)
        mood = mood_of(Situation(state))
        if state.link is not Link.CONNECTED and state.turn in (Turn.IDLE, Turn.RESPONDING):
            assert mood.tone is Tone.YELLOW


def test_a_ring_waits_for_who_is_speaking_and_an_open_microphone_is_shown_while_another_room_answers() -> (
    None
):
    listening = ClientState(Turn.LISTENING, Link.CONNECTED)
    assert mood_of(Situation(listening, ringing=True)).expression is Expression.LISTENING
    follow_up = ClientState(Turn.FOLLOW_UP, Link.CONNECTED)
    assert mood_of(Situation(follow_up, elsewhere=True)).expression is Expression.FOLLOW_UP


def test_each_state_of_the_link_at_rest_has_a_mood_of_its_own() -> None:
    assert len({mood_of(Situation(ClientState(Turn.IDLE, link))) for link in Link}) == len(Link)
