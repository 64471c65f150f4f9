"""Tasks end, also those that miss their cancellation once."""

import asyncio

import pytest

from hive_mind.server.core.ending import end

pytestmark = pytest.mark.anyio


async def test_a_task_that_misses_its_cancellation_is_told_again() -> None:
    missed: list[str] = []

    async def deaf_once() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if missed:
                    raise
                missed.append("once")

    task = asyncio.create_task(deaf_once())
    await asyncio.sleep(0)
    await end({task})
    assert task.cancelled() and missed == ["once"]
