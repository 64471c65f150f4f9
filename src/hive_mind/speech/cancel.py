"""A flag that stops work in another thread."""

import threading

from hive_mind.errors import Cancelled


class CancelToken:
    """Asked often by an engine at work; set once by whoever no longer wants the result.

    Thread-safe. Engines look at least every 50 ms, or return early to a caller that has stopped waiting.
    """

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop. Idempotent."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` when `cancel` was called."""
        if self._event.is_set():
            raise Cancelled("The work was cancelled.")
