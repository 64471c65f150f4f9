"""From a moment that was asked for to the stretch of time that the answer is about. Pure."""

from datetime import datetime, timedelta

from hive_mind.language.moments import Moment, stretch

_FINE = ("second", "minute", "hour")


def span_of(moment: Moment, now: datetime) -> tuple[datetime, datetime] | None:
    """The stretch `[start, end)` of a moment, without what is past of it.

    Args:
        moment: as read.
        now: aware.

    Returns:
        None when all of it is past.
    """
    begin, end = stretch(moment)
    if moment.end is None and moment.grain in _FINE:
        begin, end = moment.start, moment.start + timedelta(hours=1)
    start = max(begin, now)
    return (start, end) if end > start else None


def rest_of_day(now: datetime) -> tuple[datetime, datetime]:
    """From now to midnight, or through the night when it is late: what "do I need an umbrella" is about."""
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return now, max(midnight, now + timedelta(hours=6))
