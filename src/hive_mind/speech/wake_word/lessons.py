"""Learning from life: which wakes were false, by their embeddings. The voice itself is never kept. Pure."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from hive_mind.speech.wake_word.embedding import Floats

MOST = 60
"""Lessons kept of each word and kind; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A wake, and whether it was one.

    Attributes:
        word: name of the word.
        embeddings: the window on which it woke: (n, 96), from which no speech can be made again.
        meant: whether somebody had called.
    """

    word: str
    embeddings: Floats
    meant: bool


class Lessons:
    """What the last wakes teach; a few megabytes at most.

    A wake counts as meant when the next one comes, or when it is `settled`, without anybody saying that it
    was not: "ce n'était pas pour toi", or a tap.

    Args:
        known: lessons of before.
        most: kept of each word and kind.
    """

    def __init__(self, known: Iterable[Lesson] = (), most: int = MOST) -> None:
        self._most = most
        self._kept: dict[tuple[str, bool], deque[Lesson]] = {}
        self._last: tuple[str, Floats] | None = None
        for lesson in known:
            self._keep(lesson)

    @property
    def kept(self) -> tuple[Lesson, ...]:
        """All of them, by word and kind, the oldest first."""
        return tuple(lesson for some in self._kept.values() for lesson in some)

    def woke(self, word: str, embeddings: Floats) -> None:
        """A word was heard.

        Args:
            word: its name.
            embeddings: what its head saw.
        """
        self.settled()
        self._last = (word, embeddings.copy())

    def was_false(self) -> bool:
        """The last wake was none; False when there is none to speak of."""
        if self._last is None:
            return False
        self._keep(Lesson(*self._last, meant=False))
        self._last = None
        return True

    def settled(self) -> None:
        """Nobody objected to the last wake."""
        if self._last is not None:
            self._keep(Lesson(*self._last, meant=True))
            self._last = None

    def forget(self, word: str) -> None:
        """Drop what was kept of a word."""
        self._kept = {key: some for key, some in self._kept.items() if key[0] != word}

    def _keep(self, lesson: Lesson) -> None:
        self._kept.setdefault((lesson.word, lesson.meant), deque(maxlen=self._most)).append(lesson)
