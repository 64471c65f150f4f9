"""Orders about the conversation itself: "pourquoi ?", "qu'est-ce qu'on a dit hier ?", "oublie ça"."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from hive_mind.errors import ContextError
from hive_mind.language.moments import read_moment, stretch
from hive_mind.protocol.messages import Forget
from hive_mind.server.core.recall import recalled
from hive_mind.server.core.remembering import Memory
from hive_mind.server.core.trace import Traces
from hive_mind.server.core.why import answers, why

INTENTS = frozenset({"why", "recall", "forget"})
"""Intents that only the house can answer."""

_AGO = (timedelta(), timedelta(days=1), timedelta(days=7))


class HouseOrders:
    """Answers them for one client.

    Args:
        client_id: who asks.
        traces: of all turns.
        context: the conversation.
        forget: erases.
    """

    def __init__(
        self,
        client_id: str,
        traces: Traces,
        context: Memory,
        forget: Callable[[Forget], Awaitable[int]],
    ) -> None:
        self._client_id = client_id
        self._traces = traces
        self._context = context
        self._forget = forget

    async def answer(self, intent: str, slots: Mapping[str, Any], now: datetime) -> str:
        """The answer to one of `INTENTS`.

        Raises:
            ContextError: the conversation cannot be reached.
        """
        if intent == "why":
            return why(self._traces.last(self._client_id, but={"why"}))
        when = slots.get("when")
        when = when if isinstance(when, str) else None
        if intent == "recall":
            return await self._recall(when, now)
        return await self._forgotten(str(slots.get("scope", "turn")), when, now)

    async def _recall(self, when: str | None, now: datetime) -> str:
        start, end = _span(when, now)
        try:
            entries = await self._context.between(start, end)
        except ContextError:
            return str(answers()["recall"]["away"])
        return recalled((e for e in entries if e.timestamp < now), when)

    async def _forgotten(self, scope: str, when: str | None, now: datetime) -> str:
        words = answers()["forget"]
        if scope == "all":
            await self._forget(Forget(scope="all"))
            return str(words["all"])
        if scope == "day":
            start, end = _span(when, now)
            if start is None or (end is not None and (end - start).days > 1):
                return str(words["which_day"])
            await self._forget(Forget(scope="day", day=start.date()))
            return str(words["day"].format(when=when))
        last = self._traces.last(self._client_id, but=INTENTS)
        if last is None:
            return str(words["nothing"])
        await self._forget(Forget(scope="turn", turn_id=last.turn_id))
        return str(words["done"])


def _span(when: str | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The time that is meant, in the past: "lundi" is the last one, "ce matin" is today's."""
    for ago in _AGO:
        moment = read_moment(when, now - ago) if when else None
        if moment is not None and moment.start <= now:
            return stretch(moment)
    return None, None
