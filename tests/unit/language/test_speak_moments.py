from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_mind.language.moments import Moment, read_moment
from hive_mind.language.spoken import clock_text, day_text, moment_text

at = datetime.fromisoformat
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 10, 15, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("demain à 15h", "demain à 15 heures"),
        ("à 15h30", "aujourd'hui à 15h30"),
        ("ce soir à huit heures", "ce soir à 20 heures"),
        ("minuit", "ce soir à minuit"),
        ("à midi", "aujourd'hui à midi"),
        ("demain à une heure", "demain à 1 heure"),
        ("vendredi", "vendredi"),
        ("le 3 mars", "mercredi 3 mars"),
        ("le 1er mai 2029", "mardi 1er mai 2029"),
        ("demain matin", "demain matin"),
        ("cet après-midi", "cet après-midi"),
        ("samedi dans la nuit", "samedi dans la nuit"),
        ("ce week-end", "ce week-end"),
        ("la semaine prochaine", "la semaine prochaine"),
        ("la semaine du 14 juillet", "la semaine du 12 juillet"),
        ("en mars", "en mars 2027"),
        ("le mois prochain", "le mois prochain"),
        ("l'année dernière", "l'année dernière"),
        ("troisième trimestre 2027", "le troisième trimestre 2027"),
        ("du 3 au 7 mars", "du 3 au 7 mars"),
        ("du 24 décembre au 2 janvier", "du 24 décembre 2026 au 2 janvier 2027"),
        ("demain de 14h à 16h", "demain de 14 heures à 16 heures"),
        ("samedi de 22h à 2h", "de samedi à 22 heures à dimanche à 2 heures"),
        ("jusqu'à vendredi", "jusqu'à vendredi"),
        ("maintenant", "maintenant"),
    ],
)
def test_says(heard: str, said: str) -> None:
    moment = read_moment(heard, NOW)
    assert moment is not None
    assert moment_text(moment, NOW) == said
    again = read_moment(said, NOW)
    assert again is not None
    assert (again.start, again.end) == (moment.start, moment.end)


@given(
    st.datetimes(at("2020-01-01"), at("2035-01-01")),
    st.timedeltas(timedelta(0), timedelta(days=3000)),
)
@settings(deadline=None)
def test_a_minute_that_is_said_is_read_back(wall: datetime, ahead: timedelta) -> None:
    now = wall.replace(tzinfo=PARIS, second=0, microsecond=0)
    start = (now.replace(tzinfo=None) + ahead).replace(tzinfo=PARIS, second=0, microsecond=0)
    again = read_moment(moment_text(Moment(start, None, "minute"), now), now)
    assert again is not None
    assert again.start.replace(tzinfo=None) in (
        start.replace(tzinfo=None),
        start.replace(tzinfo=None) + timedelta(hours=1),
    )


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(-400, 3000))
def test_a_day_that_is_said_is_read_back(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    now = datetime(today.year, today.month, today.day, 9, 30, tzinfo=PARIS)
    again = read_moment(day_text(day, today), now)
    assert again is not None
    assert again.start.date() == day


def test_clocks_within_sentences() -> None:
    assert clock_text(at("2026-01-01 00:00")) == "minuit"
    assert clock_text(at("2026-01-01 01:00")) == "1 heure"
    assert clock_text(at("2026-01-01 09:05")) == "9h05"
