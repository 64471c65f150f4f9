"""Nobody waits in silence: what is said while the server has not begun to answer."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from hive_mind.client.core.clock import Clock
from hive_mind.language.messages import message
from hive_mind.speech.waiting import wait_until

FILLERS = (("pondering", 2.3), ("slow", 8.0))
"""Keys of sentences, each with the seconds after the end of the question. A server that is there says them
earlier by itself: these are for one that hangs, or a network that does."""

_LOOK_S = 0.2
"""A second clause that is here already gets so long to come: it is asked for when the first is rendered."""


async def breaking_silence(clauses: AsyncGenerator[str], asked: float, clock: Clock) -> AsyncGenerator[str]:
    """The clauses, and fillers before the first and the second of them if that takes long.

    The first may be no more than how the answer opens.

    Args:
        clauses: the answer.
        asked: when the question ended, on the clock.
        clock: tells how long that was ago.
    """
    async with aclosing(clauses):
        for fillers, look_s in ((FILLERS, 0.0), (FILLERS[1:], _LOOK_S)):
            following = asyncio.ensure_future(anext(clauses, None))
            try:
                for key, after in fillers:
                    if await wait_until(max(asked + after, clock.now() + look_s), clock, following):
                        break
                    yield message(key)
                clause = await following
            finally:
                if not following.done():
                    following.cancel()
                    await asyncio.wait({following})
            if clause is None:
                return
            yield clause
        async for clause in clauses:
            yield clause
