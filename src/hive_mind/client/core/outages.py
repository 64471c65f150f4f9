"""What is said of a server that goes and comes back: enough, and never a flood. Pure; time is an argument.

A server that comes and goes every few seconds is away, as far as anybody in the room cares.
"""

from dataclasses import dataclass, replace

STEADY_S = 10.0
"""A link counts as back when it has stood for so long."""

QUIET_S = 600.0
"""Least time between two times that a loss is told of; the same for a return."""


@dataclass(frozen=True, slots=True)
class Outages:
    """What happened and what was said, in seconds of a monotonic clock.

    Attributes:
        up_since: when the present link came up; None while there is none.
        loss_told_at: when it was last said that the server is away.
        told: it was, and nothing was said since of its return.
        return_told_at: when a return was last told of.
    """

    up_since: float | None = None
    loss_told_at: float | None = None
    told: bool = False
    return_told_at: float | None = None

    def up(self, now: float) -> "Outages":
        """The link came up."""
        return replace(self, up_since=now)

    def down(self) -> "Outages":
        """The link is gone."""
        return replace(self, up_since=None)

    def is_back(self, now: float) -> bool:
        """Whether the server is there to stay, as far as one can tell."""
        return self.up_since is not None and now - self.up_since >= STEADY_S

    def tell_loss(self, now: float) -> tuple["Outages", bool]:
        """Somebody needs the server, which is away: whether to say at length that it is."""
        if _is_recent(self.loss_told_at, now):
            return self, False
        return replace(self, loss_told_at=now, told=True), True

    def tell_return(self, now: float) -> tuple["Outages", bool]:
        """Whether to say that it is back: only to who was told that it was away."""
        if not self.told or not self.is_back(now):
            return self, False
        if _is_recent(self.return_told_at, now):
            return replace(self, told=False), False
        return replace(self, told=False, return_told_at=now), True


def _is_recent(at: float | None, now: float) -> bool:
    return at is not None and now - at < QUIET_S
