"""How much is sent: by one client, on whichever servers and connections, and by all clients of this server.

Every connection has its own limit (`protocol.limits`); this one holds for all of a client's together. Those
that send much are counted in Redis once a second; while it is away, nobody is.

What one server can do is its machine's: messages and voice of all its clients are counted by it alone.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from hive_mind.errors import ContextError, ProtocolError
from hive_mind.protocol.limits import CLIENT_MESSAGE_BURST, CLIENT_MESSAGES_PER_S, RateLimiter
from hive_mind.server.logs import get_logger

WINDOW_S = 60.0
MOST = int(WINDOW_S * CLIENT_MESSAGES_PER_S + CLIENT_MESSAGE_BURST)
"""Messages of one client in a window."""

MUCH = 5
"""Messages in a second from which on a client is counted: a household's never are."""

MESSAGES_BURST_S, VOICE_BURST_S = 3.0, 20.0
"""Seconds' worth of what all may send, that may come at once."""

HOUSE_BUSY = ProtocolError("All clients together send too much.", code="HOUSE_BUSY", retryable=True)

_EVERY_S = 1.0

CountAll: TypeAlias = Callable[[Mapping[str, int], float], Awaitable[list[int]]]
"""Adds to numbers that are forgotten after so many seconds; answers the sums, in the same order."""


class Pace:
    """See above.

    Args:
        count_all: see there; may raise `ContextError`.
        clock: monotonic seconds.
        messages: of all clients of this server in a second; 0: no limit.
        voice_s: seconds of voice of all clients in a second; 0: no limit.
    """

    def __init__(
        self, count_all: CountAll, clock: Callable[[], float], messages: float = 0.0, voice_s: float = 0.0
    ) -> None:
        self._messages = RateLimiter(messages, messages * MESSAGES_BURST_S) if messages else None
        self._voice = RateLimiter(voice_s, voice_s * VOICE_BURST_S) if voice_s else None
        self._count_all = count_all
        self._clock = clock
        self._sent: Counter[str] = Counter()
        self._over: dict[str, float] = {}
        self._log = get_logger("pace")

    def takes(self, voice_s: float) -> bool:
        """Whether there is room for one more message of anybody, or for so many seconds of voice.

        Args:
            voice_s: seconds; 0 for a message.
        """
        limiter, cost = (self._voice, voice_s) if voice_s else (self._messages, 1.0)
        return limiter is None or limiter.allow(self._clock(), cost)

    def allows(self, client_id: str) -> bool:
        """Count a message; whether it is to be heard."""
        self._sent[client_id] += 1
        return not self._over or self._over.get(client_id, 0.0) <= self._clock()

    async def run(self) -> None:
        """Compare with the other servers, until cancelled."""
        while True:
            await asyncio.sleep(_EVERY_S)
            await self.compare()

    async def compare(self) -> None:
        """Tell what was sent here since the last time; hear what was sent everywhere."""
        sent, self._sent = self._sent, Counter()
        much = {f"messages:{name}": many for name, many in sent.items() if many >= MUCH}
        now = self._clock()
        self._over = {name: until for name, until in self._over.items() if until > now}
        if not much:
            return
        try:
            sums = await self._count_all(much, WINDOW_S)
        except ContextError:
            return
        for name, many in zip(much, sums, strict=True):
            client_id = name.removeprefix("messages:")
            if many > MOST and client_id not in self._over:
                self._log.warning("client sends too much", client_id=client_id, messages=many)
                self._over[client_id] = now + WINDOW_S
