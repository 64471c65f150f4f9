"""Titles, times and choices out of words."""

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.server.plugins.calendar.choice import chosen
from hive_mind.server.plugins.calendar.event import Event
from hive_mind.server.plugins.calendar.planning import moved_to, times_of
from hive_mind.server.plugins.calendar.titles import Vocabulary, full_title, meant, spoken_title
from tests.unit.server.plugins.playing import FOLDER, NOW, PARIS

CONFIG = json.loads((FOLDER / "calendar" / "plugin.json").read_text("utf-8"))["config"]
WORDS = Vocabulary.of(CONFIG["kinds"], CONFIG["vague"], CONFIG["small_words"])
HOUR = timedelta(hours=1)


def event(title: str, start: str, hours: float = 1.0) -> Event:
    at = datetime.fromisoformat(start).replace(tzinfo=PARIS)
    return Event(title, title, at, at + timedelta(hours=hours))


EVENTS = [
    event("RDV Dentiste", "2026-01-07 09:00"),
    event("Réunion avec Paul", "2026-01-08 14:00"),
    event("Dentiste des enfants", "2026-01-12 15:00"),
]


@pytest.mark.parametrize(
    ("title", "text", "full"),
    [
        ("avec Paul", "Ajoute une réunion avec Paul demain", "réunion avec Paul"),
        ("chez le dentiste", "un Rendez-vous chez le dentiste", "rendez-vous chez le dentiste"),
        ("Paul", "note dîner Paul samedi", "dîner Paul"),
        ("piscine", "mets la piscine dans mon agenda", "piscine"),
        ("réunion d'équipe", "ajoute réunion d'équipe", "réunion d'équipe"),
        ("", "planifie une réunion demain", "réunion"),
        ("", "planifie un rendez-vous demain", ""),
        ("", "", ""),
        ("du texte venu d'ailleurs", "autre chose", "du texte venu d'ailleurs"),
    ],
)
def test_full_title(title: str, text: str, full: str) -> None:
    assert full_title(title, text, WORDS) == full


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("chez le dentiste", 2),
        ("mon rendez-vous avec paul", 1),
        ("les enfants", 1),
        ("piscine", 0),
        ("le rdv", 3),
    ],
)
def test_meant(words: str, found: int) -> None:
    assert len(meant(words, EVENTS, WORDS)) == found


@pytest.mark.parametrize(
    ("words", "index"),
    [("le premier", 0), ("la deuxième", 1), ("le second", 1), ("le dernier", 2), ("celui de 14 h", 1),
     ("demain", 0), ("celui de lundi", 2), ("avec Paul", 1), ("les enfants", 2)],
)  # fmt: skip
def test_chosen(words: str, index: int) -> None:
    assert chosen(words, EVENTS, NOW, WORDS) == [EVENTS[index]]


@pytest.mark.parametrize(
    ("words", "start", "end", "all_day", "vague"),
    [
        ("demain à 15h", "01-07 15:00", "01-07 16:00", False, False),
        ("demain de 14h à 16h30", "01-07 14:00", "01-07 16:30", False, False),
        ("demain", "01-07 00:00", "01-08 00:00", True, True),
        ("du 10 au 12 janvier", "01-10 00:00", "01-13 00:00", True, True),
        ("samedi soir", "01-10 18:00", "01-11 00:00", False, True),
        ("dans deux heures", "01-06 16:30", "01-06 17:30", False, False),
        ("demain midi", "01-07 12:00", "01-07 13:00", False, False),
    ],
)
def test_times(words: str, start: str, end: str, all_day: bool, vague: bool) -> None:
    found = times_of(words, NOW, HOUR)
    assert found is not None
    assert (f"{found.start:%m-%d %H:%M}", f"{found.end:%m-%d %H:%M}") == (start, end)
    assert (found.all_day, found.vague) == (all_day, vague)


@pytest.mark.parametrize(
    ("to", "start"),
    [
        ("16h", "01-08 16:00"), ("à 9 h", "01-08 09:00"), ("vendredi", "01-09 14:00"),
        ("demain", "01-07 14:00"),
        ("demain à 10h", "01-07 10:00"), ("lundi à 8h30", "01-12 08:30"), ("midi", "01-08 12:00"),
        ("demain matin", "01-07 14:00"),
    ],
)  # fmt: skip
def test_moved(to: str, start: str) -> None:
    old = EVENTS[1]
    found = moved_to(to, old.start, old.end, NOW, all_day=False)
    assert found is not None
    assert f"{found.start:%m-%d %H:%M}" == start
    assert found.end - found.start == HOUR


@given(st.text(max_size=200))
def test_any_title_can_be_read_out(title: str) -> None:
    told = spoken_title(event("x", "2026-01-07 09:00").__class__("k", title, NOW, NOW), "sans titre")
    assert told
    assert len(told) <= 80
    assert "\n" not in told
