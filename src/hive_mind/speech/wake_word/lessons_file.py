"""Lessons on this machine's disk; kept only with consent (`learn_wake_words`)."""

from pathlib import Path

import numpy as np

from hive_mind.speech.wake_word.embedding import WIDTH
from hive_mind.speech.wake_word.lessons import Lesson


def lessons_path(trained: Path) -> Path:
    """Where they are, given the folder of the household's words."""
    return trained / "lessons.npz"


def load_lessons(path: Path) -> tuple[Lesson, ...]:
    """What is kept; nothing where the file is missing or damaged."""
    try:
        with np.load(path) as data:
            words, meant, windows = data["words"], data["meant"], data["windows"]
    except (OSError, ValueError, KeyError):
        return ()
    if windows.ndim != 3 or windows.shape[2] != WIDTH or not len(words) == len(meant) == len(windows):
        return ()
    return tuple(
        Lesson(str(word), window.astype(np.float32), bool(flag))
        for word, window, flag in zip(words, windows, meant, strict=True)
    )


def save_lessons(path: Path, lessons: tuple[Lesson, ...]) -> None:
    """Replace what is kept; nothing to keep leaves no file. All windows have one length."""
    if not lessons:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new.npz")
    np.savez(
        draft,
        words=np.array([lesson.word for lesson in lessons]),
        meant=np.array([lesson.meant for lesson in lessons]),
        windows=np.stack([lesson.embeddings for lesson in lessons]).astype(np.float16),
    )
    draft.replace(path)
