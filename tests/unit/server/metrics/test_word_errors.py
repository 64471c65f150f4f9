"""The household's word error rate, from what people correct."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hive_mind.server.core.metrics.word_errors import Sample, Score, compared, load_sample, save_sample

THEN = datetime(2026, 1, 6, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "heard", "expected"),
    [
        ("quelle heure est-il", "Quelle heure est-il ?", (4, 0)),
        ("mets un minuteur de 10 minutes", "mais un minuteur de dix minutes", (6, 1)),
        ("annule", "Anne Uli", (1, 2)),
        ("bonjour", "", (1, 1)),
    ],
)
def test_edits_per_word_said(said: str, heard: str, expected: tuple[int, int]) -> None:
    assert compared(said, heard) == expected


def test_a_turn_is_judged_once_and_one_that_is_passed_scores_nothing() -> None:
    sample = Sample().judged("salon", THEN, "annule", "annuler").judged("salon", THEN, "oui", "oui")
    passed = sample.judged("salon", THEN + timedelta(minutes=1), "", "brouhaha")
    assert sample.rooms == passed.rooms == {"salon": Score(2, 2, 1)}
    assert passed.until == THEN + timedelta(minutes=1)
    assert sample.rooms["salon"].rate == 0.5 and Score().rate is None


def test_kept_whole_and_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "word-errors.json"
    assert load_sample(path) == Sample()
    sample = Sample().judged("salon", THEN, "secret de famille", "secret de famine")
    save_sample(path, sample)
    assert load_sample(path) == sample
    assert "secret" not in path.read_text() and "fami" not in path.read_text()
    path.write_text('{"rooms": 3}')
    assert load_sample(path) == Sample()
