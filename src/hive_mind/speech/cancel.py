"""A flag that stops work in another thread."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hive_mind.errors import Cancelled


class CancelToken:
    """Asked often by an engine at work; set once by whoever no longer wants the result.

    Thread-safe. Engines look at least every 50 ms, or return early to a caller that has stopped waiting.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._stops: list[Callable[[], None]] = []

    def cancel(self) -> None:
        """Ask the work to stop. Idempotent."""
        with self._lock:
            self._event.set()
            for stop in self._stops:
                stop()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` when `cancel` was called."""
        if self._event.is_set():
            raise Cancelled("The work was cancelled.")

    @contextmanager
    def calling(self, stop: Callable[[], None]) -> Iterator[None]:
        """While in this context, have `cancel` call `stop` (at once when it already was called).

        For libraries that are stopped by a call rather than by looking at a flag. `stop` runs in the thread
        that cancels: it must be short and must not raise.
        """
        with self._lock:
            self._stops.append(stop)
            if self._event.is_set():
                stop()
        try:
            yield
        finally:
            with self._lock:
                self._stops.remove(stop)
