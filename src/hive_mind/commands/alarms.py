"""Alarms: at a time of the wall clock, once or on weekdays. What rings is an instant, so DST is right."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from hive_mind.commands.alarm_text import alarm_name, alarm_text
from hive_mind.commands.outcome import Outcome
from hive_mind.commands.replies import capital, listed, reply
from hive_mind.commands.state import Asked, CommandState, fresh_id, seconds_between
from hive_mind.commands.timers import about
from hive_mind.language.moments import Moment, read_moment
from hive_mind.protocol.messages.time_items import AlarmState

MAX_ALARMS = 50
"""Most alarms at a time."""

RING_FOR_S = 900.0
"""How long an alarm rings when nobody silences it."""

LATE_S = 300.0
"""From this much on, one says how long ago an alarm was due."""

_NAME_CHARACTERS = 200
_Slots = Mapping[str, object]


def set_alarm(state: CommandState, now: datetime, slots: _Slots) -> Outcome:
    """Set an alarm for `when`, or for its clock time on each of `days`; without a time, ask for it."""
    moment = _time_of(slots, now)
    if moment is None:
        return _ask(state, now, slots)
    if len(state.alarms) >= MAX_ALARMS:
        return Outcome(reply("alarm_too_many", count=len(state.alarms)), state)
    days = _days(slots)
    due = next_occurrence(moment.hour, moment.minute, days, now) if days else moment.astimezone(UTC)
    if due <= now:
        return Outcome(reply("alarm_past"), state)
    alarm = AlarmState(
        alarm_id=fresh_id("alarm", state, now),
        name=str(slots["name"])[:_NAME_CHARACTERS] if slots.get("name") else None,
        due=due,
        hour=moment.hour,
        minute=moment.minute,
        days=days,
        changed=now.astimezone(UTC),
    )
    if any((other.due, other.days) == (alarm.due, alarm.days) for other in state.alarms):
        return Outcome(reply("alarm_already", alarm=alarm_text(alarm, now)), state)
    after = state.model_copy(update={"alarms": (*state.alarms, alarm), "serial": state.serial + 1})
    key = "alarm_set_named" if alarm.name else "alarm_set"
    said = reply(key, name=alarm.name, alarm=alarm_text(alarm, now))
    return Outcome(said, after, ("timers_changed",))


def list_alarms(state: CommandState, now: datetime, _slots: _Slots) -> Outcome:
    """Say which alarms are set, the next first."""
    if not state.alarms:
        return Outcome(reply("alarm_none"), state)
    ordered = sorted(state.alarms, key=lambda alarm: alarm.due)
    if len(ordered) == 1:
        return Outcome(reply("alarm_one", alarm=alarm_text(ordered[0], now)), state)
    texts = [alarm_text(alarm, now) for alarm in ordered]
    return Outcome(reply("alarm_list", count=len(texts), alarms=listed(texts)), state)


def cancel_alarm(state: CommandState, now: datetime, slots: _Slots) -> Outcome:
    """Cancel the alarm that is meant, or `all`; what rings is silenced first; of several, ask which."""
    picks = any(slots.get(key) for key in ("when", "days", "name", "all"))
    if state.waking and (not picks or not state.alarms):
        return silence(state)
    found = list(state.alarms) if slots.get("all") else _meant(state.alarms, now, slots)
    if not found:
        return Outcome(reply("alarm_unknown" if state.alarms else "alarm_none"), state)
    if len(found) > 1 and not slots.get("all"):
        asked = Asked(expects="alarm", intent="cancel_alarm", since=now.astimezone(UTC))
        texts = listed([alarm_text(alarm, now) for alarm in found])
        question = reply("alarm_which", count=len(found), alarms=texts)
        return Outcome(question, state.model_copy(update={"asked": asked}), asks=True)
    kept = tuple(alarm for alarm in state.alarms if alarm not in found)
    after = state.model_copy(update={"alarms": kept})
    if len(found) > 1:
        return Outcome(reply("alarms_cancelled", count=len(found)), after, ("timers_changed",))
    said = reply("alarm_cancelled", alarm=alarm_text(found[0], now))
    return Outcome(said, after, ("timers_changed",))


def silence(state: CommandState) -> Outcome:
    """Stop what rings."""
    after = state.model_copy(update={"waking": (), "ringing": ()})
    return Outcome(reply("alarm_silenced"), after, ("silence", "timers_changed"))


def next_occurrence(hour: int, minute: int, days: Sequence[int], after: datetime) -> datetime:
    """The first instant after `after` when the wall clock of its zone shows that time on one of the days.

    Args:
        hour: of the wall clock; a time that the change to summer time skips rings as much later.
        minute: of the hour.
        days: weekdays from Monday 0; none means any.
        after: aware.
    """
    midnight = after.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    for ahead in range(9):
        day = midnight + timedelta(days=ahead)
        candidate = day.replace(hour=hour, minute=minute).astimezone(UTC)
        if candidate > after and (not days or day.weekday() in days):
            return candidate
    raise ValueError("days must be weekdays from 0 to 6")


def due(state: CommandState, now: datetime) -> tuple[CommandState, tuple[AlarmState, ...]]:
    """Let the alarms ring that are due; those that come back are set for their next day."""
    rung = tuple(sorted((a for a in state.alarms if a.due <= now), key=lambda alarm: alarm.due))
    if not rung:
        return state, ()
    kept = []
    for alarm in state.alarms:
        if alarm.due > now:
            kept.append(alarm)
        elif alarm.days:
            later = next_occurrence(alarm.hour, alarm.minute, alarm.days, now)
            kept.append(alarm.model_copy(update={"due": later}))
    changes = {"alarms": tuple(kept), "waking": (*state.waking, *rung), "since": now.astimezone(UTC)}
    return state.model_copy(update=changes), rung


def ring_text(rung: Sequence[AlarmState], now: datetime | None = None) -> str:
    """What is said when alarms ring; late ones say how late they are."""
    return " ".join(_ring_text(alarm, now) for alarm in rung)


def _ring_text(alarm: AlarmState, now: datetime | None) -> str:
    late = 0.0 if now is None else seconds_between(alarm.due, now)
    if late < LATE_S:
        return reply("alarm_ringing", alarm=alarm_name(alarm))
    return reply("alarm_ringing_late", alarm=capital(alarm_name(alarm)), late=about(late))


def _ask(state: CommandState, now: datetime, slots: _Slots) -> Outcome:
    """Ask for the time; a day that was said is kept."""
    kept = {key: slots[key] for key in ("name", "days") if slots.get(key)}
    day = slots.get("day") or slots.get("when")
    if day and read_moment(str(day), now) is not None:
        kept["day"] = day
    asked = Asked.model_validate(
        {"expects": "moment", "intent": "set_alarm", "slots": kept, "since": now.astimezone(UTC)}
    )
    return Outcome(reply("alarm_ask_time"), state.model_copy(update={"asked": asked}), asks=True)


def _time_of(slots: _Slots, now: datetime) -> datetime | None:
    """The clock time in `when`, on the `day` said before if there was one; None when none was said."""
    when, day = slots.get("when"), slots.get("day")
    texts = [f"{day} {when}", f"{day} à {when}"] if when and day else []
    for text in (*texts, str(when)) if when else ():
        moment = read_moment(text, now)
        if moment is not None and _is_clock_time(moment):
            return _on_the_dial(text, moment.start, now)
    return None


def _on_the_dial(text: str, found: datetime, now: datetime) -> datetime:
    """The hour as it was said: whoever says "6 heures" in the afternoon wants to be woken in the morning."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    literal = read_moment(text, midnight)
    if literal is None or literal.start - midnight == found - now:
        return found
    start = literal.start
    if (start.hour + 12) % 24 != found.hour or start.minute != found.minute:
        return found
    if start > now:
        return start
    return next_occurrence(start.hour, start.minute, (), now).astimezone(now.tzinfo)


def _is_clock_time(moment: Moment) -> bool:
    return moment.grain in ("second", "minute", "hour") and moment.end is None


def _days(slots: _Slots) -> tuple[int, ...]:
    days = slots.get("days")
    return tuple(sorted({int(day) for day in days})) if isinstance(days, list | tuple) else ()


def _meant(alarms: Sequence[AlarmState], now: datetime, slots: _Slots) -> list[AlarmState]:
    """The alarms that a time, a day, weekdays or a name pick; all of them when nothing was said."""
    found = list(alarms)
    days, name, when = _days(slots), slots.get("name"), slots.get("when")
    if days:
        found = [alarm for alarm in found if alarm.days == days]
    if name:
        wanted = str(name).casefold()
        found = [alarm for alarm in found if alarm.name and alarm.name.casefold() in (wanted, f"le {wanted}")]
    moment = read_moment(str(when), now) if when else None
    if moment is not None:
        start = moment.start
        if _is_clock_time(moment):
            same = [alarm for alarm in found if alarm.due == start]
            found = same or [a for a in found if (a.hour, a.minute) == (start.hour, start.minute)]
        else:
            end = moment.end or start + timedelta(days=1)
            found = [alarm for alarm in found if start <= alarm.due < end]
    elif when:
        found = []
    return found
