"""What a client learns from its wakes, with a detector that shows one window."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hive_mind.client.core.turn import Route, TurnRecord
from hive_mind.client.core.wake_lessons import COMPLAINT, WakeLessons
from hive_mind.speech.audio import SAMPLE_RATE
from hive_mind.speech.engines import Wake
from hive_mind.speech.wake_word.lessons import Lesson, Seen
from hive_mind.wake_lessons_file import LessonsFile


class OneWindow:
    """A `Learner` that remembers what it was taught."""

    def __init__(self) -> None:
        self.taught: list[Sequence[Lesson]] = []

    def seen(self, word: str) -> Seen | None:
        return None if word == "ppn" else Seen(np.ones((16, 96), dtype=np.float32), 0.9)

    def adapt(self, lessons: Sequence[Lesson]) -> None:
        self.taught.append(lessons)


def turn(intent: str, at: float, route: Route = "command") -> TurnRecord:
    return TurnRecord("t", "", "", route, intent, question_end_s=at)


def wake(at: float, word: str = "hey_alison") -> Wake:
    return Wake(word, 0.9, int(at * SAMPLE_RATE))


def learn(folder: Path, *happened: Wake | TurnRecord) -> list[Sequence[Lesson]]:
    """What a detector is taught when a client starts and this happens."""

    async def live() -> list[Sequence[Lesson]]:
        detector = OneWindow()
        async with asyncio.TaskGroup() as tasks:
            lessons = WakeLessons(detector, LessonsFile(folder), tasks.create_task)
            await lessons.run()
            for each in happened:
                if isinstance(each, Wake):
                    lessons.woke(each)
                else:
                    lessons.turn(each)
        return detector.taught

    return asyncio.run(live())


def test_a_disowned_wake_is_kept_and_taught(tmp_path: Path) -> None:
    taught = learn(tmp_path, wake(1.0), turn("x", 3.0, "llm"), wake(20.0), turn(COMPLAINT, 24.0))
    assert [each.meant for each in taught[-1]] == [False]
    assert [each.meant for each in LessonsFile(tmp_path).load()] == [False]
    assert [len(known) for known in learn(tmp_path)] == [1]


def test_what_was_obeyed_was_meant_and_chatter_teaches_nothing(tmp_path: Path) -> None:
    happened: list[Wake | TurnRecord] = []
    routes: tuple[Route, ...] = ("command", "llm", "plugin", "none")
    for place, route in enumerate(routes):
        happened += [wake(100.0 * place), turn("x", 100.0 * place + 3.0, route)]
    taught = learn(tmp_path, *happened, wake(500.0), wake(600.0, "ppn"))
    assert [each.meant for each in taught[-1]] == [True, True]


def test_a_file_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    LessonsFile(tmp_path).save((Lesson("a", np.ones((16, 96), dtype=np.float32), meant=True),))
    (path,) = (each for each in tmp_path.iterdir() if each.name != "context.key")
    path.write_bytes(b"nonsense")
    assert learn(tmp_path) == []
