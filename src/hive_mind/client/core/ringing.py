"""What rings, as it is heard: one announcement at a time, none of what was silenced meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from hive_mind.commands.interpret import Rung, ring_text
from hive_mind.protocol.messages import TimerState


class Ringer:
    """Says what rings, as soon as nobody speaks. All that has begun to ring by then is said in one go.

    Args:
        announce: says a text after a bell, as soon as the floor is free; cancelled, it falls silent.
        now: aware time of the household.
    """

    def __init__(self, announce: Callable[[str], Awaitable[None]], now: Callable[[], datetime]) -> None:
        self._announce = announce
        self._now = now
        self._waiting: dict[str, Rung] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def sounding(self) -> bool:
        """Whether it rings, or waits for the floor."""
        return self._task is not None and not self._task.done()

    async def ring(self, rung: Rung) -> None:
        """Ring for it, soon."""
        self._waiting[_name(rung)] = rung
        if not self.sounding:
            self._task = asyncio.create_task(self._sound())

    def hush(self, still: tuple[Rung, ...]) -> None:
        """Something changed: whatever does not ring any more is not said; when nothing rings, be silent.

        Args:
            still: what rings.
        """
        names = {_name(rung) for rung in still}
        self._waiting = {name: rung for name, rung in self._waiting.items() if name in names}
        if not names and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _sound(self) -> None:
        # Those that fall due at one moment arrive one after the other: let them.
        await asyncio.sleep(0)
        while self._waiting:
            texts, self._waiting = ring_text(tuple(self._waiting.values()), self._now()), {}
            await self._announce(texts)


def _name(rung: Rung) -> str:
    return rung.timer_id if isinstance(rung, TimerState) else rung.alarm_id
