"""Power, looked after while a client runs: battery for the server, troubles said once, dark at night."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, time

from hive_mind.client.platform.machine import Power

PERIOD_S = 60.0
"""How often the power is looked at."""


class Powering:
    """Watches a machine's power.

    Args:
        power: of the machine.
        say: says a sentence by its error code.
        night: tells whether a time of day is night.
        now: the time of the household.
    """

    def __init__(
        self,
        power: Power,
        say: Callable[[str], Awaitable[None]],
        night: Callable[[time], bool],
        now: Callable[[], datetime],
    ) -> None:
        self.battery: float | None = None
        """Charge left when it was looked at last, from 0 to 1."""
        self._power = power
        self._say = say
        self._night = night
        self._now = now
        self._told: frozenset[str] = frozenset()
        self._lit = True
        self._busy = False
        self._changed = asyncio.Event()

    def busy(self, *, on: bool) -> None:
        """Somebody talks or something rings, or no longer: then the screen is lit even at night."""
        if on != self._busy:
            self._busy = on
            self._changed.set()

    async def look(self) -> None:
        """Look at battery and supply once."""
        self.battery = await asyncio.to_thread(self._power.battery)
        troubles = frozenset(await asyncio.to_thread(self._power.troubles))
        for code in sorted(troubles - self._told):
            await self._say(code)
        self._told = troubles

    async def light(self) -> None:
        """Light the screen or put it out, if that has changed."""
        lit = self._busy or not self._night(self._now().timetz().replace(tzinfo=None))
        if lit != self._lit:
            self._lit = lit
            await asyncio.to_thread(lambda: self._power.light(on=lit))

    async def run(self) -> None:
        """Look every minute, and at the screen whenever somebody talks, until cancelled."""
        while True:
            await self.look()
            await self.light()
            with suppress(TimeoutError):
                async with asyncio.timeout(PERIOD_S):
                    while True:
                        await self._changed.wait()
                        self._changed.clear()
                        await self.light()
