"""How a plugin does: calls, latency, and the quarantine of one that fails again and again. Pure."""

from collections import deque
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

FAILURES = 3
"""In a row, after which it is left alone."""

FIRST_REST_S = 30.0
LONGEST_REST_S = 1800.0

Ending: TypeAlias = Literal["answered", "failed", "timeout"]


@dataclass(frozen=True, slots=True)
class Health:
    """Whether to ask it. Time is in seconds of any monotonic clock.

    Attributes:
        failures: in a row.
        until: when one call may try again; None: it is well.
        rest_s: how long it is left alone this time.
        trying: the rest is over, and one call tries.
    """

    failures: int = 0
    until: float | None = None
    rest_s: float = FIRST_REST_S
    trying: bool = False

    def resting(self, now: float) -> bool:
        """Whether it is left alone."""
        return self.until is not None and now < self.until

    def call(self, now: float) -> "Health | None":
        """How it is while it is asked; None: leave it alone. Whoever tries after a rest tries alone."""
        if self.until is None:
            return self
        return None if now < self.until else replace(self, until=now + self.rest_s, trying=True)

    def after(self, ending: Ending, now: float) -> "Health":
        """How it is after a call: one answer makes it well; a failed try doubles the rest."""
        if ending == "answered":
            return Health()
        failures = self.failures + 1
        if self.trying:
            rest = min(2 * self.rest_s, LONGEST_REST_S)
            return Health(failures, now + rest, rest)
        if self.until is None and failures >= FAILURES:
            return Health(failures, now + self.rest_s, self.rest_s)
        return replace(self, failures=failures)


class Calls:
    """Counts of one plugin since it was first loaded.

    Args:
        window: latest calls that the percentiles look at.
    """

    def __init__(self, window: int = 200) -> None:
        self._counts: dict[Ending, int] = {"answered": 0, "failed": 0, "timeout": 0}
        self._latest: deque[float] = deque(maxlen=window)

    def note(self, ending: Ending, ms: float) -> None:
        """A call has ended."""
        self._counts[ending] += 1
        self._latest.append(ms)

    def describe(self) -> dict[str, Any]:
        """Counts, and the median and 95th percentile of the latest calls in milliseconds."""
        ordered = sorted(self._latest)
        told: dict[str, Any] = {"calls": sum(self._counts.values())}
        told.update({str(ending): count for ending, count in self._counts.items()})
        if ordered:
            told["p50_ms"] = round(ordered[len(ordered) // 2], 1)
            told["p95_ms"] = round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1)
        return told
