"""Reminders that the server has entrusted to a client: said here when they are due, and never twice."""

from collections.abc import Sequence
from datetime import datetime

from hive_mind.commands.replies import reply
from hive_mind.commands.state import CommandState, seconds_between
from hive_mind.commands.timers import LATE_S, about
from hive_mind.protocol.messages.time_items import ReminderState

MOST_SAID = 64
"""Names kept of reminders that were said; the oldest are forgotten."""


def entrusted(state: CommandState, reminders: Sequence[ReminderState]) -> CommandState:
    """The state with these instead of those that were entrusted before."""
    fresh = tuple(one for one in reminders if one.reminder_id not in state.said)
    return state.model_copy(update={"reminders": fresh})


def due(state: CommandState, now: datetime) -> tuple[CommandState, tuple[ReminderState, ...]]:
    """The state in which what is due at `now` counts as said, and what is due."""
    ready = tuple(sorted((one for one in state.reminders if one.due <= now), key=lambda one: one.due))
    for one in ready:
        state, _ = said(state, one.reminder_id)
    return state, ready


def said(state: CommandState, reminder_id: str) -> tuple[CommandState, bool]:
    """The state in which a reminder counts as said, and whether it was not said before."""
    if reminder_id in state.said:
        return state, False
    changes = {
        "said": (*state.said, reminder_id)[-MOST_SAID:],
        "reminders": tuple(one for one in state.reminders if one.reminder_id != reminder_id),
    }
    return state.model_copy(update=changes), True


def next_due(state: CommandState) -> datetime | None:
    """When the next one is said."""
    return min((one.due for one in state.reminders), default=None)


def text_of(reminder: ReminderState, now: datetime) -> str:
    """What is said, and how late it is if it is."""
    late = seconds_between(reminder.due, now)
    return reply("reminder_late", text=reminder.text, late=about(late)) if late >= LATE_S else reminder.text
