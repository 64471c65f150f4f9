"""The client learns from its wakes: what was obeyed was meant, what somebody disowns was not.

Nothing is learnt, or kept, without consent (`learn_wake_words`). What is kept are embeddings, sealed.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

import structlog

from hive_mind.client.core.turn import TurnRecord
from hive_mind.errors import ConfigError, ContextError
from hive_mind.speech.audio import SAMPLE_RATE
from hive_mind.speech.engines import Wake
from hive_mind.speech.wake_word.lessons import Learner, Lessons
from hive_mind.wake_lessons_file import LessonsFile

COMPLAINT = "false_wake"
"""The intent of "ce n'était pas pour toi"."""

Spawn: TypeAlias = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]

_OBEYED = frozenset({"command", "plugin"})

_log = structlog.get_logger(__name__)


class WakeLessons:
    """See above.

    Args:
        learner: the detector.
        file: where lessons are kept.
        spawn: starts what takes time.
    """

    def __init__(
        self,
        learner: Learner,
        file: LessonsFile,
        spawn: Spawn,
    ) -> None:
        self._learner = learner
        self._file = file
        self._spawn = spawn
        self._lessons = Lessons()
        self._one = asyncio.Lock()

    async def run(self) -> None:
        """Take up what was learnt before."""
        try:
            known = await asyncio.to_thread(self._file.load)
        except (ConfigError, ContextError, OSError) as error:
            _log.warning("what wakes taught is not read", reason=str(error))
            return
        self._lessons = Lessons(known)
        await asyncio.to_thread(self._learner.adapt, known)

    async def follow(self, learner: Learner) -> None:
        """Another detector hears wake words from now on; what was learnt holds for it too."""
        self._learner = learner
        await asyncio.to_thread(learner.adapt, self._lessons.kept)

    def woke(self, wake: Wake) -> None:
        """Its name was heard, and counts."""
        seen = self._learner.seen(wake.word)
        if seen is not None and self._lessons.woke(wake.word, seen.embeddings, wake.end_sample / SAMPLE_RATE):
            self._spawn(self._take_in())

    def turn(self, record: TurnRecord) -> None:
        """A turn is over."""
        if record.intent == COMPLAINT:
            self.was_false(record.question_end_s)
        elif record.route in _OBEYED and record.outcome == "completed":
            self._lessons.obeyed()

    def was_false(self, at: float | None = None) -> None:
        """Somebody says that the last wake was not for us; see `Lessons.was_false`."""
        if self._lessons.was_false(at):
            self._spawn(self._take_in())

    async def _take_in(self) -> None:
        """Keep what is known now, and become as strict as it teaches."""
        async with self._one:
            kept = self._lessons.kept
            try:
                await asyncio.to_thread(self._file.save, kept)
            except (ConfigError, OSError) as error:
                _log.warning("what wakes taught is not kept", reason=str(error))
            await asyncio.to_thread(self._learner.adapt, kept)
