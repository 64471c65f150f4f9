"""A short day of a household: nothing lost, nothing doubled, no file left open."""

from pathlib import Path

import pytest
from benchmarks.household import run, slope


@pytest.mark.timeout(180)
def test_a_short_day_loses_nothing(tmp_path: Path) -> None:
    report = run(turns=60, clients=4, seconds=3.0, data=tmp_path)
    assert (report.turns, report.lost, report.doubled, report.missing) == (60, 0, 0, 0)
    assert report.cuts + report.reloads > 0
    assert report.fds[-1] <= report.fds[0] + 10


def test_the_slope_of_a_line() -> None:
    assert slope([1.0, 3.0, 5.0]) == pytest.approx(2.0) and slope([4.0]) == 0.0 == slope([2.0, 2.0])
