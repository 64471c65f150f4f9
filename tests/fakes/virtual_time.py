"""An event loop whose time jumps to the next timer as soon as nothing else can happen.

Real sockets and real threads work in it: time stands still while a thread of an executor is busy or a socket
has something to read. So an hour of timeouts passes in milliseconds, and always in the same order.
"""

import asyncio
import selectors
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if self.loop.busy or timeout is None:
            return super().select(0.05)
        ready = super().select(0.0002)
        if not ready and timeout > 0:
            self.loop.jump(timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop; see the module."""

    def __init__(self) -> None:
        self._at = 0.0
        self._working = 0
        self._asleep = 0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    @property
    def busy(self) -> bool:
        return self._working > self._asleep

    def time(self) -> float:
        return self._at

    def jump(self, seconds: float) -> None:
        self._at += seconds + 1e-9

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        self._working += 1
        future = super().run_in_executor(executor, func, *args)

        def _done(_: asyncio.Future[T]) -> None:
            self._working -= 1

        future.add_done_callback(_done)
        return future

    def sleep_in_thread(self, seconds: float, stop: threading.Event) -> None:
        """For an executor's thread: wait in this loop's time, or until `stop` is set."""

        def _begin() -> None:
            self._asleep += 1
            self.call_later(seconds, stop.set)

        self.call_soon_threadsafe(_begin)
        stop.wait()
        self._asleep -= 1


class VirtualClock:
    """The time of the running `VirtualLoop`.

    Args:
        start: time of day when the loop began.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start or datetime(2026, 11, 22, 14, 30, tzinfo=UTC)

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def today(self) -> datetime:
        return self._start + timedelta(seconds=self.now())

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


def run(scene: Coroutine[Any, Any, T]) -> T:
    """Run a scene in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(scene)
