"""A client that hears itself at full volume, and somebody who speaks over it.

The long forms are `./hive bench self_wake` and `./hive bench barge_in_room`.
"""

import asyncio
from pathlib import Path

import pytest
from benchmarks.barge_in_room import WRITING_S, Trial, interrupt_it
from benchmarks.questions import spoken
from benchmarks.self_wake import ANSWERS, QUESTION, Storyteller, Tally, scene, tell

from hive_mind.client.core.echo.memory import FILE_NAME, RoomFile
from hive_mind.speech.audio import SAMPLE_RATE, Clip
from tests.fakes.air import Air

pytestmark = [pytest.mark.models, pytest.mark.audio]


def test_its_own_stop_is_nothing_and_somebody_elses_silences_it_and_the_server(
    air: Air, models_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "models").symlink_to(models_dir)

    async def play() -> tuple[Tally, list[Trial]]:
        about_stop, long_one = ANSWERS[2], ANSWERS[1]
        model = Storyteller((about_stop, long_one))
        async with scene(air, tmp_path, model) as at:
            question = Clip(spoken(at.engines.voice, QUESTION), SAMPLE_RATE)
            await tell(air, at.watch, at.button, question, 6.0, ((-6.0, 80),))
            tally = at.watch.tally
            model.rest_s = WRITING_S
            return tally, await interrupt_it(at, air, ["Stop, stop !"], ((-12.0, 60),), (1.5,), most=4)

    tally, trials = asyncio.run(play())
    assert tally.spoken_s >= 6.0
    assert (tally.wakes, tally.stopped, tally.turns) == (0, 0, 0), tally
    (trial,) = trials
    print(f"understood -> silence at the speaker: {trial.detected_ms:.0f} ms; {trial}")
    assert trial.stopped and trial.cancelled, trial
    assert RoomFile(tmp_path / "client" / FILE_NAME).load() is not None, "how the room answers is kept"
