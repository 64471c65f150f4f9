from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hive_mind.understanding.decision import NEAR, Weighed, decide, worth_scoring
from hive_mind.understanding.grammar import Match
from hive_mind.understanding.repair import Candidate

TIMER = Candidate("minuteur dix minutes", Match("start_timer", {"duration_s": 600.0}), 0.05, "", 9.0)
OTHER = Candidate("minuteur six minutes", Match("start_timer", {"duration_s": 360.0}), 0.08, "", 9.0)
TALK = Candidate("quelle heure est il à Tokyo", None, 0.05, "", 9.0)


def heard(candidate: Candidate, gain: float) -> Weighed:
    return Weighed(candidate, 10 * gain, 0.0, 10)


def test_what_the_audio_supports_is_accepted_or_asked_about() -> None:
    assert decide([heard(TIMER, 2.0)]).verdict == "accept"
    assert decide([heard(TIMER, 1.0)]).verdict == "ask"
    assert decide([heard(TIMER, 0.5)]).verdict == "reject"


def test_a_close_second_order_is_a_question() -> None:
    assert decide([heard(TIMER, 2.0), heard(OTHER, 1.95)]).verdict == "ask"
    assert decide([heard(TIMER, 2.0), heard(OTHER, 1.0)]).verdict == "accept"


def test_a_value_taken_as_it_was_heard_is_a_question() -> None:
    assert decide([heard(replace(TIMER, taken=True), 2.0)]).verdict == "ask"


def test_a_word_alone_is_a_question() -> None:
    assert decide([heard(replace(TIMER, weight=3.0), 2.0)]).verdict == "ask"


def test_an_anti_command_that_fits_better_is_talk() -> None:
    assert decide([heard(TIMER, 2.0), heard(TALK, 2.5)]).verdict == "reject"


def test_a_transcript_that_fits_far_better_costs() -> None:
    assert decide([heard(TIMER, 1.4)], 14.0).verdict == "accept"
    assert decide([heard(TIMER, 1.4)], 90.0).verdict == "reject"


def test_without_audio_only_what_sounds_the_same() -> None:
    assert decide([Weighed(replace(TIMER, distance=0.03))]).verdict == "accept"
    assert decide([Weighed(TIMER)]).verdict == "ask"
    assert decide([Weighed(TIMER), Weighed(OTHER)]).verdict == "reject"
    assert decide([Weighed(replace(TIMER, weight=2.0))]).verdict == "reject"
    assert decide([Weighed(replace(TIMER, distance=0.1))]).verdict == "reject"


def test_no_timer_of_years() -> None:
    years = replace(TIMER, match=Match("start_timer", {"duration_s": 3e11}))
    assert not worth_scoring([years])
    assert decide([heard(years, 5.0)]).verdict == "reject"


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-50, 50), st.booleans()), max_size=6), st.floats(-99, 0))
def test_what_is_far_or_no_order_is_never_done(rows: list[tuple[float, float, bool]], other: float) -> None:
    match = Match("stop")
    weighed = [
        Weighed(Candidate("arrête", match if order else None, far, "", 9.0), gain, 0.0, 5)
        for far, gain, order in rows
    ]
    decision = decide(weighed, other)
    assert (decision.verdict == "reject") == (decision.match is None)
    assert decision.distance <= NEAR
