"""The time things of this client: kept on its own disk, rung by itself, mirrored to the server."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime

import structlog

from hive_mind.client.core.clock import Clock
from hive_mind.client.core.state_file import StateFile
from hive_mind.client.core.uptime import Uptime
from hive_mind.commands import reminders
from hive_mind.commands.choice import is_elsewhere
from hive_mind.commands.clock_shift import followed
from hive_mind.commands.interpret import (
    Rung,
    completed,
    due,
    expected,
    given_up,
    interpret,
    lasting_replies,
    likely_replies,
    next_due,
    silenced,
)
from hive_mind.commands.merge import items_of, merged, rebased, stamped, with_items
from hive_mind.commands.outcome import Outcome
from hive_mind.commands.state import CommandState
from hive_mind.protocol.messages import DeviceState, ReminderState, TimeItems
from hive_mind.understanding.grammar import Match

__all__ = ["AGAIN_S", "LOOK_S", "RETRY_S", "StateFile", "Timekeeper"]

LOOK_S = 5.0
"""A machine that sleeps stops our waiting too, and its clock may be set: look at least this often."""

AGAIN_S = 15.0
"""What nobody silences rings again after so long; in between one can be heard saying "stop"."""

RETRY_S = 30.0
"""A disk that refused is tried again after so long."""

_VERSIONS = 16

_log = structlog.get_logger(__name__)


async def nobody_listens(_: str) -> None:
    """Where reminders are not said."""


class Timekeeper:
    """Owns the state, and rings what is due.

    Args:
        file: where the state lives.
        clock: the time of day.
        ring: says that a timer or an alarm is due.
        remind: says a reminder.
        changed: told of each new state, to mirror it, and to be silent when nothing rings any more.
        uptime: tells a clock that was set; None takes every jump of the clock for sleep.
        look_s: longest wait between two looks at the clock.
    """

    def __init__(
        self,
        file: StateFile,
        clock: Clock,
        ring: Callable[[Rung], Awaitable[None]],
        changed: Callable[[], None] = lambda: None,
        uptime: Uptime | None = None,
        look_s: float = LOOK_S,
        remind: Callable[[str], Awaitable[None]] = nobody_listens,
    ) -> None:
        self.state = file.load()
        self._file = file
        self.battery: Callable[[], float | None] = lambda: None
        """Charge of this machine's battery, for the mirror; None without one."""
        self._clock = clock
        self._ring = ring
        self._remind = remind
        self._changed = changed
        self._uptime = uptime
        self._look_s = look_s
        self._moved = asyncio.Event()
        self._versions = deque([self.state], maxlen=_VERSIONS)
        self._saving = asyncio.Lock()
        self._refused_at: float | None = None

    @property
    def loudness(self) -> float:
        """Amplitude of the voice at the volume that was asked for, from 0 to 1."""
        return self.state.loudness

    @property
    def ringing(self) -> tuple[Rung, ...]:
        """What rings, and nobody has silenced yet."""
        return (*self.state.ringing, *self.state.waking)

    @property
    def speed(self) -> float:
        """Speed of the voice that was asked for; 1 is its own."""
        return self.state.speed / 100

    def interpret(self, match: Match, now: datetime, state: CommandState | None = None) -> Outcome:
        """What a command would answer and change, in the present state or in another; changes nothing."""
        return interpret(match, self._present() if state is None else state, now)

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
        return lasting_replies(self.state, self._clock.today())

    def is_elsewhere(self, order: Match) -> bool:
        """Whether an order is for another room, or for a timer that we do not have."""
        return is_elsewhere(self.state, order.intent, order.slots)

    async def accept(self, state: CommandState) -> None:
        """Make a new state ours: on the disk first, if that takes it.

        Args:
            state: made from ours, or from one that was ours a moment ago: what happened since stays.
        """
        now = self._clock.today()
        base = next((old for old in self._versions if old.version == state.version), self.state)
        fresh = base is self.state
        after = stamped(base, state, now) if fresh else rebased(base, state, self.state, now)
        if after == self.state:
            return
        self.state = after.model_copy(update={"version": self.state.version + 1})
        self._versions.append(self.state)
        await self._save()
        self._moved.set()
        self._changed()

    async def take_in(self, items: TimeItems) -> None:
        """Take in a copy of our things in which some may have changed elsewhere."""
        ours = items_of(self.state)
        both = merged(ours, items)
        if both != merged(ours, ours):
            await self._become(with_items(self.state, both))

    async def keep_reminders(self, coming: Sequence[ReminderState]) -> None:
        """The server entrusts these to us, instead of those before."""
        await self.accept(reminders.entrusted(self.state, coming))

    async def may_say(self, reminder_id: str) -> bool:
        """Whether a reminder that the server says was not said by us; it counts as said from now on."""
        state, fresh = reminders.said(self.state, reminder_id)
        await self.accept(state)
        return fresh

    async def set_volume(self, level: int) -> None:
        """Be so loud, in hundredths of the loudest, and not silent."""
        await self.accept(self.state.model_copy(update={"volume": level, "muted": False}))

    async def silence(self) -> None:
        """Let nothing ring any more."""
        await self.accept(silenced(self.state))

    def device_state(self, client_id: str) -> DeviceState:
        """The state as the server mirrors it."""
        return DeviceState(
            client_id=client_id,
            clock=self._clock.today().astimezone(UTC),
            rings=bool(self.ringing),
            said=self.state.said,
            battery=self.battery(),
            **dict(items_of(self.state)),
        )

    async def run(self) -> None:
        """Ring what is due until cancelled; what fell due while we were off rings at once.

        Timers and alarms ring again and again until somebody silences them, or nobody did for too long.
        """
        rung_at = -AGAIN_S
        if self.ringing:  # we were stopped while it rang
            await self.accept(self.state.model_copy(update={"since": self._clock.today().astimezone(UTC)}))
        while True:
            self._moved.clear()
            now = self._clock.today()
            await self.accept(self._present())
            state, rung = due(self.state, now)
            state, reminded = reminders.due(given_up(state, now), now)
            await self.accept(state)
            for reminder in reminded:
                await self._remind(reminders.text_of(reminder, now))
            again = self._clock.now() - rung_at >= AGAIN_S
            if sounding := self.ringing if again else rung:
                await self._sound(sounding)
                rung_at = self._clock.now()
            if self._refused_at is not None and self._clock.now() - self._refused_at >= RETRY_S:
                await self._save()
            await self._wait(self._pause(rung_at))

    def _present(self) -> CommandState:
        """Our state as the clocks want it now, if somebody has just set one."""
        if self._uptime is None:
            return self.state
        return followed(self.state, self._clock.today(), self._uptime.boot_id, self._uptime.seconds())

    async def _sound(self, rung: Iterable[Rung]) -> None:
        for one in rung:
            await self._ring(one)

    def _pause(self, rung_at: float) -> float:
        """Seconds until there is something to do, or to look at."""
        pause = self._look_s
        for at in (next_due(self.state), reminders.next_due(self.state)):
            if at is not None:
                pause = min(pause, (at - self._clock.today()).total_seconds())
        if self.ringing:
            pause = min(pause, rung_at + AGAIN_S - self._clock.now())
        return max(0.0, pause)

    async def _become(self, state: CommandState) -> None:
        """Make a state ours as it is: what is newer in it was stamped elsewhere."""
        self.state = state.model_copy(update={"version": self.state.version + 1})
        self._versions.append(self.state)
        await self._save()
        self._moved.set()
        self._changed()

    async def _save(self) -> None:
        """Write the state; a disk that refuses is told of once, and tried again later."""
        async with self._saving:
            try:
                await asyncio.to_thread(self._file.save, self.state)
            except OSError as error:
                if self._refused_at is None:
                    _log.error(
                        "timers and alarms are not saved: a restart would lose them; make room on the disk",
                        path=str(self._file.path),
                        cause=error.strerror,
                    )
                self._refused_at = self._clock.now()
                return
        if self._refused_at is not None:
            self._refused_at = None
            _log.info("timers and alarms are saved again")

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
