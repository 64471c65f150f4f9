"""Which wishes a client carries out: nobody's own change is lost."""

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from hive_mind.client.core.obeying import SETTINGS, Obeyed, obeyed_now, to_do

Values = dict[str, JsonValue]
values = st.dictionaries(st.sampled_from(SETTINGS), st.integers(0, 3), max_size=4)
presents = st.fixed_dictionaries({name: st.integers(0, 3) for name in SETTINGS})


def obey(wishes: Values, obeyed: Obeyed, here: Values, version: int = 1) -> tuple[Obeyed, Values]:
    changes = to_do(wishes, obeyed, here)
    return obeyed_now(version, wishes, obeyed, here), {**here, **changes}


@given(values, presents)
def test_a_new_wish_is_carried_out_once(wishes: Values, here: Values) -> None:
    obeyed, now = obey(wishes, Obeyed(), here)
    assert all(now[name] == wish for name, wish in wishes.items())
    assert to_do(wishes, obeyed, now) == {}


@given(values, presents, presents)
def test_what_is_set_here_afterwards_stays(wishes: Values, here: Values, own: Values) -> None:
    obeyed, _ = obey(wishes, Obeyed(), here)
    assert to_do(wishes, obeyed, own) == {}


@given(values, presents)
def test_a_wish_that_is_taken_back_leaves_things_as_they_were(wishes: Values, here: Values) -> None:
    obeyed, now = obey(wishes, Obeyed(), here)
    forgotten, back = obey({}, obeyed, now, 2)
    assert back == here
    assert (forgotten.wished, forgotten.before) == ({}, {})


@given(values, values, presents)
def test_the_state_before_the_first_wish_is_remembered(one: Values, other: Values, here: Values) -> None:
    obeyed, now = obey(one, Obeyed(), here)
    obeyed, now = obey({**one, **other}, obeyed, now, 2)
    _, back = obey({}, obeyed, now, 3)
    assert back == here


def test_a_wish_taken_back_does_not_undo_what_was_set_here() -> None:
    obeyed, _ = obey({"volume": 40}, Obeyed(), {"volume": 100})
    assert to_do({}, obeyed, {"volume": 70}) == {}


def test_what_was_refused_is_tried_again() -> None:
    obeyed = obeyed_now(3, {"volume": 40, "room": "salon"}, Obeyed(), {}, frozenset({"room"}))
    assert to_do({"volume": 40, "room": "salon"}, obeyed, {"volume": 40}) == {"room": "salon"}
