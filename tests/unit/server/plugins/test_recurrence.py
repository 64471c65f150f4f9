"""How often, and when next."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.moments import read_moment
from hive_mind.server.plugins.recurrence import Recurrence, Repeat, read_recurrence
from hive_mind.server.plugins.reminders.reminder import Reminder, due_at, following
from tests.unit.server.plugins.playing import NOW, PARIS


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("jours", Recurrence("daily")),
        ("tous les jours", Recurrence("daily")),
        ("matins", Recurrence("daily", time="8h")),
        ("soir", Recurrence("daily", time="19h")),
        ("après-midi", Recurrence("daily", time="14h")),
        ("lundis", Recurrence("weekly", day="lundi")),
        ("chaque mardi", Recurrence("weekly", day="mardi")),
        ("lundis matins", Recurrence("weekly", day="lundi", time="8h")),
        ("semaines", Recurrence("weekly")),
        ("jours de la semaine", Recurrence("weekdays")),
        ("week-ends", Recurrence("weekends")),
        ("ans", None),
        ("trente-six du mois", None),
    ],
)
def test_read(words: str, found: Recurrence | None) -> None:
    assert read_recurrence(words) == found


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("dans dix minutes", "2026-01-06 14:40"),
        ("demain à 15h", "2026-01-07 15:00"),
        ("demain", "2026-01-07 09:00"),
        ("demain matin", "2026-01-07 08:00"),
        ("ce soir", "2026-01-06 18:00"),
        ("aujourd'hui", "2026-01-06 15:00"),
        ("cet après-midi", "2026-01-06 15:00"),
        ("la semaine prochaine", "2026-01-12 09:00"),
        ("hier", None),
    ],
)
def test_due(words: str, due: str | None) -> None:
    moment = read_moment(words, NOW)
    assert moment is not None
    found = due_at(moment, NOW)
    assert (found.strftime("%Y-%m-%d %H:%M") if found else None) == due


@given(
    days=st.integers(0, 365),
    minutes=st.integers(0, 1439),
    later=st.timedeltas(timedelta(0), timedelta(days=60)),
    repeat=st.sampled_from(["daily", "weekdays", "weekends", "weekly"]),
)
def test_what_comes_back_comes_back_at_its_time_of_day(
    days: int, minutes: int, later: timedelta, repeat: Repeat
) -> None:
    day = (datetime(2026, 1, 1, tzinfo=PARIS) + timedelta(days=days)).replace(hour=minutes // 60)
    due = day.replace(minute=minutes % 60)
    now = due + later
    found = following(Reminder(id=1, task="x", due=due, client_id="c", repeat=repeat), now)
    assert found is not None
    assert found.due > now
    assert found.due - now <= timedelta(days=8)
    assert found.due.time() == due.time()
    if repeat == "weekly":
        assert found.due.weekday() == due.weekday()
    if repeat in ("weekdays", "weekends"):
        assert (found.due.weekday() >= 5) == (repeat == "weekends")


def test_summer_time_keeps_the_hour() -> None:
    due = datetime(2026, 3, 28, 8, tzinfo=PARIS)
    found = following(Reminder(id=1, task="x", due=due, client_id="c", repeat="daily"), due)
    assert found is not None
    assert found.due == datetime(2026, 3, 29, 8, tzinfo=PARIS)
    assert found.due.timestamp() - due.timestamp() == 23 * 3600
