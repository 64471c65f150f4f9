from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hive_mind.language.calendar_data import calendar_words
from hive_mind.language.moments import may_begin_moment, moments_at, read_moment, stretch
from hive_mind.language.time_words import time_words
from hive_mind.language.words import keys_of

at = datetime.fromisoformat
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 10, 15, tzinfo=PARIS)
GOLDEN = yaml.safe_load(
    (Path(__file__).parents[2] / "utterances" / "fr" / "_moments.yaml").read_text("utf-8")
)

WORDS = st.sampled_from(
    [*sorted(time_words()), "2027", "31", "1,5", ":", "/", "-", "15h30", "20/02/2014", "9" * 30, "temps"]
)
TEXTS = st.lists(WORDS, max_size=9).map(" ".join) | st.text(max_size=40)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["text"])
def test_golden(row: dict[str, Any]) -> None:
    moment = read_moment(row["text"], NOW)
    if row.get("none"):
        assert moment is None
        return
    assert moment is not None
    assert moment.start == local(row["start"])
    assert moment.end == (local(row["end"]) if "end" in row else None)
    assert moment.grain == row["grain"]
    assert moment.start.tzinfo is PARIS


@given(TEXTS)
@settings(deadline=None)
def test_any_text_gives_a_moment_or_none(text: str) -> None:
    moment = read_moment(text, NOW)
    if moment is not None and moment.end is not None:
        assert moment.start < moment.end


@given(TEXTS, st.datetimes(at("1970-01-02"), at("2100-01-01")))
@settings(deadline=None)
def test_a_clock_time_alone_lies_ahead_by_less_than_a_day(text: str, wall: datetime) -> None:
    now = wall.replace(tzinfo=PARIS, microsecond=0)
    moment = read_moment("dix-huit heures trente", now)
    assert moment is not None
    assert timedelta(0) <= moment.start.astimezone(UTC) - now.astimezone(UTC) <= timedelta(hours=25)
    read_moment(text, now)


def test_clocks_are_on_the_wall_and_distances_are_real_across_dst() -> None:
    eve = datetime(2027, 3, 27, 22, 0, tzinfo=PARIS)
    tomorrow = read_moment("demain à 8 heures", eve)
    assert tomorrow is not None
    assert tomorrow.start.isoformat() == "2027-03-28T08:00:00+02:00"
    hours = read_moment("dans dix heures", eve)
    assert hours is not None
    assert hours.start.astimezone(UTC) - eve.astimezone(UTC) == timedelta(hours=10)
    assert hours.start.hour == 9


def test_an_hour_that_dst_skips_moves_on() -> None:
    eve = datetime(2027, 3, 27, 22, 0, tzinfo=PARIS)
    moment = read_moment("demain à 2h30 du matin", eve)
    assert moment is not None
    assert moment.start.isoformat() == "2027-03-28T03:30:00+02:00"


def test_an_hour_that_dst_repeats_is_the_one_to_come() -> None:
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC).astimezone(PARIS)
    assert between.isoformat() == "2026-10-25T02:45:00+02:00"
    moment = read_moment("aujourd'hui à 2h30 du matin", between)
    assert moment is not None
    assert moment.start.isoformat() == "2026-10-25T02:30:00+01:00"


def test_other_zones_and_none() -> None:
    tokyo = datetime(2026, 11, 24, 18, 15, tzinfo=ZoneInfo("Asia/Tokyo"))
    moment = read_moment("demain à 9h", tokyo)
    assert moment is not None
    assert moment.start.isoformat() == "2026-11-25T09:00:00+09:00"
    naive = read_moment("demain à 9h", at("2026-11-24 18:15"))
    assert naive is not None
    assert naive.start == at("2026-11-25 09:00")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("dans trois jours", "2026-11-27 00:00", "2026-11-28 00:00"),
        ("à 15h", "2026-11-24 15:00", "2026-11-24 16:00"),
        ("en mars", "2027-03-01 00:00", "2027-04-01 00:00"),
        ("ce soir", "2026-11-24 18:00", "2026-11-25 00:00"),
    ],
)
def test_stretch(text: str, start: str, end: str) -> None:
    moment = read_moment(text, NOW)
    assert moment is not None
    assert stretch(moment) == (local(start), local(end))


def test_ends_of_the_times_in_a_sentence() -> None:
    words = keys_of("rappelle-moi mardi en huit à 15 h de sortir")
    ends = moments_at(words, 2)
    assert ends[0] == 8
    assert 3 in ends
    assert 5 in ends
    assert moments_at(words, 0) == []
    assert moments_at(words, len(words)) == []


@given(TEXTS)
@settings(deadline=None)
def test_a_whole_text_that_is_read_ends_at_its_end(text: str) -> None:
    keys = keys_of(text)
    ends = moments_at(keys, 0)
    assert all(0 < end <= len(keys) for end in ends)
    assert ends == sorted(set(ends), reverse=True)
    may_begin_moment(keys, 0)


@pytest.mark.parametrize(
    "text", ["dans", "mardi en", "le 14", "demain à", "entre 14 et", "le premier lundi de", "dans dix"]
)
def test_unfinished(text: str) -> None:
    assert may_begin_moment(keys_of(text), 0) or moments_at(keys_of(text), 0)


@pytest.mark.parametrize("text", ["", "bonjour", "le chien", "dans la cuisine avec Paul"])
def test_never_unfinished(text: str) -> None:
    assert not may_begin_moment(keys_of(text), 0)


def test_every_feast_and_part_of_the_day_is_read() -> None:
    assert calendar_words().holidays.words
    for text in (
        "halloween",
        "le mardi gras",
        "l'ascension",
        "la fête nationale belge",
        "à l'aube",
        "à l'heure du goûter",
    ):
        assert read_moment(text, NOW) is not None, text
