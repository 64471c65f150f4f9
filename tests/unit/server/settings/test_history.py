"""Versions, merges and undo of settings, whatever is changed in whatever order."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from hive_mind.errors import ConfigError
from hive_mind.server.core.settings.history import (
    MOST_CHANGES,
    Settings,
    changed,
    last_about,
    last_undoable,
    undone,
)
from hive_mind.server.core.settings.values import Flat, flat, from_flat

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)

names = st.sampled_from(["cuisine", "salon", "a.b:c"])
values: dict[str, st.SearchStrategy[JsonValue]] = {
    "persona": st.none() | st.sampled_from(["Alison", "Margot"]),
    "facts": st.lists(st.sampled_from(["Un.", "Deux."]), max_size=2).map(lambda facts: [*facts]),
    "night": st.none() | st.sampled_from(["22:00-07:00", "21:30-06:45"]),
    "voice": st.none() | st.just("espeak:fr"),
}
of_client: dict[str, st.SearchStrategy[JsonValue]] = {
    "volume": st.none() | st.integers(0, 100),
    "room": st.none() | st.sampled_from(["cuisine", "salon"]),
    "wake_words": st.none() | st.just({"hey_jarvis": 0.5}),
}


@st.composite
def one_wish(draw: st.DrawFn) -> tuple[str, JsonValue]:
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(values)))
        return name, draw(values[name])
    name = draw(st.sampled_from(sorted(of_client)))
    return f"clients.{draw(names)}.{name}", draw(of_client[name])


wishes = st.lists(one_wish(), min_size=1, max_size=4).map(dict)
many = st.lists(wishes, max_size=8)


def after(settings: Settings, wish: Flat) -> Settings:
    return changed(settings, wish, based_on=settings.version, at=NOON)


def lived(changes: list[Flat]) -> Settings:
    settings = Settings()
    for wish in changes:
        settings = after(settings, wish)
    return settings


@given(many)
def test_flat_and_back(changes: list[Flat]) -> None:
    settings = lived(changes)
    assert from_flat(flat(settings.values)) == settings.values
    assert Settings.model_validate_json(settings.model_dump_json()) == settings


@given(many, wishes)
def test_an_undo_brings_back_what_was(changes: list[Flat], wish: Flat) -> None:
    before = lived(changes)
    done = after(before, wish)
    if done is before:  # nothing differs: there is nothing to take back
        return
    back = undone(done, done.version, at=NOON)
    assert back.values == before.values
    assert back.version == done.version + 1
    assert undone(back, back.version, at=NOON).values == done.values


@given(many, wishes, wishes)
def test_an_undo_leaves_later_changes_alone(changes: list[Flat], first: Flat, later: Flat) -> None:
    before = lived(changes)
    done = after(before, first)
    then = after(done, {path: value for path, value in later.items() if path not in first})
    if done is before:
        return
    back = undone(then, done.version, at=NOON)
    touched = then.changes[-1].after if then is not done else {}
    expected = {**flat(before.values), **touched}
    assert flat(back.values) == {path: value for path, value in expected.items() if value is not None}


@given(many, wishes, wishes)
def test_two_who_saw_the_same_do_not_overwrite_each_other(
    changes: list[Flat], one: Flat, other: Flat
) -> None:
    """Changes of different settings meet in any order; of the same, the second is refused."""
    seen = lived(changes)
    first = changed(seen, one, based_on=seen.version, at=NOON)
    really = set() if first is seen else set(first.changes[-1].after)
    if really & other.keys():
        with pytest.raises(ConfigError) as refused:
            changed(first, other, based_on=seen.version, at=NOON)
        assert refused.value.code == "SETTINGS_CONFLICT"
        return
    both = changed(first, other, based_on=seen.version, at=NOON)
    swapped = after(seen, other)
    if not (set() if swapped is seen else set(swapped.changes[-1].after)) & one.keys():
        assert changed(swapped, one, based_on=seen.version, at=NOON).values == both.values


@given(many)
def test_versions_grow_by_one_and_tell_what_changed(changes: list[Flat]) -> None:
    settings = Settings()
    for wish in changes:
        then = after(settings, wish)
        if then is settings:
            assert flat(then.values) == flat(settings.values)
            continue
        assert then.version == settings.version + 1
        change = then.changes[-1]
        assert change.before != change.after
        old, new = flat(settings.values), flat(then.values)
        assert change.before == {path: old.get(path) for path in change.before}
        assert change.after == {path: new.get(path) for path in change.after}
        settings = then


def test_the_last_one_that_stands_is_undone_next() -> None:
    settings = lived([{"persona": "Margot"}, {"night": "22:00-07:00"}])
    for expected in (2, 1):
        last = last_undoable(settings)
        assert last is not None
        assert last.version == expected
        settings = undone(settings, last.version, at=NOON)
    assert last_undoable(settings) is None
    assert flat(settings.values) == {}


def test_what_is_too_old_is_not_remembered() -> None:
    settings = lived([{"clients.salon.volume": volume % 101} for volume in range(MOST_CHANGES + 5)])
    assert len(settings.changes) == MOST_CHANGES
    with pytest.raises(ConfigError) as unknown:
        undone(settings, 1, at=NOON)
    assert unknown.value.code == "SETTINGS_UNDO_UNKNOWN"
    with pytest.raises(ConfigError) as stale:
        changed(settings, {"clients.salon.volume": 1}, based_on=2, at=NOON)
    assert stale.value.code == "SETTINGS_CONFLICT"


def test_what_a_client_must_obey() -> None:
    settings = lived([{"clients.salon.volume": 5}, {"persona": "Margot"}, {"clients.salon-2.volume": 6}])
    assert [last_about(settings, name) for name in ("salon", "salon-2", "cave")] == [1, 3, 0]
    assert last_about(after(settings, {"night": "22:00-07:00"}), "cave") == 4
