"""Waits for what other tasks or processes will bring about."""

import asyncio
from collections.abc import Callable


async def eventually(check: Callable[[], bool], within: float = 30.0) -> None:
    """Return as soon as it is so; `TimeoutError` when it does not become so."""
    async with asyncio.timeout(within):
        while not check():  # noqa: ASYNC110 - what is watched may be another process
            await asyncio.sleep(0.01)
