"""How long the language model may work in an hour: for one client, and for all of them together.

Counted in Redis, so that several servers of a house share it; while Redis is away, by each server alone.
"""

import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from hive_mind.errors import ContextError, LlmError

HOUR_S = 3600.0
"""From the first use on; then everything is forgotten."""

Count: TypeAlias = Callable[[str, float, int], Awaitable[int]]
"""Adds to a number of that name, which is forgotten after so many seconds; answers the sum."""

_ALL = "all"


class Shares:
    """Divides time among those that use one thing at once. Pure; time in seconds of any monotonic clock."""

    def __init__(self) -> None:
        self._users = 0
        self._at = 0.0
        self._each = 0.0

    def begin(self, now: float) -> float:
        """Somebody begins; give what this returns to `end`."""
        self._pass(now)
        self._users += 1
        return self._each

    def end(self, begun: float, now: float) -> float:
        """Somebody ends; its seconds: all of those when it was alone, a half of those when there were two."""
        self._pass(now)
        self._users -= 1
        return self._each - begun

    def _pass(self, now: float) -> None:
        if self._users:
            self._each += (now - self._at) / self._users
        self._at = now


class Allowance:
    """See above.

    Args:
        count: see there; may raise `ContextError`.
        client_s: seconds of one client; 0: no limit.
        house_s: seconds of all clients; 0: no limit.
        spawn: runs what nobody waits for.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        count: Count,
        client_s: float,
        house_s: float,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._count = count
        self._client_s, self._house_s = client_s, house_s
        self._spawn = spawn
        self._clock = clock
        self._shares = Shares()
        self._uncounted: dict[str, tuple[float, int]] = {}  # by name: since when, how many milliseconds

    async def check(self, client_id: str) -> None:
        """Whether the model may work for this client.

        Raises:
            LlmError: LLM_CLIENT_SPENT, LLM_HOUSE_SPENT.
        """
        for name, most_s, code in (
            (_of(client_id), self._client_s, "LLM_CLIENT_SPENT"),
            (_ALL, self._house_s, "LLM_HOUSE_SPENT"),
        ):
            if most_s and await self._spent_ms(name) >= 1000 * most_s:
                raise LlmError(f"The model has worked for {most_s:g} s in an hour.", code=code)

    @contextmanager
    def working(self, client_id: str) -> Iterator[None]:
        """The model works for this client meanwhile; time in which it works for several is divided."""
        begun = self._shares.begin(self._clock())
        try:
            yield
        finally:
            ms = round(1000 * self._shares.end(begun, self._clock()))
            for name in (_of(client_id), _ALL):
                self._add(name, ms)
                self._spawn(self._note(name))

    async def _note(self, name: str) -> None:
        await self._spent_ms(name)

    async def _spent_ms(self, name: str) -> int:
        more = self._pop(name)
        try:
            return await self._count(f"llm:{name}", HOUR_S, more[1])
        except ContextError:
            self._add(name, more[1], more[0])
            return self._uncounted[name][1]

    def _add(self, name: str, ms: int, since: float | None = None) -> None:
        begun, before = self._pop(name)
        self._uncounted[name] = (begun if since is None else min(begun, since), before + ms)

    def _pop(self, name: str) -> tuple[float, int]:
        """What Redis does not know yet; of an hour ago it need not."""
        now = self._clock()
        begun, ms = self._uncounted.pop(name, (now, 0))
        return (begun, ms) if now - begun < HOUR_S else (now, 0)


def _of(client_id: str) -> str:
    return f"client:{client_id}"
