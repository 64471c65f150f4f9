"""Is the server still there? And when to knock again. Time is an argument, in seconds of a monotonic clock.

A ping goes out every `HEARTBEAT_S`. One that nothing answers within `PONG_TIMEOUT_S` is missed; the second
missed one in a row makes the link degraded, so at most 2 x 30 + 5 = 65 s after the last sign of life.
Whatever the server sends is a sign of life, not only a pong.
"""

from dataclasses import dataclass
from typing import TypeAlias

HEARTBEAT_S = 30.0
"""Seconds between two pings."""

PONG_TIMEOUT_S = 5.0
"""Seconds after which an unanswered ping is missed."""

MISSED_TO_DEGRADED = 2
"""Missed pings in a row that make the link degraded."""

LONGEST_SILENCE_S = MISSED_TO_DEGRADED * HEARTBEAT_S + PONG_TIMEOUT_S
"""Seconds after the last sign of life at which the link is degraded at the latest."""

BACKOFF_FIRST_S = 0.5
"""Longest wait before the second attempt to connect."""

BACKOFF_MAX_S = 30.0
"""Longest wait before any attempt."""


@dataclass(frozen=True, slots=True)
class SendPing:
    """Send `ClientSession.ping(timestamp)` now."""


@dataclass(frozen=True, slots=True)
class Degraded:
    """Nothing was heard from the server for too long: answer alone, close the socket, reconnect."""


Effect: TypeAlias = SendPing | Degraded
"""What a tick asks its caller to do."""


def backoff(attempt: int, jitter: float) -> float:
    """Seconds to wait before a connection attempt: at once, then exponential with jitter up to 30 s.

    Args:
        attempt: 0 for the first try after the link was lost, and so on.
        jitter: a fresh random number in [0, 1]; spreads the wait over the upper half of its step, so that a
            house full of clients does not knock at the same moment.
    """
    if attempt <= 0:
        return 0.0
    step = min(BACKOFF_MAX_S, BACKOFF_FIRST_S * 2.0 ** min(attempt - 1, 16))
    return step * (0.5 + 0.5 * min(1.0, max(0.0, jitter)))


class Heartbeat:
    """Counts pings and what came back. Starts with its first tick."""

    def __init__(self) -> None:
        self.degraded = False
        self._missed = 0
        self._next_ping: float | None = None
        self._deadline: float | None = None

    def restart(self) -> None:
        """A new connection: count from the next tick on; degraded until the server speaks."""
        self._missed = 0
        self._next_ping = None
        self._deadline = None

    def alive(self) -> None:
        """Something came from the server."""
        self.degraded = False
        self._missed = 0
        self._deadline = None

    def tick(self, now: float) -> list[Effect]:
        """What is due at `now`."""
        effects: list[Effect] = []
        if self._next_ping is None:
            self._next_ping = now + HEARTBEAT_S
        if self._deadline is not None and now >= self._deadline:
            self._deadline = None
            self._missed += 1
            if self._missed >= MISSED_TO_DEGRADED and not self.degraded:
                self.degraded = True
                effects.append(Degraded())
        if now >= self._next_ping:
            effects.append(SendPing())
            on_time = self._next_ping + HEARTBEAT_S
            self._next_ping = on_time if on_time > now else now + HEARTBEAT_S
            self._deadline = now + PONG_TIMEOUT_S
        return effects

    def next_tick(self) -> float | None:
        """When `tick` has something to do; None before the first one."""
        due = [at for at in (self._next_ping, self._deadline) if at is not None]
        return min(due) if due else None
