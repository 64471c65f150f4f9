"""Time by which what is too old is erased: no jump of the clock moves it forward at once. Pure."""

from datetime import datetime, timedelta

LEEWAY = timedelta(hours=1)
"""By so much a clock is simply set right."""

BELIEVED_S = 24 * 3600.0
"""After which a clock that jumped ahead is taken to be right, as after a long sleep."""


class SteadyTime:
    """See above.

    Args:
        now: aware time.
        monotonic: seconds of a clock that nobody sets.
    """

    def __init__(self, now: datetime, monotonic: float) -> None:
        self._anchor = now, monotonic
        self._ahead_since: float | None = None

    def of(self, now: datetime, monotonic: float) -> datetime:
        """What is the time at most, though the clock says `now`."""
        began, at = self._anchor
        most = began + timedelta(seconds=monotonic - at) + LEEWAY
        if now <= most:
            self._ahead_since = None
            return now
        if self._ahead_since is None:
            self._ahead_since = monotonic
        if monotonic - self._ahead_since >= BELIEVED_S:
            self._anchor, self._ahead_since = (now, monotonic), None
            return now
        return most
