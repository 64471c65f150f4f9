"""The reminders plugin: what to remember, and when."""

from datetime import datetime
from pathlib import Path
from typing import Any

from hive_mind.language.moments import Moment, read_moment
from hive_mind.language.spoken import moment_text
from hive_mind.server.core.plugin import Plugin
from hive_mind.server.plugins.failure import Failure
from hive_mind.server.plugins.phrases import Phrases
from hive_mind.server.plugins.recurrence import first_due, first_time, read_recurrence, repeat_text

from .book import Book
from .reminder import Reminder, due_at, meant

_Result = dict[str, Any]
_EVERY = 1.0
_TOLD = 5


class RemindersPlugin(Plugin):
    """Says things later, on the client that asked, else on all."""

    async def on_load(self) -> None:
        """Find the reminders, and watch the time."""
        self._phrases = Phrases.of_folder(Path(__file__).parent)
        self._book = Book(self.services, self._phrases)
        self.services.every(_EVERY, self._book.tick)

    def get_prompt_context(self) -> str:
        """What the language model should know."""
        return (
            "reminder_add : dire quelque chose plus tard (task : « appeler Paul », when : « demain à 9 h », "
            "every : « jours », « lundis »). reminder_list, reminder_cancel (task ou when)."
        )

    async def execute(self, intent: str, params: dict[str, Any]) -> _Result:
        """Add, list or cancel reminders."""
        # Not at loading: the version that this one replaces may still say and forget some until then.
        await self._book.open()
        try:
            if intent == "reminder_add":
                return await self._add(params)
            if intent == "reminder_cancel":
                return await self._cancel(params)
            return self._list(params)
        except Failure as failure:
            return failure.result()

    async def _add(self, params: dict[str, Any]) -> _Result:
        task = str(params.get("task") or "").strip(" .!?")
        if not task:
            return self._ask("task", "ask_task")
        recurrence = read_recurrence(str(params["every"])) if params.get("every") else None
        when = first_time(str(params.get("when") or "").strip(), recurrence)
        if not when:
            return self._ask("when", "ask_when", task=task)
        now = self.services.now()
        moment = read_moment(when, now)
        if moment is None:
            raise Failure("WHEN_UNKNOWN", "The time of the reminder cannot be read.")
        repeat = recurrence.repeat if recurrence else None
        due = due_at(moment, now)
        if due is None:
            raise Failure("WHEN_PAST", "The time of the reminder is past.")
        due = first_due(due, repeat)
        reminder = await self._book.add(
            Reminder(id=0, task=task, due=due, client_id=self.services.request().client_id, repeat=repeat)
        )
        text = self._phrases.say("added", task=task, when=self._when_text(reminder, now))
        return {"success": True, "speech": text, "task": task, "due": due.isoformat(), "repeat": repeat}

    def _list(self, params: dict[str, Any]) -> _Result:
        now = self.services.now()
        found = self._within(self._book.all(), params, now)
        if not found:
            return {"success": True, "speech": self._phrases.say("none"), "reminders": []}
        told = [self._item_text(r, now) for r in found[:_TOLD]]
        text = self._phrases.count("list", len(found), reminders=self._phrases.listed(told))
        if len(found) > _TOLD:
            text = self._phrases.count("list_more", len(found), reminders=self._phrases.listed(told))
        return {"success": True, "speech": text, "reminders": [r.task for r in found]}

    async def _cancel(self, params: dict[str, Any]) -> _Result:
        now = self.services.now()
        task = str(params.get("task") or "").strip()
        known = self._book.all()
        then = self._within(known, params, now)
        # "in ten minutes" is another time by now: the task alone tells it as well.
        found = (meant(task, then) or meant(task, known)) if task else then
        if not found:
            raise Failure("REMINDER_UNKNOWN", "There is no such reminder.")
        if len(found) > 1 and not params.get("all"):
            which = self._phrases.listed([self._item_text(r, now) for r in found[:_TOLD]])
            return self._ask("task", "ask_which", count=str(len(found)), reminders=which)
        await self._book.remove(found)
        text = self._phrases.count("cancelled", len(found), task=found[0].task)
        return {"success": True, "speech": text, "cancelled": [r.task for r in found]}

    def _within(self, reminders: list[Reminder], params: dict[str, Any], now: datetime) -> list[Reminder]:
        """Those due at the moment that was named, if one was."""
        words = str(params.get("when") or "").strip()
        if not words:
            return reminders
        moment = read_moment(words, now)
        if moment is None:
            raise Failure("WHEN_UNKNOWN", "The time of the reminder cannot be read.")
        if moment.end is not None:
            return [r for r in reminders if moment.start <= r.due < moment.end]
        same_day = moment.grain not in ("second", "minute", "hour")
        return [
            r
            for r in reminders
            if r.due == moment.start
            or (same_day and r.due.astimezone(now.tzinfo).date() == moment.start.date())
        ]

    def _item_text(self, reminder: Reminder, now: datetime) -> str:
        return self._phrases.say("item", task=reminder.task, when=self._when_text(reminder, now))

    def _when_text(self, reminder: Reminder, now: datetime) -> str:
        due = reminder.due.astimezone(now.tzinfo)
        if reminder.repeat is None:
            return moment_text(Moment(due, None, "minute"), now)
        return repeat_text(reminder.repeat, due, self._phrases)

    def _ask(self, slot: str, key: str, **blanks: str) -> _Result:
        return {"success": False, "ask": {"slot": slot, "question": self._phrases.say(key, **blanks)}}
