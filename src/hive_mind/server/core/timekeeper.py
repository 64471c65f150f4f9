"""Time, date, stopwatch, timers and alarms of one client, as the server knows them; kept in Redis.

Of a client that cannot do these alone the server is the owner, and rings. Of one that can it keeps a copy:
the client tells what changes there, and is told what changes here, at once or when it is back. Of each thing
the newest change counts (`commands.merge`).
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from hive_mind.commands.alarms import MAX_ALARMS, next_occurrence
from hive_mind.commands.interpret import (
    READ_ONLY,
    due,
    expected,
    interpret,
    likely_replies,
    next_due,
    ring_text,
)
from hive_mind.commands.merge import items_of, merged, stamped, with_items
from hive_mind.commands.outcome import Outcome
from hive_mind.commands.replies import reply
from hive_mind.commands.state import CommandState, fresh_id
from hive_mind.errors import ProtocolError
from hive_mind.protocol.messages import AlarmState, DeviceCommand, DeviceState
from hive_mind.server.core.remembering import Memory
from hive_mind.server.logs import get_logger
from hive_mind.understanding.grammar import Match

SAME_CLOCK_S = 2.0
"""Clocks that differ by less go alike: the rest is the way of the message."""

_SILENCING = frozenset({"cancel_timer", "cancel_alarm", "stop"})


class Timekeeper:
    """The local commands of one client.

    Args:
        client_id: whose they are.
        context: keeps the state.
        now: aware time of the household.
        ring: says a text in the client's room; False when it is not connected.
        owned: whether the client does all this by itself, so that the server has a copy.
        tell: sends to the client, if it is there.
        voiced: whether its answers are spoken by us, so that it is we who know how loud and how fast.
        saved: told when something was changed and kept.
    """

    def __init__(
        self,
        client_id: str,
        context: Memory,
        now: Callable[[], datetime],
        ring: Callable[[str], bool],
        owned: Callable[[], bool] = lambda: False,
        tell: Callable[[DeviceCommand], None] = lambda _: None,
        voiced: Callable[[], bool] = lambda: False,
        saved: Callable[[], None] = lambda: None,
    ) -> None:
        self._name = f"commands:{client_id}"
        self._context = context
        self._now = now
        self._ring = ring
        self._owned = owned
        self._tell = tell
        self._voiced = voiced
        self._saved = saved
        self._ahead = timedelta()
        self._rings = False
        self._state: CommandState | None = None
        self._changing = asyncio.Lock()
        self._alarm: asyncio.TimerHandle | None = None
        self._ringing: asyncio.Task[None] | None = None
        self._log = get_logger("timers")

    @property
    def loudness(self) -> float:
        """Amplitude of the voice at the volume that was asked for, from 0 to 1."""
        return self._state.loudness if self._state is not None else 1.0

    @property
    def speed(self) -> float:
        """Speed of the voice that was asked for; 1 is its own."""
        return self._state.speed / 100 if self._state is not None else 1.0

    async def expecting(self) -> str | None:
        """Kind of answer that an open question of a command waits for (`commands.interpret.expected`)."""
        async with self._changing:
            return expected(await self._load(), self._today())

    async def answer(self, match: Match) -> Outcome:
        """Carry out a command; what it changed is kept before this returns, and told to the client."""
        async with self._changing:
            now, before = self._today(), await self._load()
            if self._rings and match.intent in _SILENCING and not match.slots:
                self._tell(DeviceCommand(command="silence"))
                return Outcome(reply("timer_silenced"), before)
            # What is past in a copy has rung on the client, or will as soon as that wakes up.
            seen = due(before, now)[0] if self._owned() and match.intent in READ_ONLY else before
            outcome = interpret(match, seen, now, voice=self._voiced())
            if outcome.state is not seen and outcome.state != seen:
                await self._keep(stamped(before, outcome.state, now))
            self._set_alarm()
            return outcome

    async def state(self) -> CommandState:
        """Everything, as it is known here."""
        async with self._changing:
            return await self._load()

    async def likely_replies(self) -> list[str]:
        """What may well be said next, the likeliest first."""
        async with self._changing:
            return likely_replies(await self._load(), self._today())

    async def add_alarm(self, hour: int, minute: int, days: tuple[int, ...], name: str | None) -> None:
        """Set an alarm at a time of the wall clock: once, or on each of `days` (from Monday 0)."""
        async with self._changing:
            now, before = self._today(), await self._load()
            alarm = AlarmState(
                alarm_id=fresh_id("alarm", before, now),
                name=name,
                due=next_occurrence(hour, minute, days or tuple(range(7)), now),
                hour=hour,
                minute=minute,
                days=days,
                changed=now.astimezone(UTC),
            )
            if len(before.alarms) >= MAX_ALARMS:
                raise ProtocolError(f"There are {MAX_ALARMS} alarms already.", code="TOO_MANY_ALARMS")
            after = before.model_copy(update={"alarms": (*before.alarms, alarm), "serial": before.serial + 1})
            await self._keep(stamped(before, after, now))
            self._set_alarm()

    async def remove(self, item_id: str) -> bool:
        """Cancel a timer or an alarm; whether it was there."""
        async with self._changing:
            now, before = self._today(), await self._load()
            after = before.model_copy(
                update={
                    "timers": tuple(timer for timer in before.timers if timer.timer_id != item_id),
                    "alarms": tuple(alarm for alarm in before.alarms if alarm.alarm_id != item_id),
                }
            )
            if after == before:
                return False
            await self._keep(stamped(before, after, now))
            self._set_alarm()
            return True

    async def set_volume(self, level: int) -> None:
        """Be so loud, in hundredths of the loudest, and not silent: for a client that we speak for."""
        async with self._changing:
            state = await self._load()
            if (state.volume, state.muted) != (level, False):
                await self._save(state.model_copy(update={"volume": level, "muted": False}))

    async def mirror(self, device: DeviceState) -> None:
        """The client says what it has: take in what is newer there, tell it what is newer here."""
        async with self._changing:
            ahead = device.clock - self._now() if device.clock is not None else timedelta()
            self._ahead = ahead if abs(ahead.total_seconds()) >= SAME_CLOCK_S else timedelta()
            self._rings = bool(device.rings)
            state = await self._load()
            both = merged(items_of(state), device)
            if both != items_of(state):
                await self._save(with_items(state, both))
            if both != merged(device, device):
                self._tell_changes()

    async def wake(self) -> None:
        """The client is connected: ring what was due meanwhile, and watch the rest."""
        async with self._changing:
            await self._read_again()
            self._set_alarm()

    async def reload(self) -> None:
        """Another server has changed what this client has: tell the client, and ring what is due."""
        async with self._changing:
            await self._read_again()
            if self._owned():
                self._tell_changes()
            self._set_alarm()

    async def _read_again(self) -> None:
        """What is kept may be newer than what we remember: the client was with another server meanwhile."""
        before, self._state = self._state, None
        loaded = await self._load()
        if before is not None and loaded == CommandState():  # there was nothing to read
            self._state = before

    def rest(self) -> None:
        """The client is gone: nothing rings until it is back."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _today(self) -> datetime:
        """The time of day, by the clock that the client's instants are told by."""
        return self._now() + self._ahead

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
        """Keep a change that was made here."""
        items = items_of(self._state or CommandState())
        await self._save(state)
        if self._owned() and items_of(state) != items:
            self._tell_changes()

    async def _save(self, state: CommandState) -> None:
        self._state = state
        await self._context.save_state(self._name, state.model_dump_json().encode())
        self._saved()

    def _tell_changes(self) -> None:
        items = items_of(self._state or CommandState())
        self._tell(DeviceCommand(command="merge", params=items.model_dump(mode="json", exclude_none=True)))

    def _set_alarm(self) -> None:
        self.rest()
        moment = next_due(self._state) if self._state and not self._owned() else None
        if moment is not None:
            wait = max(0.0, (moment - self._now()).total_seconds())
            self._alarm = asyncio.get_running_loop().call_later(wait, self._begin_ringing)

    def _begin_ringing(self) -> None:
        self._ringing = asyncio.create_task(self._ring_due())

    async def _ring_due(self) -> None:
        async with self._changing:
            now, before = self._now(), await self._load()
            state, rung = due(before, now)
            if rung and not self._ring(ring_text(rung, now)):
                return
            if rung:
                await self._keep(stamped(before, state, now))
            self._set_alarm()
