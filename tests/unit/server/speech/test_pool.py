"""Threads that clients share fairly."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from hive_mind.errors import SpeechError
from hive_mind.server.core.speech.pool import MOST_WAITING, Pool
from hive_mind.speech.cancel import CancelToken

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    made = Pool("test")
    yield made
    made.close()


class Blocked:
    """Work that holds the thread until it is told to go on."""

    def __init__(self, pool: Pool) -> None:
        self.go = threading.Event()
        self.token = CancelToken()
        self.task = asyncio.ensure_future(pool.run("blocker", self._work, self.token))

    def _work(self, _: CancelToken) -> None:
        assert self.go.wait(10)


async def test_clients_take_turns(pool: Pool) -> None:
    done: list[str] = []

    async def work(client_id: str) -> None:
        await pool.run(client_id, lambda _: done.append(client_id))

    blocked = Blocked(pool)
    await asyncio.sleep(0)
    waiting = [asyncio.ensure_future(work(name)) for name in ("greedy",) * 4 + ("b", "c")]
    await asyncio.sleep(0)
    assert pool.waiting == 6
    blocked.go.set()
    await asyncio.gather(blocked.task, *waiting)
    assert done == ["greedy", "b", "c", "greedy", "greedy", "greedy"]


async def test_too_much_of_one_client_is_refused_and_others_are_served(pool: Pool) -> None:
    blocked = Blocked(pool)
    await asyncio.sleep(0)
    waiting = [asyncio.ensure_future(pool.run("greedy", lambda _: 1)) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(SpeechError) as refused:
        await pool.run("greedy", lambda _: 1)
    assert (refused.value.code, refused.value.retryable) == ("SPEECH_BUSY", True)
    other = asyncio.ensure_future(pool.run("other", lambda _: 2))
    blocked.go.set()
    assert await other == 2
    assert await asyncio.gather(*waiting) == [1] * MOST_WAITING


async def test_work_that_nobody_wants_any_more_is_not_begun(pool: Pool) -> None:
    done: list[int] = []
    blocked = Blocked(pool)
    await asyncio.sleep(0)
    dropped = asyncio.ensure_future(pool.run("a", lambda _: done.append(1)))
    kept = asyncio.ensure_future(pool.run("a", lambda _: done.append(2)))
    await asyncio.sleep(0)
    dropped.cancel()
    blocked.go.set()
    await kept
    assert done == [2]
    assert pool.waiting == 0


async def test_work_under_way_is_told_and_its_thread_is_free_only_when_it_ends(pool: Pool) -> None:
    blocked = Blocked(pool)
    await asyncio.sleep(0)
    next_one = asyncio.ensure_future(pool.run("a", lambda _: 3))
    await asyncio.sleep(0)
    blocked.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await blocked.task
    assert blocked.token.cancelled
    assert not next_one.done()
    blocked.go.set()
    assert await next_one == 3


async def test_pieces_come_in_order_and_a_fault_comes_after_them(pool: Pool) -> None:
    def pieces(_: CancelToken) -> Iterator[int]:
        yield 1
        yield 2
        raise SpeechError("broken")

    stream = pool.seat("a").iterate(pieces)
    assert [await anext(stream), await anext(stream)] == [1, 2]
    with pytest.raises(SpeechError):
        await anext(stream)
