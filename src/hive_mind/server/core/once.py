"""What is done once, though it may be asked for again: a client whose server died asks the next one.

Before something is done, Redis holds a mark; after it, what came of it. Who finds the result says it again;
who finds the mark alone cannot know whether it was done, and says so rather than do it twice.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from hive_mind.errors import ContextError

KEPT_S = 180.0
"""Longer than a client goes on asking."""

T = TypeVar("T")


class Marks(Protocol):
    """Where marks and results are kept, sealed, for a while."""

    async def begin(self, name: str, seconds: float) -> bytes | None:
        """Make a mark; None when there was none, else the result, empty while there is none."""
        ...

    async def finish(self, name: str, seconds: float, result: bytes) -> None:
        """Keep the result."""
        ...


async def once(
    marks: Marks,
    name: str,
    kind: TypeAdapter[T],
    work: Callable[[], Awaitable[T]],
    unsure: Callable[[], T],
) -> T:
    """Do something, unless it was done or begun before. While Redis is away, it is simply done.

    Args:
        marks: see there.
        name: of what is done.
        kind: of its result.
        work: does it.
        unsure: what to answer when it was begun, and nobody knows what came of it.
    """
    try:
        known = await marks.begin(name, KEPT_S)
    except ContextError:
        return await work()
    if known is None:
        result = await work()
        with suppress(ContextError):
            await marks.finish(name, KEPT_S, kind.dump_json(result, fallback=str))
        return result
    try:
        return kind.validate_json(known)
    except ValidationError:
        return unsure()
