"""Nobody waits in silence: what is said while the server has not begun to answer."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from hive_mind.client.core.clock import Clock
from hive_mind.language.messages import message

FILLERS = (("pondering", 2.3), ("slow", 8.0))
"""Keys of sentences, each with the seconds after the end of the question. A server that is there says them
earlier by itself: these are for one that hangs, or a network that does."""


async def breaking_silence(clauses: AsyncGenerator[str], asked: float, clock: Clock) -> AsyncGenerator[str]:
    """The clauses, and fillers before the first of them if that takes long.

    Args:
        clauses: the answer.
        asked: when the question ended, on the clock.
        clock: tells how long that was ago.
    """
    async with aclosing(clauses):
        first = asyncio.ensure_future(anext(clauses, None))
        try:
            for key, after in FILLERS:
                late = asyncio.ensure_future(clock.sleep(max(0.0, asked + after - clock.now())))
                try:
                    await asyncio.wait({first, late}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    late.cancel()
                if first.done():
                    break
                yield message(key)
            clause = await first
        finally:
            if not first.done():
                first.cancel()
                await asyncio.wait({first})
        if clause is not None:
            yield clause
        async for clause in clauses:
            yield clause
