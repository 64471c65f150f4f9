"""What the page is told as it happens: something was said, a turn ended, a client came, a model arrives."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Literal, TypeAlias

from pydantic import JsonValue

Kind: TypeAlias = Literal["entry", "turn", "rooms", "settings", "plugins", "download", "lost"]
"""`lost`: this reader was too slow and should look at everything anew."""

News: TypeAlias = tuple[Kind, JsonValue]

MOST_WAITING = 200
"""News that wait for one reader; past it they are dropped at once, and the reader hears `lost`."""

MOST_READERS = 32


class Bulletin:
    """Tells every reader everything."""

    def __init__(self) -> None:
        self._readers: set[asyncio.Queue[News | None]] = set()
        self._closed = False

    @property
    def read_by_any(self) -> bool:
        """Whether somebody listens."""
        return bool(self._readers)

    @property
    def full(self) -> bool:
        """Whether there are as many readers as there may be."""
        return len(self._readers) >= MOST_READERS

    def tell(self, kind: Kind, news: JsonValue = None) -> None:
        """Tell all readers, at once and without waiting for them."""
        for queue in self._readers:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(("lost", None))
            queue.put_nowait((kind, news))

    def close(self) -> None:
        """Nothing more will happen: readers end."""
        self._closed = True
        for queue in self._readers:
            while queue.full():
                queue.get_nowait()
            queue.put_nowait(None)

    async def read(self, idle_s: float) -> AsyncGenerator[News | None]:
        """News as they come, and None whenever there were none for `idle_s` seconds; ends with the house."""
        queue: asyncio.Queue[News | None] = asyncio.Queue(MOST_WAITING)
        self._readers.add(queue)
        try:
            while not self._closed or not queue.empty():
                try:
                    async with asyncio.timeout(idle_s):
                        news = await queue.get()
                except TimeoutError:
                    yield None
                    continue
                if news is None:
                    return
                yield news
        finally:
            self._readers.discard(queue)
