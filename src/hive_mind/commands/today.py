"""What the clock and the calendar say: here, elsewhere, today and on other days."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hive_mind.commands.outcome import Outcome
from hive_mind.commands.replies import capital, reply
from hive_mind.commands.state import CommandState, seconds_between
from hive_mind.commands.zones import find_place
from hive_mind.language.durations import duration_text
from hive_mind.language.moments import read_moment
from hive_mind.language.spoken import MONTHS, date_text, time_text
from hive_mind.understanding.units import unit

_Slots = Mapping[str, object]
_LONGEST_S = 366 * 86400
_DAY_S = 86400
_EXACT_BELOW_S = 2 * _DAY_S


def now_text(now: datetime) -> str:
    """The answer to "quelle heure est-il ?"."""
    return reply("time", time=time_text(now.hour, now.minute))


def today_text(now: datetime) -> str:
    """The answer to "on est quel jour ?"."""
    return reply("date", date=date_text(now.date()))


def get_time(state: CommandState, now: datetime, slots: _Slots) -> Outcome:
    """The time here, in a `place`, or in `duration_s` seconds."""
    name, ahead = slots.get("place"), slots.get("duration_s")
    if isinstance(ahead, int | float) and 0 <= ahead <= _LONGEST_S:
        then = (now + timedelta(seconds=float(ahead))).astimezone(now.tzinfo)
        said = reply("time_then", time=time_text(then.hour, then.minute), ahead=duration_text(float(ahead)))
        return Outcome(said, state)
    if not name:
        return Outcome(now_text(now), state)
    place = find_place(str(name))
    if place is None:
        return Outcome(reply("time_unknown_place", place=name), state)
    there = now.astimezone(place.zone)
    days = (there.date() - now.date()).days
    key = {-1: "time_there_yesterday", 0: "time_there", 1: "time_there_tomorrow"}[days]
    said = reply(key, place=capital(place.said), time=time_text(there.hour, there.minute))
    return Outcome(said, state)


def get_date(state: CommandState, now: datetime, slots: _Slots) -> Outcome:
    """Today's date, or that of the day in `when`, or the year, month or week (`part`)."""
    part = slots.get("part")
    if part is not None:
        week, month = now.isocalendar().week, MONTHS[now.month - 1]
        of_month = reply("of_vowel" if month[0] in "ao" else "of", what=month)
        said = reply(f"date_{part}", year=now.year, month=of_month, week=week)
        return Outcome(said, state)
    when = slots.get("when")
    if not when:
        return Outcome(today_text(now), state)
    moment = read_moment(str(when), now)
    if moment is None:
        return Outcome(reply("date_unknown", when=when), state)
    day = moment.start.date()
    if day == now.date():
        return Outcome(today_text(now), state)
    key = "date_then" if day > now.date() else "date_past"
    return Outcome(reply(key, when=capital(str(when)), date=date_text(day)), state)


def countdown(state: CommandState, now: datetime, slots: _Slots) -> Outcome:
    """How long until `when`, in days, or in the unit `in`; hours and minutes when it is near."""
    when = str(slots.get("when") or "")
    moment = read_moment(when, now) if when else None
    when = when.removeprefix("à ")
    if moment is None:
        return Outcome(reply("countdown_unknown", when=when), state)
    fine = moment.grain in ("second", "minute", "hour")
    days = (moment.start.date() - now.date()).days
    seconds = seconds_between(now, moment.start)
    if days < 0 or (fine and seconds < 0):
        return Outcome(reply("countdown_past", when=capital(when)), state)
    asked = slots.get("in")
    if asked not in (None, "day") and unit(str(asked)).dimension == "time":
        left = _in_unit(str(asked), seconds)
    elif fine and seconds < _EXACT_BELOW_S and asked is None:
        left = duration_text(round(seconds / 60) * 60) if seconds >= 60 else duration_text(seconds)
    elif days == 0:
        return Outcome(reply("countdown_today", when=capital(when)), state)
    else:
        left = duration_text(days * _DAY_S)
    return Outcome(reply("countdown", left=left, when=capital(when)), state)


def _in_unit(key: str, seconds: float) -> str:
    """Whole units, and the days that are left over beside weeks and months."""
    measured = unit(key)
    count, rest = divmod(max(0.0, seconds), measured.factor)
    whole = f"{int(count)} {measured.many if count >= 2 else measured.one}"
    days = round(rest / _DAY_S)
    if measured.factor <= _DAY_S or not days:
        return whole
    over = duration_text(days * _DAY_S)
    return reply("list", first=whole, last=over) if count else over
