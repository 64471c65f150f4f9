"""From a moment that was asked for to the stretch of time that the answer is about. Pure."""

from datetime import datetime, timedelta

from hive_mind.language.moments import Moment

_HOURS = {"second": 1, "minute": 1, "hour": 1}


def span_of(moment: Moment, now: datetime) -> tuple[datetime, datetime] | None:
    """The stretch `[start, end)` of a moment, without what is past of it.

    Args:
        moment: as read.
        now: aware.

    Returns:
        None when all of it is past.
    """
    end = moment.end
    if end is None:
        end = _end_of(moment)
    start = max(moment.start, now)
    return (start, end) if end > start else None


def rest_of_day(now: datetime) -> tuple[datetime, datetime]:
    """From now to midnight, or through the night when it is late: what "do I need an umbrella" is about."""
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return now, max(midnight, now + timedelta(hours=6))


def _end_of(moment: Moment) -> datetime:
    start = moment.start
    if moment.grain in _HOURS:
        return start + timedelta(hours=_HOURS[moment.grain])
    if moment.grain == "day":
        return start + timedelta(days=1)
    if moment.grain == "week":
        return start + timedelta(days=7)
    months = {"month": 1, "quarter": 3}.get(moment.grain, 12)
    month = start.month - 1 + months
    return start.replace(year=start.year + month // 12, month=month % 12 + 1, day=1)
