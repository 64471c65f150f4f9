"""A reminder, and when it is due. Pure: time is an argument."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict

from hive_mind.language.moments import Moment
from hive_mind.language.words import fold, keys_of
from hive_mind.server.plugins.recurrence import Repeat, falls_on

_MORNING = time(9)
_EARLIEST = time(8)
_DAY = timedelta(days=1)


class Reminder(BaseModel):
    """Something to say later.

    Attributes:
        id: unique among those of the house.
        task: what to remember, as it was said ("sortir le four").
        due: when.
        client_id: where it was asked for.
        repeat: how it comes back; None: once.
        missed: it was due, and nobody was there to hear it.
        held: the client keeps it too, and says it by itself when we are away.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    task: str
    due: AwareDatetime
    client_id: str
    repeat: Repeat | None = None
    missed: bool = False
    held: bool = False

    @property
    def occasion(self) -> str:
        """Names this one time that it is said."""
        return f"{self.id}-{self.due.astimezone(UTC):%Y%m%dT%H%M%S}"


def due_at(moment: Moment, now: datetime) -> datetime | None:
    """When to say it, for what was asked: a day is its morning, a part of the day its beginning.

    Returns:
        None when that is past.
    """
    at = moment.start
    whole_days = moment.grain not in ("second", "minute", "hour")
    if whole_days:
        at = datetime.combine(at.date(), _MORNING, at.tzinfo)
    elif moment.end is not None and moment.end - moment.start >= timedelta(hours=2):
        at = datetime.combine(at.date(), max(at.timetz().replace(tzinfo=None), _EARLIEST), at.tzinfo)
    if at <= now and (whole_days or moment.end is not None):
        end = moment.end or moment.start + _DAY
        at = (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        return at if at < end else None
    return at if at > now else None


def following(reminder: Reminder, now: datetime) -> Reminder | None:
    """The same reminder for the next time after `now`, at the same time of day; None when it was for once."""
    if reminder.repeat is None:
        return None
    due = reminder.due.astimezone(now.tzinfo)
    step = timedelta(days=7) if reminder.repeat == "weekly" else _DAY
    while due <= now or not falls_on(due, reminder.repeat):
        due = datetime.combine(due.date() + step, due.time(), due.tzinfo)
    return reminder.model_copy(update={"due": due, "missed": False})


def occasions(reminder: Reminder, most: int) -> list[Reminder]:
    """The next times that it is said, the nearest first."""
    found = [reminder]
    while len(found) < most and (later := following(found[-1], found[-1].due)) is not None:
        found.append(later)
    return found


def meant(wanted: str, reminders: Sequence[Reminder]) -> list[Reminder]:
    """Those whose task has all the words that matter of `wanted`."""
    words = _matter(wanted)
    return [r for r in reminders if words and words <= _matter(r.task)]


def _matter(text: str) -> frozenset[str]:
    return frozenset(key for key in keys_of(fold(text)) if len(key) > 2 or key.isdigit())
