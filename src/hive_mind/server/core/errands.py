"""Work that no connection owns."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from hive_mind.errors import ContextError
from hive_mind.server.core.ending import end
from hive_mind.server.logs import get_logger


class Errands:
    """Tasks of the house; a fault in one of them is logged and harms nothing else."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._log = get_logger("house")

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._reap)
        return task

    async def end(self) -> None:
        """Cancel what still runs."""
        await end(self._tasks)

    def _reap(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, ContextError):
            self._log.warning("not done", code=error.code, reason=error.message)
        else:
            self._log.error("task failed", exc_info=error)
