"""Threads that all clients share, one client after the other.

Order: the clients that wait take turns, one piece of work each; a client's own pieces stay in order. So a
client that asks for much waits for itself alone.

Overflow rule: at most `MOST_WAITING` pieces of one client wait; a further one is refused (SPEECH_BUSY), and
nothing that waits is dropped. `MAX_CLIENTS` of the house bounds the whole.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from time import monotonic
from typing import TypeVar

from hive_mind.errors import SpeechError
from hive_mind.speech.cancel import CancelToken

T = TypeVar("T")

MOST_WAITING = 8


class Pool:
    """See above.

    Args:
        name: of the threads, for debuggers.
        threads: pieces of work at once.
        told: takes the pool's name and how many seconds each piece took.
        around: entered while a piece waits or runs.
    """

    def __init__(
        self,
        name: str,
        threads: int = 1,
        told: Callable[[str, float], None] = lambda *_: None,
        around: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._name = name
        self._told = told
        self._around = around
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._free = threads
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """Pieces of work that wait for a thread."""
        return sum(len(turns) for turns in self._waiting.values())

    def seat(self, client_id: str) -> "Seat":
        """The pool as one client sees it."""
        return Seat(self, client_id)

    async def run(
        self, client_id: str, work: Callable[[CancelToken], T], cancel: CancelToken | None = None
    ) -> T:
        """Run `work` in a thread when this client's turn comes, and wait for it.

        When the caller is cancelled, work that waits is dropped, and work under way is told by its token.

        Raises:
            Cancelled: `cancel` was set while it ran.
            SpeechError: SPEECH_BUSY, see above.
        """
        with self._around():
            return await self._run(client_id, work, cancel or CancelToken())

    async def _run(self, client_id: str, work: Callable[[CancelToken], T], token: CancelToken) -> T:
        await self._turn(client_id)
        loop = asyncio.get_running_loop()

        begun = monotonic()

        def _ended(_: Future[T]) -> None:
            took = monotonic() - begun
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(self._over, took)

        job = self._executor.submit(work, token)
        job.add_done_callback(_ended)
        try:
            return await asyncio.wrap_future(job)
        except asyncio.CancelledError:
            token.cancel()
            raise

    def close(self) -> None:
        """Let the threads end after their present work."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _turn(self, client_id: str) -> None:
        turns = self._waiting.setdefault(client_id, deque())
        if len(turns) >= MOST_WAITING:
            raise SpeechError(
                "Too much of one client waits for recognition or voice.", code="SPEECH_BUSY", retryable=True
            )
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        turns.append(turn)
        self._give()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release()
            else:
                self._forget(client_id, turn)
            raise

    def _give(self) -> None:
        """Hand free threads to whoever is next."""
        while self._free and self._waiting:
            client_id, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            if turns:
                self._waiting[client_id] = turns
            if not turn.done():
                self._free -= 1
                turn.set_result(None)

    def _over(self, took_s: float) -> None:
        self._told(self._name, took_s)
        self._release()

    def _release(self) -> None:
        self._free += 1
        self._give()

    def _forget(self, client_id: str, turn: asyncio.Future[None]) -> None:
        turns = self._waiting.get(client_id)
        if turns is not None and turn in turns:
            turns.remove(turn)
            if not turns:
                del self._waiting[client_id]


class Seat:
    """A pool for the work of one client.

    Args:
        pool: shared.
        client_id: whose work it is.
    """

    def __init__(self, pool: Pool, client_id: str) -> None:
        self._pool = pool
        self._client_id = client_id

    async def run(self, work: Callable[[CancelToken], T], cancel: CancelToken | None = None) -> T:
        """Run `work`; see `Pool.run`."""
        return await self._pool.run(self._client_id, work, cancel)

    async def iterate(self, work: Callable[[CancelToken], Iterator[T]]) -> AsyncGenerator[T]:
        """Run a whole generator as one piece of work and give its items as they come.

        Items that nobody has taken yet are kept: of a clause these are a few seconds of sound. The thread is
        not kept waiting for whoever takes them.
        """
        loop = asyncio.get_running_loop()
        items: asyncio.Queue[T | None] = asyncio.Queue()
        token = CancelToken()

        def _all(token: CancelToken) -> None:
            for item in work(token):
                loop.call_soon_threadsafe(items.put_nowait, item)

        async def _to_the_end() -> None:
            try:
                await self._pool.run(self._client_id, _all, token)
            finally:
                items.put_nowait(None)

        running = asyncio.ensure_future(_to_the_end())
        try:
            while (item := await items.get()) is not None:
                yield item
            await running
        finally:
            token.cancel()
            running.cancel()
            await asyncio.wait({running})
