"""Time, date, stopwatch and timers for clients that cannot do these alone; kept in Redis, rung from here."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from pydantic import ValidationError

from hive_mind.commands.interpret import due, expected, interpret, next_due, ring_text
from hive_mind.commands.outcome import Outcome
from hive_mind.commands.state import CommandState
from hive_mind.server.core.context import Context
from hive_mind.server.logs import get_logger
from hive_mind.understanding.grammar import Match


class Timekeeper:
    """The local commands of one client.

    Args:
        client_id: whose they are.
        context: keeps the state.
        now: aware time of the household.
        ring: says a text in the client's room; False when it is not connected.
    """

    def __init__(
        self,
        client_id: str,
        context: Context,
        now: Callable[[], datetime],
        ring: Callable[[str], bool],
    ) -> None:
        self._name = f"commands:{client_id}"
        self._context = context
        self._now = now
        self._ring = ring
        self._state: CommandState | None = None
        self._changing = asyncio.Lock()
        self._alarm: asyncio.TimerHandle | None = None
        self._ringing: asyncio.Task[None] | None = None
        self._log = get_logger("timers")

    async def expecting(self) -> str | None:
        """Kind of answer that an open question of a command waits for (`commands.interpret.expected`)."""
        async with self._changing:
            return expected(await self._load(), self._now())

    async def answer(self, match: Match) -> Outcome:
        """Carry out a command; what it changed is kept before this returns."""
        async with self._changing:
            outcome = interpret(match, await self._load(), self._now(), voice=False)
            if outcome.state != self._state:
                await self._keep(outcome.state)
            self._set_alarm()
            return outcome

    async def wake(self) -> None:
        """The client is connected: ring what was due meanwhile, and watch the rest."""
        async with self._changing:
            await self._load()
            self._set_alarm()

    def rest(self) -> None:
        """The client is gone: nothing rings until it is back."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    async def _load(self) -> CommandState:
        if self._state is None:
            raw = await self._context.load_state(self._name)
            try:
                self._state = CommandState.model_validate_json(raw) if raw else CommandState()
            except ValidationError:
                self._log.warning("timers unreadable, starting without")
                self._state = CommandState()
        return self._state

    async def _keep(self, state: CommandState) -> None:
        self._state = state
        await self._context.save_state(self._name, state.model_dump_json().encode())

    def _set_alarm(self) -> None:
        self.rest()
        moment = next_due(self._state) if self._state else None
        if moment is not None:
            wait = max(0.0, (moment - self._now()).total_seconds())
            self._alarm = asyncio.get_running_loop().call_later(wait, self._begin_ringing)

    def _begin_ringing(self) -> None:
        self._ringing = asyncio.create_task(self._ring_due())

    async def _ring_due(self) -> None:
        async with self._changing:
            state, rung = due(await self._load(), self._now())
            if rung and not self._ring(ring_text(rung)):
                return
            if rung:
                await self._keep(state)
            self._set_alarm()
