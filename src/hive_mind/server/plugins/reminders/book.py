"""The reminders of a house, kept, and said when they are due."""

import asyncio
from datetime import timedelta

from pydantic import JsonValue, ValidationError

from hive_mind.language.spoken import date_text, time_text
from hive_mind.server.core.plugin import Entrusted, Services
from hive_mind.server.plugins.failure import Failure
from hive_mind.server.plugins.phrases import Phrases

from .reminder import Reminder, following, occasions

MOST = 200
LATE = timedelta(minutes=2)
"""From this much on, one says that a reminder is late."""

PATIENCE = timedelta(minutes=10)
"""For so long a reminder is left to a client that keeps it and is away: it says it by itself, if it is on."""

AHEAD = 7
"""Times of a reminder that comes back which a client keeps."""

_KEY = "reminders"


class Book:
    """All reminders that are to come, or were missed.

    Args:
        services: of the house.
        phrases: what is said.
    """

    def __init__(self, services: Services, phrases: Phrases) -> None:
        self._services = services
        self._phrases = phrases
        self._reminders: list[Reminder] = []
        self._keepers: set[str] = set()
        self._kept: JsonValue = None
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Read what is kept, if another server changed it; what cannot be read is left out."""
        async with self._opening:
            kept = await self._services.storage.get(_KEY)
            if kept == self._kept:
                return
            self._kept, self._reminders = kept, []
            for value in kept if isinstance(kept, list) else []:
                try:
                    self._reminders.append(Reminder.model_validate(value))
                except ValidationError:
                    continue

    def all(self) -> list[Reminder]:
        """Those to come, by time."""
        return sorted((r for r in self._reminders if not r.missed), key=lambda r: r.due)

    async def add(self, draft: Reminder) -> Reminder:
        """Keep one; it gets its number.

        Raises:
            Failure: REMINDERS_FULL.
        """
        if len(self._reminders) >= MOST:
            raise Failure("REMINDERS_FULL", "There are too many reminders.")
        reminder = draft.model_copy(update={"id": 1 + max((r.id for r in self._reminders), default=0)})
        await self._keep([*self._reminders, reminder])
        return reminder

    async def remove(self, gone: list[Reminder]) -> None:
        """Forget some."""
        await self._keep([r for r in self._reminders if r not in gone])

    async def tick(self) -> None:
        """Say what is due; what nobody hears stays, and is said when somebody is there."""
        await self.open()
        now = self._services.now()
        said = await self._entrust()
        for reminder in [r for r in self._reminders if r.due <= now]:
            heard = reminder.occasion in said.get(reminder.client_id, ()) or await self._say(reminder)
            left = reminder.held and now - reminder.due < PATIENCE
            if not heard and (reminder.missed or left):
                continue
            others = [r for r in self._reminders if r != reminder]
            coming = following(reminder, now)
            if not heard:
                others.append(reminder.model_copy(update={"missed": True, "repeat": None}))
                if coming is not None:
                    coming = coming.model_copy(update={"id": 1 + max(r.id for r in self._reminders)})
            # It was said: a disk that refuses must not make us say it again every second.
            self._reminders = [*others, coming] if coming is not None else others
            await self._keep(self._reminders)

    async def _entrust(self) -> dict[str, frozenset[str]]:
        """Have the clients keep what is theirs; what they have said by themselves."""
        said: dict[str, frozenset[str]] = {}
        for client_id in {r.client_id for r in self._reminders} | self._keepers:
            mine = [r for r in self._reminders if r.client_id == client_id]
            kept = [one for r in mine for one in occasions(r, AHEAD)]
            known = self._services.entrust(client_id, [self._entrusted(one) for one in kept])
            if known is None:
                continue
            said[client_id] = known
            self._keepers.add(client_id)
            if any(not r.held for r in mine):
                held = [r.model_copy(update={"held": r.held or r in mine}) for r in self._reminders]
                await self._keep(held)
        return said

    def _entrusted(self, reminder: Reminder) -> Entrusted:
        text = self._phrases.say("fires", task=reminder.task)
        return Entrusted(reminder.occasion, text, reminder.due)

    async def _say(self, reminder: Reminder) -> bool:
        now = self._services.now()
        due = reminder.due.astimezone(now.tzinfo)
        at = time_text(due.hour, due.minute)
        if now - due < LATE:
            text = self._phrases.say("fires", task=reminder.task)
        elif due.date() == now.date():
            text = self._phrases.say("fires_late", task=reminder.task, time=at)
        else:
            text = self._phrases.say(
                "fires_days_late", task=reminder.task, date=date_text(due.date()), time=at
            )
        if await self._services.announce(text, reminder.client_id, kind="reminder", key=reminder.occasion):
            return True
        if reminder.held and now - reminder.due < PATIENCE:
            return False
        return await self._services.announce(text, kind="reminder")

    async def _keep(self, reminders: list[Reminder]) -> None:
        await self._services.storage.put(_KEY, [r.model_dump(mode="json") for r in reminders])
        self._reminders = reminders
