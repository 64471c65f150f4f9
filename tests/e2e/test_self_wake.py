"""A client that hears itself, and somebody who speaks over it.

The long forms are `./hive bench self_wake` and `./hive bench barge_in_room`.
"""

import asyncio
from pathlib import Path

import pytest
from benchmarks.barge_in_room import interrupt_it
from benchmarks.self_wake import ANSWERS, talk_to_itself

from tests.fakes.air import Air

pytestmark = [pytest.mark.models, pytest.mark.audio]


def test_what_it_says_itself_neither_wakes_nor_stops_nor_asks_it(
    air: Air, models_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    tally = asyncio.run(talk_to_itself(air, tmp_path, 6.0, ((-6.0, 80),), ANSWERS[2:3]))
    assert tally.spoken_s >= 6.0
    assert (tally.wakes, tally.stopped, tally.turns) == (0, 0, 0), tally


def test_stop_over_the_echo_of_a_long_answer_silences_it_and_the_server(
    air: Air, models_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    (trial,) = asyncio.run(interrupt_it(air, tmp_path, ["Stop, stop !"], ((-12.0, 60),), (2.0,), most=4))
    print(trial)
    assert trial.stopped and trial.cancelled, trial
