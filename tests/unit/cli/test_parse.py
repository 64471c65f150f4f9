import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from hive_mind.cli.main import build
from hive_mind.cli.parse import parsed

NOW = datetime(2026, 11, 24, 10, 15, tzinfo=ZoneInfo("Europe/Paris"))


def row(text: object, kind: object = "datetime", **more: object) -> str:
    return json.dumps({"id": "x", "text": text, "kind": kind, **more})


def test_each_kind() -> None:
    reference = "2026-11-24T10:15:00"
    assert parsed(row("demain à midi", reference_time=reference), NOW) == {
        "id": "x",
        "start": "2026-11-25T12:00:00",
        "end": None,
        "grain": "hour",
    }
    assert parsed(row("de 14h à 16h", reference_time=reference + "+01:00"), NOW) == {
        "id": "x",
        "start": "2026-11-24T14:00:00+01:00",
        "end": "2026-11-24T16:00:00+01:00",
        "grain": "hour",
    }
    assert parsed(row("une heure et demie", "duration"), NOW) == {"id": "x", "seconds": 5400}
    assert parsed(row("moins douze virgule cinq", "number"), NOW) == {"id": "x", "value": -12.5}
    assert parsed(row("vingt et unième", "ordinal"), NOW) == {"id": "x", "value": 21}


def test_nothing_to_read_gives_nulls() -> None:
    assert parsed(row("bonjour"), NOW) == {"id": "x", "start": None, "end": None, "grain": None}
    assert parsed(row("bonjour", "duration"), NOW) == {"id": "x", "seconds": None}
    assert parsed(row("bonjour", "number"), NOW) == {"id": "x", "value": None}
    assert parsed(row("", "ordinal"), NOW) == {"id": "x", "value": None}


def test_without_a_reference_time_it_is_now() -> None:
    assert parsed(row("demain"), NOW)["start"] == "2026-11-25T00:00:00+01:00"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "not a JSON object"),
        (row(3), '"text" is missing or no string'),
        (row("demain", "date"), '"kind" must be one of duration, number, ordinal, datetime'),
        (row("demain", ["datetime"]), '"kind" must be one of duration, number, ordinal, datetime'),
        (row("demain", reference_time="hier"), '"reference_time" is no ISO 8601 time'),
        (row("demain", reference_time=3), '"reference_time" is no ISO 8601 time'),
    ],
)
def test_a_malformed_line_gets_one_clear_answer(line: str, error: str) -> None:
    assert parsed(line, NOW)["error"] == error


@pytest.mark.parametrize("reference", ["0001-01-01T00:00:00", "9999-12-31T23:59:59+14:00"])
def test_the_ends_of_the_calendar(reference: str) -> None:
    for text in ("hier", "demain", "dans mille ans", "l'année prochaine", "lundi", "dans dix minutes"):
        assert "error" not in parsed(row(text, reference_time=reference), NOW)


@given(
    st.text(max_size=40)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "text", "kind", "reference_time"]), inner, max_size=4)
        ),
    ).map(json.dumps)
)
@settings(deadline=None)
def test_any_line(line: str) -> None:
    answer = parsed(line, NOW)
    assert "id" in answer
    json.dumps(answer)


def test_the_command_goes_on_after_a_malformed_line() -> None:
    lines = (
        "\n".join([row("dix minutes", "duration"), "oops", "", row("\ud800 demain", "number")]).encode()
        + b"\n\xff\n"
    )
    result = CliRunner().invoke(build("parse"), ["parse", "--jsonl"], input=lines)
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.output.splitlines()]
    assert answers == [
        {"id": "x", "seconds": 600.0},
        {"id": None, "error": "not JSON"},
        {"id": "x", "value": None},
        {"id": None, "error": "not JSON"},
    ]


def test_plain_lines_are_times() -> None:
    result = CliRunner().invoke(build("parse"), ["parse"], input="le 14 juillet 2027\n")
    assert json.loads(result.output)["start"].startswith("2027-07-14T00:00:00")
