from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.moments import read_moment
from hive_mind.language.numbers import read_number
from hive_mind.language.spoken import (
    date_text,
    ordinal,
    spoken_date,
    spoken_decimal,
    spoken_temperature,
    spoken_time,
    temperature_text,
    time_text,
)
from hive_mind.language.words import keys_of


@pytest.mark.parametrize(
    ("hour", "minute", "spoken", "written"),
    [
        (14, 30, "quatorze heures trente", "14h30"),
        (12, 0, "midi", "midi"),
        (0, 0, "minuit", "minuit"),
        (1, 0, "une heure", "1h"),
        (21, 0, "vingt et une heures", "21h"),
        (21, 21, "vingt et une heures vingt et une", "21h21"),
        (0, 5, "zéro heure cinq", "0h05"),
        (12, 30, "douze heures trente", "12h30"),
    ],
)
def test_times(hour: int, minute: int, spoken: str, written: str) -> None:
    assert spoken_time(hour, minute) == spoken
    assert time_text(hour, minute) == written


def test_dates() -> None:
    assert spoken_date(date(2026, 1, 6)) == "mardi six janvier deux mille vingt-six"
    assert spoken_date(date(2026, 5, 1)) == "vendredi premier mai deux mille vingt-six"
    assert date_text(date(2026, 1, 6)) == "mardi 6 janvier 2026"
    assert date_text(date(2026, 5, 1)) == "vendredi 1er mai 2026"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "premier"), (2, "deuxième"), (4, "quatrième"), (5, "cinquième"), (9, "neuvième"), (11, "onzième"),
        (21, "vingt et unième"), (80, "quatre-vingtième"), (95, "quatre-vingt-quinzième"), (100, "centième"),
        (200, "deux centième"), (1000, "millième"), (2_000_000, "deux millionième"),
    ],
)  # fmt: skip
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number) == words


def test_feminine_ordinal() -> None:
    assert ordinal(1, feminine=True) == "première"


@pytest.mark.parametrize(
    ("whole", "decimals", "words"),
    [
        ("14", "5", "quatorze virgule cinq"),
        ("3", "14", "trois virgule quatorze"),
        ("2", "05", "deux virgule zéro cinq"),
        ("0", "50", "zéro virgule cinq"),
        ("7", "000", "sept"),
        ("3", "14159", "trois virgule un quatre un cinq neuf"),
    ],
)
def test_decimals(whole: str, decimals: str, words: str) -> None:
    assert spoken_decimal(whole, decimals) == words


@pytest.mark.parametrize(
    ("degrees", "words"),
    [
        (8, "huit degrés"),
        (-1, "moins un degré"),
        (14.5, "quatorze virgule cinq degrés"),
        (0, "zéro degré"),
        (-0.01, "zéro degré"),
    ],
)
def test_temperatures(degrees: float, words: str) -> None:
    assert spoken_temperature(degrees) == words


def test_written_temperatures() -> None:
    assert temperature_text(8) == "8 degrés"
    assert temperature_text(-1) == "-1 degré"
    assert temperature_text(14.5) == "14,5 degrés"
    assert temperature_text(-0.01) == "0 degré"


@given(st.integers(0, 23), st.integers(0, 59))
def test_a_time_that_is_said_or_written_is_read_back(hour: int, minute: int) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    for said in (spoken_time(hour, minute), time_text(hour, minute)):
        moment = read_moment(said, now)
        assert moment is not None
        assert (moment.start.hour, moment.start.minute) == (hour, minute)


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_a_date_that_is_said_or_written_is_read_back(day: date) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    for said in (spoken_date(day), date_text(day)):
        moment = read_moment(said, now)
        assert moment is not None
        assert moment.start.date() == day


@given(st.integers(0, 10**6), st.integers(0, 10**6 - 1), st.integers(1, 6))
def test_a_decimal_that_is_said_is_read_back(whole: int, decimals: int, places: int) -> None:
    digits = f"{decimals:06d}"[:places]
    keys = keys_of(spoken_decimal(str(whole), digits))
    read = read_number(keys)
    assert read is not None
    assert read[1] == len(keys)
    assert read[0] == pytest.approx(float(f"{whole}.{digits}"))
