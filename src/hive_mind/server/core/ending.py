"""Tasks that nobody waits for, and that are to end."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from hive_mind.errors import ContextError
from hive_mind.server.logs import get_logger

_AGAIN_S = 1.0


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait for them; one that missed its cancellation, racing a timeout, is told again."""
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_AGAIN_S)


class Tasks:
    """Work that nobody waits for; a fault in it is logged.

    Args:
        part: that the log names.
    """

    def __init__(self, part: str) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._log = get_logger(part)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin it."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._reap)
        return task

    async def end(self) -> None:
        """Cancel what still runs."""
        await end(self._running)

    def _reap(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, ContextError):
            self._log.warning("not done", code=error.code, reason=error.message)
        else:
            self._log.error("task failed", exc_info=error)
