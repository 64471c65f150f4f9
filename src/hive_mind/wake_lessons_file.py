"""Lessons on this machine's disk, sealed; kept only with consent (`learn_wake_words`)."""

import io
import zipfile
from pathlib import Path

import numpy as np

from hive_mind.sealed_file import SealedFile
from hive_mind.speech.wake_word.embedding import WIDTH
from hive_mind.speech.wake_word.lessons import Lesson

_NAME = "wake-lessons"


class LessonsFile:
    """See above. Blocking.

    Args:
        folder: of the house's data; the key file there is the one that seals the conversation.
        key: base64 of the key, where it comes from the environment.
    """

    def __init__(self, folder: Path, key: str | None = None) -> None:
        self._file = SealedFile(folder, _NAME, key)

    def load(self) -> tuple[Lesson, ...]:
        """What is kept; nothing where what is in it is none of ours.

        Raises:
            ConfigError: the key cannot be made or read.
            ContextError: it is damaged, or sealed with another key.
            OSError: the disk refuses.
        """
        data = self._file.read()
        if data is None:
            return ()
        try:
            with np.load(io.BytesIO(data)) as found:
                words, meant, windows = found["words"], found["meant"], found["windows"]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return ()
        if windows.ndim != 3 or windows.shape[2] != WIDTH or not len(words) == len(meant) == len(windows):
            return ()
        return tuple(
            Lesson(str(word), window.astype(np.float32), bool(flag))
            for word, window, flag in zip(words, windows, meant, strict=True)
        )

    def save(self, lessons: tuple[Lesson, ...]) -> None:
        """Replace what is kept; nothing to keep leaves no file. All windows have one length.

        Raises:
            ConfigError: the key cannot be made or read.
            OSError: the disk refuses; the old file stands.
        """
        if not lessons:
            self._file.remove()
            return
        data = io.BytesIO()
        np.savez(
            data,
            words=np.array([lesson.word for lesson in lessons]),
            meant=np.array([lesson.meant for lesson in lessons]),
            windows=np.stack([lesson.embeddings for lesson in lessons]).astype(np.float16),
        )
        self._file.write(data.getvalue())
