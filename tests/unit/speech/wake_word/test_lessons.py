"""What wakes teach: bounded, labelled, and nothing but embeddings on the disk."""

from pathlib import Path

import numpy as np

from hive_mind.speech.wake_word.lessons import Lessons
from hive_mind.speech.wake_word.lessons_file import lessons_path, load_lessons, save_lessons

WINDOW = np.ones((16, 96), dtype=np.float32)


def test_a_wake_counts_as_meant_unless_somebody_objects() -> None:
    lessons = Lessons()
    assert not lessons.was_false()
    lessons.woke("a", WINDOW)
    lessons.woke("a", 2 * WINDOW)
    assert lessons.was_false()
    assert not lessons.was_false()
    lessons.woke("b", WINDOW)
    lessons.settled()
    lessons.settled()
    assert sorted((each.word, each.meant) for each in lessons.kept) == [
        ("a", False), ("a", True), ("b", True),
    ]  # fmt: skip


def test_the_oldest_go_first() -> None:
    lessons = Lessons(most=2)
    for number in range(4):
        lessons.woke("a", number * WINDOW)
        lessons.settled()
    assert [each.embeddings[0, 0] for each in lessons.kept] == [2.0, 3.0]


def test_they_are_kept_on_the_disk_and_forgotten(tmp_path: Path) -> None:
    path = lessons_path(tmp_path / "words")
    assert load_lessons(path) == ()
    lessons = Lessons()
    for word in ("a", "b"):
        lessons.woke(word, WINDOW)
        lessons.was_false()
    save_lessons(path, lessons.kept)
    back = Lessons(load_lessons(path))
    assert [(each.word, each.meant) for each in back.kept] == [("a", False), ("b", False)]
    back.forget("a")
    save_lessons(path, back.kept)
    assert [each.word for each in load_lessons(path)] == ["b"]
    save_lessons(path, ())
    assert not path.exists()
    path.write_bytes(b"no archive")
    assert load_lessons(path) == ()
