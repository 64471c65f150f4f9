"""The machine's clock: its zone has rules, so that tomorrow's alarm knows of tonight's change."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import TZPATH

import pytest

from hive_mind.client.core.clock import SystemClock, machine_zone


def offsets(zone: object) -> list[timedelta | None]:
    """In winter and in summer."""
    return [datetime(2026, month, 1, tzinfo=UTC).astimezone(zone).utcoffset() for month in (1, 7)]  # type: ignore[arg-type]


PARIS = [timedelta(hours=1), timedelta(hours=2)]


def test_the_variable_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Paris")
    assert offsets(machine_zone()) == PARIS
    assert SystemClock().today().utcoffset() in PARIS


def test_the_file_of_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    rules = [path for folder in TZPATH if (path := Path(folder) / "Europe" / "Paris").is_file()]
    if not rules:
        pytest.skip("this machine has no files of time zones")
    assert offsets(machine_zone(rules[0])) == PARIS


def test_an_unknown_zone_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TZ", "Nowhere/At_All")
    assert machine_zone() is None
    monkeypatch.delenv("TZ")
    assert machine_zone(tmp_path / "none") is None
    assert SystemClock().today().tzinfo is not None
