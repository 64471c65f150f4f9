"""What is said while an answer takes long: "Je regarde." or "Je réfléchis.", then that it takes longer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from hive_mind.language.messages import message

Fillers: TypeAlias = tuple[tuple[str, float], ...]
"""Keys of sentences, each with the seconds of silence after the question before it."""

WORK: Fillers = (("thinking", 1.2), ("slow", 3.0))
"""While a plugin works or a tool is chosen: a sentence, then the honest one."""

TALK: Fillers = (("pondering", 1.9), ("slow", 6.0))
"""While the language model has not begun to answer: somebody else may have its ear."""


@asynccontextmanager
async def filling_silence(
    question: asyncio.Event, quiet: Callable[[], bool], say: Callable[[str], None], fillers: Fillers = WORK
) -> AsyncIterator[None]:
    """Break the silence of the work inside.

    Args:
        question: set when the question is complete; the silence counts from then, or from now.
        quiet: whether nothing of the answer was said yet.
        say: takes a sentence.
        fillers: what to say.
    """

    async def fill() -> None:
        await question.wait()
        begun = asyncio.get_running_loop().time()
        for key, after in fillers:
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
