"""The journal of quality: grows in memory, kept sealed day by day, dropped when its day is too old."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import ValidationError

from hive_mind.server.core.context import Context
from hive_mind.server.core.quality.rows import Day, ReturnRow, WakeRow, row_of
from hive_mind.server.core.trace import TurnTrace
from hive_mind.server.logs import get_logger

MOST_ROWS = 5000
"""Rows of one kind in one day; the oldest go."""

KEEP_EVERY_S = 20.0
_LATE = 200
"""Turns that may still hear when their answer sounded."""


class Journal:
    """See above.

    Args:
        context: keeps it, sealed.
        now: aware time of the household.
        days: that it is kept.
    """

    def __init__(self, context: Context, now: Callable[[], datetime], days: float) -> None:
        self._context = context
        self._now = now
        self._days = max(1, round(days))
        self._known: dict[date, Day] = {}
        self._changed: set[date] = set()
        self._late: deque[tuple[TurnTrace, str | None]] = deque(maxlen=_LATE)
        self._log = get_logger("quality")

    async def run(self) -> None:
        """Read what is kept, then keep what comes, until cancelled."""
        await self.load()
        try:
            while True:
                await asyncio.sleep(KEEP_EVERY_S)
                await self.keep()
        finally:
            await self.keep()

    async def load(self) -> None:
        """Take in what is kept of the last days."""
        for back in range(self._days + 1):
            day = self._now().date() - timedelta(days=back)
            raw = await self._context.load_state(_name(day))
            if raw is None:
                continue
            try:
                kept = Day.model_validate_json(raw)
            except ValidationError:
                self._log.warning("a day of the journal is unreadable", day=day.isoformat())
                continue
            mine = self._day(day)
            mine.turns[:0], mine.wakes[:0], mine.returns[:0] = kept.turns, kept.wakes, kept.returns

    async def keep(self) -> None:
        """Keep what has changed, drop what is too old."""
        oldest = self._now().date() - timedelta(days=self._days)
        for day in [day for day in self._known if day < oldest]:
            del self._known[day]
            self._changed.discard(day)
            await self._context.save_state(_name(day), None)
        changed, self._changed = self._changed, set()  # what comes meanwhile is kept the next time
        for day in changed:
            await self._context.save_state(_name(day), self._day(day).model_dump_json().encode())

    def on_turn(self, trace: TurnTrace, room: str | None) -> None:
        """A turn has ended."""
        if trace.over:
            day = self._day(self._of(trace.begun))
            self._add(day.turns, row_of(trace, room), day)
            self._late.append((trace, room))

    def on_sound(self, turn_id: str) -> None:
        """It is known now when the answer of a turn began to sound."""
        for trace, room in self._late:
            if trace.turn_id == turn_id:
                day = self._day(self._of(trace.begun))
                for place, row in enumerate(day.turns):
                    if row.turn_id == turn_id:
                        day.turns[place] = row_of(trace, room)
                        self._changed.add(day.day)

    def on_wake(self, word: str, room: str | None) -> None:
        """A client heard its name."""
        if word:
            day = self._day(self._now().date())
            self._add(day.wakes, WakeRow(at=self._now(), room=room, word=word), day)

    def on_return(self, room: str | None, away_s: float | None) -> None:
        """A client is back after so many seconds."""
        day = self._day(self._now().date())
        self._add(day.returns, ReturnRow(at=self._now(), room=room, away_s=max(0.0, away_s or 0.0)), day)

    def days(self, count: int) -> list[Day]:
        """The last days, oldest first, those without anything too."""
        today = self._now().date()
        wanted = [today - timedelta(days=back) for back in reversed(range(min(count, self._days)))]
        return [self._known.get(day) or Day(day=day) for day in wanted]

    async def forget(
        self, scope: Literal["turn", "day", "all"], turn_id: str | None, day: date | None
    ) -> None:
        """Forget a turn, a day or everything here too."""
        for known in self._known.values():
            if scope == "all" or (scope == "day" and known.day == day):
                known.turns.clear()
                known.wakes.clear()
                known.returns.clear()
            elif scope == "turn":
                known.turns[:] = [turn for turn in known.turns if turn.turn_id != turn_id]
            else:
                continue
            self._changed.add(known.day)
        await self.keep()

    def _add(self, rows: list, row: object, day: Day) -> None:  # type: ignore[type-arg]
        rows.append(row)
        del rows[:-MOST_ROWS]
        self._changed.add(day.day)

    def _day(self, day: date) -> Day:
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = Day(day=day)
        return known

    def _of(self, moment: datetime) -> date:
        return moment.astimezone(self._now().tzinfo).date()


def _name(day: date) -> str:
    return f"quality:{day.isoformat()}"
