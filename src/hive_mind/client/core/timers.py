"""The time things of this client: kept on its own disk, rung by itself, mirrored to the server."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from pydantic import ValidationError

from hive_mind.client.core.clock import Clock
from hive_mind.commands.interpret import (
    Rung,
    completed,
    due,
    expected,
    given_up,
    interpret,
    likely_replies,
    next_due,
)
from hive_mind.commands.outcome import Outcome
from hive_mind.commands.state import CommandState
from hive_mind.protocol.messages import DeviceState
from hive_mind.understanding.grammar import Match

LONGEST_SLEEP_S = 3600.0
"""The clock of the house may be set while we sleep: look again at least this often."""

AGAIN_S = 30.0
"""An alarm that nobody silences rings again after so long."""

_log = structlog.get_logger(__name__)


class StateFile:
    """A `CommandState` in one file: replaced whole, on the disk when `save` returns.

    Args:
        path: of the file; its folder is made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> CommandState:
        """What was saved; an empty state when nothing was, or when the file is damaged (it is kept aside)."""
        try:
            return CommandState.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return CommandState()
        except (ValidationError, OSError) as error:
            _log.warning("time state unreadable, starting empty", cause=type(error).__name__)
            if self._path.is_file():
                self._path.replace(self._path.with_suffix(".damaged"))
            return CommandState()

    def save(self, state: CommandState) -> None:
        """Write and flush; the old file stands until the new one is whole."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        with draft.open("wb") as file:
            file.write(state.model_dump_json().encode())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)


class Timekeeper:
    """Owns the state, and rings what is due.

    Args:
        file: where the state lives.
        clock: the time of day.
        ring: says that a timer or an alarm is due.
        changed: told of each new state, to mirror it.
    """

    def __init__(
        self,
        file: StateFile,
        clock: Clock,
        ring: Callable[[Rung], Awaitable[None]],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.state = file.load()
        self._file = file
        self._clock = clock
        self._ring = ring
        self._changed = changed
        self._moved = asyncio.Event()

    @property
    def loudness(self) -> float:
        """Amplitude of the voice at the volume that was asked for, from 0 to 1: its square sounds even."""
        return 0.0 if self.state.muted else (self.state.volume / 100) ** 2

    @property
    def speed(self) -> float:
        """Speed of the voice that was asked for; 1 is its own."""
        return self.state.speed / 100

    def interpret(self, match: Match, now: datetime, state: CommandState | None = None) -> Outcome:
        """What a command would answer and change, in the present state or in another; changes nothing."""
        return interpret(match, self.state if state is None else state, now)

    def completed(self, match: Match, now: datetime) -> Match:
        """The order that an answer to an open question completes; before the answer is accepted."""
        return completed(match, self.state, now)

    def expecting(self, now: datetime) -> str | None:
        """What an open question back waits for; for the grammar."""
        return expected(self.state, now)

    def likely_replies(self) -> list[str]:
        """What may well be said next."""
        return list(likely_replies(self.state, self._clock.today()))

    def lasting_replies(self) -> list[str]:
        """Those among them that stay true for a while: worth rendering long before they are asked for."""
        now = self._clock.today()
        later = set(likely_replies(self.state, now + timedelta(minutes=10)))
        return [reply for reply in likely_replies(self.state, now) if reply in later]

    async def accept(self, state: CommandState) -> None:
        """Make a new state ours: on the disk first."""
        if state == self.state:
            return
        self.state = state
        await asyncio.to_thread(self._file.save, state)
        self._moved.set()
        self._changed()

    def device_state(self, client_id: str) -> DeviceState:
        """The state as the server mirrors it."""
        state = self.state
        return DeviceState(
            client_id=client_id, timers=state.timers, stopwatch=state.stopwatch, alarms=state.alarms
        )

    async def run(self) -> None:
        """Ring what is due until cancelled; what fell due while we were off rings at once.

        Alarms ring again and again until somebody silences them, or nobody did for too long.
        """
        rung_at = 0.0
        while True:
            self._moved.clear()
            state, rung = due(self.state, self._clock.today())
            await self.accept(given_up(state, self._clock.today()))
            again = self.state.waking if self._clock.now() - rung_at >= AGAIN_S else ()
            for one in rung or again:
                await self._ring(one)
                rung_at = self._clock.now()
            at = next_due(self.state)
            wait = LONGEST_SLEEP_S if at is None else (at - self._clock.today()).total_seconds()
            if rung or wait <= 0:
                continue
            await self._wait(min(wait, AGAIN_S if self.state.waking else LONGEST_SLEEP_S))

    async def _wait(self, seconds: float) -> None:
        waiting = [
            asyncio.ensure_future(self._moved.wait()),
            asyncio.ensure_future(self._clock.sleep(seconds)),
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiter in waiting:
                waiter.cancel()
