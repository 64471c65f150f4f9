"""How far a training is: what it does, how much is done, how long the rest will take."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Progress:
    """One report.

    Attributes:
        stage: what is being done ("voices", "rooms", "fit", "thresholds", "test").
        done: part of all the work, in [0, 1].
    """

    stage: str
    done: float


Tell = Callable[[Progress], None]


class Meter:
    """Adds up work in seconds of one core, as estimated, and tells how much of it is done. Thread-safe.

    Args:
        total: all of it.
        tell: told after each piece.
    """

    def __init__(self, total: float, tell: Tell) -> None:
        self._total = max(total, 1e-9)
        self._done = 0.0
        self._tell = tell
        self._one = Lock()

    def add(self, stage: str, work: float) -> None:
        """So much more is done."""
        with self._one:
            self._done = min(self._total, self._done + work)
            self._tell(Progress(stage, self._done / self._total))
