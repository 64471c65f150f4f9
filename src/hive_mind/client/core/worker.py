"""One thread for one engine: its calls never overlap and never block the event loop."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from hive_mind.speech.cancel import CancelToken

T = TypeVar("T")


class Worker:
    """Runs an engine's blocking calls one after the other in a thread of its own.

    Args:
        name: of the thread, for debuggers.
    """

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, work: Callable[[CancelToken], T], cancel: CancelToken | None = None) -> T:
        """Run `work` and wait for it.

        When the caller is cancelled, `work` is told through its token and the caller does not wait for it.

        Raises:
            Cancelled: `cancel` was set while it ran.
        """
        token = cancel or CancelToken()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work, token)
        except asyncio.CancelledError:
            token.cancel()
            raise

    async def iterate(
        self, work: Callable[[CancelToken], Iterator[T]], cancel: CancelToken | None = None
    ) -> AsyncGenerator[T]:
        """Run a generator in the thread, item by item."""
        token = cancel or CancelToken()
        items = await self.run(work, token)
        end = object()
        try:
            while (item := await self.run(lambda _: next(items, end), token)) is not end:
                yield item  # type: ignore[misc]  # `end` never leaves
        finally:
            token.cancel()

    def close(self) -> None:
        """Let the thread end after its present work; queued work is dropped."""
        self._executor.shutdown(wait=False, cancel_futures=True)
