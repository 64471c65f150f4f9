"""What wakes teach: bounded, labelled, sealed, and nothing but embeddings on the disk."""

import stat
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hive_mind.speech.wake_word.lessons import COMPLAINT_S, Lesson, Lessons
from hive_mind.speech.wake_word.strictness import ENOUGH, MOST, MOST_LOST, stricter
from hive_mind.wake_lessons_file import LessonsFile

WINDOW = np.ones((16, 96), dtype=np.float32)


def labels(lessons: Lessons) -> list[tuple[str, bool]]:
    return sorted((each.word, each.meant) for each in lessons.kept)


def test_a_wake_was_meant_if_it_was_obeyed_and_nobody_objects() -> None:
    lessons = Lessons()
    assert not lessons.was_false()
    lessons.woke("a", WINDOW, 0.0)
    lessons.obeyed()
    lessons.woke("b", WINDOW, 10.0)  # nothing came of it: nobody knows
    assert lessons.woke("c", WINDOW, 20.0)
    lessons.obeyed()
    lessons.settled()
    lessons.settled()
    assert labels(lessons) == [("a", True), ("c", True)]


def test_a_complaint_is_about_the_last_wake() -> None:
    lessons = Lessons()
    lessons.woke("a", WINDOW, 0.0)
    lessons.obeyed()
    assert lessons.was_false(8.0)
    assert not lessons.was_false(9.0)
    assert labels(lessons) == [("a", False)]


def test_a_complaint_by_name_is_about_the_wake_before() -> None:
    lessons = Lessons()
    lessons.woke("a", WINDOW, 0.0)
    lessons.woke("b", 2 * WINDOW, 10.0)  # "b, ce n'était pas pour toi"
    assert lessons.was_false(11.5)
    assert labels(lessons) == [("a", False)]
    lessons.woke("b", WINDOW, 100.0)
    assert not lessons.was_false(101.0)


def test_a_complaint_that_comes_much_later_is_about_something_else() -> None:
    lessons = Lessons()
    lessons.woke("a", WINDOW, 0.0)
    assert not lessons.was_false(COMPLAINT_S + 1.0)
    assert lessons.was_false()  # but a tap is clear


def test_the_oldest_go_first() -> None:
    lessons = Lessons(most=2)
    for number in range(4):
        lessons.woke("a", number * WINDOW, 100.0 * number)
        lessons.obeyed()
        lessons.settled()
    assert [each.embeddings[0, 0] for each in lessons.kept] == [2.0, 3.0]


def test_they_are_kept_sealed_and_forgotten(tmp_path: Path) -> None:
    file = LessonsFile(tmp_path)
    assert file.load() == ()
    kept = tuple(Lesson(word, WINDOW, meant=False) for word in ("a", "b"))
    file.save(kept)
    (path,) = (each for each in tmp_path.iterdir() if each.name != "context.key")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"words" not in path.read_bytes()
    back = Lessons(LessonsFile(tmp_path).load())
    assert labels(back) == [("a", False), ("b", False)]
    back.forget("a")
    file.save(back.kept)
    assert [each.word for each in file.load()] == ["b"]
    file.save(())
    assert not path.exists()


def test_a_threshold_rises_over_what_woke_it_for_nothing() -> None:
    calls = [4.0 + 0.1 * n for n in range(ENOUGH)]
    assert stricter(0.0, [0.5, 1.5], calls) > 1.5
    assert stricter(0.0, [], calls) == 0.0
    assert stricter(0.0, [-1.0], calls) == 0.0


@given(
    st.floats(-5, 5),
    st.lists(st.floats(-6, 12), max_size=80),
    st.lists(st.floats(-6, 12), min_size=ENOUGH, max_size=80),
)
def test_calls_are_not_lost(threshold: float, false: list[float], true: list[float]) -> None:
    heard = [score for score in true if score >= threshold]
    rise = stricter(threshold, false, true)
    assert 0.0 <= rise <= MOST
    lost = sum(score < threshold + rise for score in heard)
    assert lost <= MOST_LOST * len(true)
