"""Notices what takes too long, again and again, without a timer for each time."""

import asyncio
from collections.abc import Callable


class Patience:
    """See above. There is one timer at most, and none while nothing was begun for a while.

    Args:
        seconds: that each thing may take.
        give_up: called when one took longer; late by nothing, early never.
    """

    def __init__(self, seconds: float, give_up: Callable[[], None]) -> None:
        self._seconds = seconds
        self._give_up = give_up
        self._since: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """A thing begins."""
        loop = asyncio.get_running_loop()
        self._since = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._look)

    def end(self) -> None:
        """It was done."""
        self._since = None

    def close(self) -> None:
        """Nothing more will begin."""
        self._since = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self._since is None:
            return
        loop = asyncio.get_running_loop()
        left = self._since + self._seconds - loop.time()
        if left > 0:
            self._timer = loop.call_later(left, self._look)
        else:
            self._give_up()
