"""Alarms as they are said."""

from datetime import datetime

from hive_mind.commands.replies import listed, reply
from hive_mind.language.moments import Moment
from hive_mind.language.spoken import DAYS, moment_text, time_text
from hive_mind.protocol.messages.time_items import AlarmState

_KNOWN = {tuple(range(7)): "every_day", tuple(range(5)): "workdays", (5, 6): "weekend"}


def alarm_text(alarm: AlarmState, now: datetime) -> str:
    """When it rings: "demain à 7 heures", "à 7h du lundi au vendredi"."""
    if not alarm.days:
        return moment_text(Moment(alarm.due.astimezone(now.tzinfo), None, "minute"), now)
    return reply("alarm_every", time=time_text(alarm.hour, alarm.minute), days=days_text(alarm.days))


def alarm_name(alarm: AlarmState) -> str:
    """How it is called: "réveil de 7h", "réveil sport"."""
    if alarm.name:
        return reply("alarm_called", name=alarm.name)
    return reply("alarm_at", time=time_text(alarm.hour, alarm.minute))


def days_text(days: tuple[int, ...]) -> str:
    """Weekdays: "du lundi au vendredi", "le lundi et le jeudi"."""
    known = _KNOWN.get(tuple(days))
    return reply(known) if known else listed([reply("each", day=DAYS[day]) for day in days])
