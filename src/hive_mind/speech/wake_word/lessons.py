"""Learning from life: which wakes were false, by their embeddings. The voice itself is never kept. Pure."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from hive_mind.speech.wake_word.embedding import Floats

MOST = 60
"""Lessons kept of each word and kind; the oldest go first."""

COMPLAINT_S = 60.0
"""A complaint comes within this time, or is about something else."""

SAME_BREATH_S = 2.0
"""A complaint that is over so soon after a wake was said with the name: it is about the wake before."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A wake, and whether it was one.

    Attributes:
        word: name of the word.
        embeddings: the window on which it was surest: (n, 96), from which no speech can be made again.
        meant: whether somebody had called.
    """

    word: str
    embeddings: Floats
    meant: bool


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Where a wake was surest.

    Attributes:
        embeddings: what the head saw: (n, 96).
        score: what it made of it, in [0, 1].
        later: samples from the wake to the last rise of its score, as far as that is known by now.
    """

    embeddings: Floats = field(repr=False)
    score: float
    later: int = 0


@runtime_checkable
class Learner(Protocol):
    """A detector that learns from its wakes."""

    def seen(self, word: str) -> Seen | None:
        """Where the last wake of a word was surest; None for a word that did not wake."""
        ...

    def adapt(self, lessons: Sequence["Lesson"]) -> None:
        """Become as strict as these teach, instead of what was learnt before; blocking, 0.1 s."""
        ...


@dataclass(slots=True, eq=False)
class _Recent:
    word: str
    embeddings: Floats = field(repr=False)
    at: float
    meant: bool = False


class Lessons:
    """What the last wakes teach; a few megabytes at most.

    A wake counts as meant when an order was carried out with it and nobody said that it was not for us; what
    was followed by nothing teaches nothing.

    Args:
        known: lessons of before.
        most: kept of each word and kind.
    """

    def __init__(self, known: Iterable[Lesson] = (), most: int = MOST) -> None:
        self._most = most
        self._kept: dict[tuple[str, bool], deque[Lesson]] = {}
        self._recent: list[_Recent] = []
        for lesson in known:
            self._keep(lesson)

    @property
    def kept(self) -> tuple[Lesson, ...]:
        """All of them, by word and kind, the oldest first."""
        return tuple(lesson for some in self._kept.values() for lesson in some)

    def woke(self, word: str, embeddings: Floats, at: float) -> bool:
        """A word was heard.

        Args:
            word: its name.
            embeddings: what its head saw.
            at: when it ended, in seconds.

        Returns:
            whether an earlier wake became a lesson.
        """
        old = self._recent[:-1] if at - self._before(at) <= COMPLAINT_S else self._recent
        learnt = self._settle(old)
        self._recent = [*self._recent[len(old) :], _Recent(word, embeddings.copy(), at)]
        return learnt

    def obeyed(self) -> None:
        """An order was carried out: the last wake was meant, unless somebody objects."""
        if self._recent:
            self._recent[-1].meant = True

    def was_false(self, at: float | None = None) -> bool:
        """Somebody says that it was not for us.

        Args:
            at: when they had said so, in seconds; None for a tap, which is about the last wake.

        Returns:
            whether there is a wake that this can be about.
        """
        recent = self._recent
        if at is not None and recent and at - recent[-1].at <= SAME_BREATH_S:
            recent = recent[:-1]
        if not recent or (at is not None and at - recent[-1].at > COMPLAINT_S):
            return False
        false = recent[-1]
        self._keep(Lesson(false.word, false.embeddings, meant=False))
        self._recent.remove(false)
        return True

    def settled(self) -> bool:
        """Nobody will object any more; answers whether that taught something."""
        learnt = self._settle(self._recent)
        self._recent = []
        return learnt

    def forget(self, word: str) -> None:
        """Drop what was kept of a word."""
        self._kept = {key: some for key, some in self._kept.items() if key[0] != word}

    def _before(self, at: float) -> float:
        return self._recent[-1].at if self._recent else at

    def _settle(self, recent: Iterable[_Recent]) -> bool:
        meant = [one for one in recent if one.meant]
        for one in meant:
            self._keep(Lesson(one.word, one.embeddings, meant=True))
        return bool(meant)

    def _keep(self, lesson: Lesson) -> None:
        self._kept.setdefault((lesson.word, lesson.meant), deque(maxlen=self._most)).append(lesson)
