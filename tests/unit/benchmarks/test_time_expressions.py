from typing import Any

import pytest
from benchmarks.time_expressions import groups, measure, right
from benchmarks.time_peers import Peer, ours


def row(
    kind: str, expected: dict[str, Any] | None, text: str = "demain", source: str = "a/b@c:d"
) -> dict[str, Any]:
    return {
        "id": "1",
        "text": text,
        "kind": kind,
        "expected": expected,
        "source": source,
        "reference_time": None,
    }


@pytest.mark.parametrize(
    ("expected", "start", "is_right"),
    [
        ({"start": "2013-03-00T00:00:00", "grain": "month"}, "2013-03-01T00:00:00", True),
        ({"start": "2013-03-02T00:00:00", "grain": "day"}, "2013-03-02T04:30:00", True),
        ({"start": "2013-03-02T05:00:00", "grain": "minute"}, "2013-03-02T05:01:00", False),
        ({"start": "2013-03-02T00:00:00"}, "2013-03-02T09:00:00", True),
        ({"start": "2013-03-02T12:00:00", "fields_checked": ["day"]}, "2013-03-02T00:00:00", True),
        ({"time": "08:00"}, "2026-01-05T08:00:00", True),
        ({"values": [{"value": "08:00:00"}, {"value": "20:00:00"}]}, "2026-01-05T20:00:00", True),
        ({"values": [{"value": "2016-10-02"}]}, "2016-10-02T00:00:00", True),
        ({"values": [{"start": "2016-10-02 09:00:00"}]}, "2016-10-02T08:00:00", False),
        ({"start": "2013-03-02T00:00:00"}, None, False),
    ],
)
def test_a_time_is_compared_as_finely_as_it_was_said(
    expected: dict[str, Any], start: str | None, is_right: bool
) -> None:
    assert right(row("datetime", expected), {"start": start}) is is_right


def test_numbers_durations_and_nothing() -> None:
    assert right(row("duration", {"seconds": 60.0}), {"seconds": 60})
    assert not right(row("duration", {"seconds": 60.0}), {"seconds": None})
    assert right(row("number", {"value": 1 / 3}), {"value": 0.33333333})
    assert not right(row("ordinal", {"value": 2}), {"value": 3})
    assert right(row("datetime", None), {"start": None})
    assert not right(row("datetime", None), {"start": "2026-01-05T08:00:00"})


def test_a_crash_is_wrong_and_counted() -> None:
    def fail(text: str, now: object) -> dict[str, Any]:
        raise ValueError(text)

    result = measure(Peer("bad", {"datetime": fail}), [row("datetime", None), row("number", {"value": 1})])
    assert result["crashes"] == 1
    assert result["right"]["nothing (all)"] == [0, 1]


def test_ours_and_the_groups() -> None:
    rows = [row("duration", {"seconds": 600.0}, "dix minutes"), row("duration", {"seconds": 600.0}, "10 min")]
    result = measure(ours(), rows)
    assert result["right"] == {"duration (all)": [2, 2], "duration (in words)": [1, 1], "duration b": [2, 2]}
    assert groups(rows[1]) == ["b", "(all)"]
