"""What is being answered or said: at most one thing at a time, and one call stops it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, Protocol, TypeAlias

import structlog

from hive_mind.client.core.announcing import Announcer, speak
from hive_mind.client.core.dialogue import Plan
from hive_mind.client.core.parts import Parts
from hive_mind.client.core.reading import Begun, Utterance
from hive_mind.client.core.state import Event, Turn
from hive_mind.client.core.turn import TurnRecord
from hive_mind.errors import HiveMindError
from hive_mind.speech.audio import SAMPLE_RATE
from hive_mind.understanding.gates import AMEND_S

Outcome: TypeAlias = Literal["answered", "announced", "nothing"]
"""What came of it: nothing when there was nothing to answer."""

_log = structlog.get_logger(__name__)


class Answering(Protocol):
    """One utterance and the answer to it, whoever works on them."""

    @property
    def asks(self) -> bool:
        """Whether the answer asks back."""
        ...

    @property
    def plan(self) -> Plan | None:
        """What it was understood to ask for, as soon as that is known here."""
        ...

    @property
    def utterance(self) -> Utterance:
        """What was said."""
        ...

    @property
    def committed(self) -> bool:
        """Whether the user is known to have finished."""
        ...

    @property
    def heard(self) -> str:
        """What was understood to be said, as soon as that is known."""
        ...

    @property
    def said(self) -> str:
        """The answer so far."""
        ...

    def commit(self) -> None:
        """The user has finished."""
        ...

    def interrupt(self) -> None:
        """Silence; the owner cancels the task."""
        ...

    async def run(self) -> TurnRecord | None:
        """Go through it; None when there was nothing to answer."""
        ...


class Floor:
    """Runs the present attempt, or the present announcement.

    Args:
        parts: engines, link and records.
        over: told that nothing is said any more: whether it asked back, and what came of it.
        on_turn: told of each turn that ended.
    """

    def __init__(
        self, parts: Parts, over: Callable[[bool, Outcome], None], on_turn: Callable[[TurnRecord], None]
    ) -> None:
        self.attempt: Answering | None = None
        """The present one, perhaps not committed yet."""
        self.on_turn = on_turn
        self.hushed = False
        """Whether the user has silenced the last announcement, rather than spoken over it."""
        self.announcer = Announcer(self._announce)
        self._parts = parts
        self._over = over
        self._task: asyncio.Task[None] | None = None
        self._text = ""

    @contextmanager
    def telling(self, on_turn: Callable[[TurnRecord], None]) -> Iterator[None]:
        """While in this context somebody else is told of each turn that ended."""
        before, self.on_turn = self.on_turn, on_turn
        try:
            yield
        finally:
            self.on_turn = before

    @property
    def busy(self) -> bool:
        """Whether something is answered or said, or prepared."""
        return self._task is not None

    @property
    def answering(self) -> bool:
        """Whether an answer was decided on, or an announcement is said."""
        return self._task is not None and (self.attempt is None or self.attempt.committed)

    def answers_what_ended_after(self, sample: int) -> bool:
        """Whether an utterance that was over only after this was understood, and is being answered."""
        attempt = self.attempt
        return (
            attempt is not None
            and attempt.committed
            and attempt.plan is not None
            and attempt.utterance.end_sample > sample
        )

    @property
    def said(self) -> str:
        """The text of what is said, as far as it is known."""
        return self._text if self.attempt is None else self.attempt.said

    @property
    def words(self) -> tuple[str, str]:
        """What the user said, and what is answered or said unasked; both empty while nothing is."""
        if self._task is None:
            return "", ""
        return "" if self.attempt is None else self.attempt.heard, self.said

    def begun(self, sample: int) -> Begun | None:
        """The order that is answered, if speech from `sample` on may belong to it."""
        attempt = self._recent(sample)
        if attempt is None or attempt.plan is None or not attempt.plan.amendable:
            return None
        return Begun(attempt.utterance, attempt.plan)

    def unheard(self, sample: int) -> Begun | None:
        """The question whose answer does not sound yet, if speech from `sample` on may belong to it."""
        attempt, turn = self._recent(sample), self._parts.status.state.turn
        if attempt is None or attempt.plan is None or attempt.plan.orders or turn is not Turn.PROCESSING:
            return None
        return Begun(attempt.utterance, None)

    def _recent(self, sample: int) -> Answering | None:
        attempt = self.attempt
        if attempt is None or sample - attempt.utterance.end_sample >= AMEND_S * SAMPLE_RATE:
            return None
        return attempt

    def begin(self, attempt: Answering, tasks: asyncio.TaskGroup) -> None:
        """Work on an attempt, instead of whatever there was."""
        self.drop()
        self.attempt = attempt
        self._task = tasks.create_task(self._answer(attempt))

    def drop(self) -> None:
        """Stop the present attempt or announcement, whatever it is doing."""
        attempt, task = self.attempt, self._task
        self.attempt = self._task = None
        if attempt is not None:
            attempt.interrupt()
        elif task is not None:
            self._parts.sink.interrupt()
        if task is not None:
            task.cancel()

    async def _answer(self, attempt: Answering) -> None:
        record = None
        failed = False
        try:
            record = await attempt.run()
        except HiveMindError as error:
            failed = True
            _log.error("turn failed", code=error.code)
        finally:
            if self.attempt is attempt:
                self.attempt = self._task = None
                self._over(attempt.asks, "answered" if failed or record is not None else "nothing")
        if record is not None:
            _log.info(
                "turn",
                turn_id=record.turn_id,
                outcome=record.outcome,
                route=record.route,
                intent=record.intent,
                **record.timeline_ms,
            )
            self.on_turn(record)

    async def _announce(self, text: str, ring: bool) -> bool:
        self.hushed, self._text = False, text
        self.announcer.floor_free.clear()
        self._task = task = asyncio.ensure_future(speak(self._parts, text, ring=ring))
        self._parts.status.tell(Event.ANSWER_STARTED)
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
            if self._task is task:
                self._task = None
                self._over(False, "announced")
        if task.cancelled():
            return self.hushed
        task.result()
        return True
