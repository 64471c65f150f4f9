from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.language.wall import Grain, Now, add_months, easter, floor, shift, unit_span

at = datetime.fromisoformat
PARIS = ZoneInfo("Europe/Paris")
GRAINS = st.sampled_from(["second", "minute", "hour", "day", "week", "month", "quarter", "year"])
WALLS = st.datetimes(at("1900-01-01"), at("2200-01-01"))


@pytest.mark.parametrize(
    ("year", "day"),
    [(1943, (4, 25)), (2000, (4, 23)), (2008, (3, 23)), (2025, (4, 20)), (2026, (4, 5)), (2038, (4, 25))],
)
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


@given(st.integers(1583, 4000))
def test_easter_is_a_sunday_of_spring(year: int) -> None:
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


def test_months_keep_the_day_or_take_the_last() -> None:
    assert add_months(at("2027-01-31 08:00"), 1) == at("2027-02-28 08:00")
    assert add_months(at("2027-01-31"), 13) == at("2028-02-29")
    assert add_months(at("2027-03-15"), -3) == at("2026-12-15")


@given(WALLS, GRAINS)
def test_a_unit_holds_its_instant_and_the_next_begins_where_it_ends(instant: datetime, grain: Grain) -> None:
    span = unit_span(instant, grain)
    assert span.start <= instant < span.end
    assert unit_span(instant, grain, 1).start == span.end
    assert floor(span.start, grain) == span.start
    assert shift(span.start, grain, 1) == span.end


@given(st.datetimes(at("1971-01-01"), at("2036-01-01")), st.integers(-(10**6), 10**6))
def test_seconds_are_real(instant: datetime, seconds: int) -> None:
    now = instant.replace(tzinfo=UTC).astimezone(PARIS)
    later = Now(now).zoned(Now(now).after(seconds))
    assert later.astimezone(UTC) - now.astimezone(UTC) == timedelta(seconds=seconds)
