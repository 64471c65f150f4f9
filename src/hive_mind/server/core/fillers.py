"""What is said while a plugin or a tool call takes long: "Je regarde." first, then that it takes longer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from hive_mind.language.messages import message

FIRST_S = 1.2
"""Silence after the question before "Je regarde."."""

SECOND_S = 3.0
"""Silence after the question before the honest sentence."""


@asynccontextmanager
async def filling_silence(
    question: asyncio.Event, quiet: Callable[[], bool], say: Callable[[str], None]
) -> AsyncIterator[None]:
    """Break the silence of the work inside.

    Args:
        question: set when the question is complete; the silence counts from then, or from now.
        quiet: whether nothing of the answer was said yet.
        say: takes a sentence.
    """

    async def fill() -> None:
        await question.wait()
        begun = asyncio.get_running_loop().time()
        for key, after in (("thinking", FIRST_S), ("slow", SECOND_S)):
            await asyncio.sleep(begun + after - asyncio.get_running_loop().time())
            if not quiet():
                return
            say(message(key))

    task = asyncio.create_task(fill())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
