"""The lists of a house, kept."""

import asyncio
from collections.abc import Mapping

from pydantic import JsonValue

from hive_mind.language.words import fold
from hive_mind.server.core.plugin import Storage
from hive_mind.server.plugins.failure import Failure

from .items import bare, same_item

MOST_ITEMS = 200
MOST_LISTS = 50
LONGEST = 120
"""Characters of one item."""

_KEY = "lists"


class Shelf:
    """All lists, by name.

    Args:
        storage: where they are kept.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._lock = asyncio.Lock()

    async def all(self) -> dict[str, list[str]]:
        """Every list, in the order in which they were begun."""
        kept = await self._storage.get(_KEY)
        if not isinstance(kept, dict):
            return {}
        return {
            name: [str(item) for item in items] for name, items in kept.items() if isinstance(items, list)
        }

    async def read(self, name: str) -> list[str] | None:
        """The items of a list; None when there is no such list."""
        lists = await self.all()
        return lists.get(_called(name, lists))

    async def add(self, name: str, items: list[str]) -> tuple[list[str], list[str]]:
        """Put items on a list, which is begun if need be.

        Returns:
            Those that were put there, and those that were there already, as they were said.

        Raises:
            Failure: LIST_FULL, ITEM_TOO_LONG.
        """
        async with self._lock:
            lists = await self.all()
            name = _called(name, lists)
            if name not in lists and len(lists) >= MOST_LISTS:
                raise Failure("LIST_FULL", "There are too many lists.")
            on_it = lists.setdefault(name, [])
            added: list[str] = []
            there: list[str] = []
            for item in items:
                if len(item) > LONGEST:
                    raise Failure("ITEM_TOO_LONG", "An item is too long for a list.")
                if any(same_item(item, other) for other in on_it):
                    there.append(item)
                    continue
                if len(on_it) >= MOST_ITEMS:
                    raise Failure("LIST_FULL", "The list is full.")
                on_it.append(bare(item))
                added.append(item)
            if added:
                await self._storage.put(_KEY, _as_json(lists))
            return added, there

    async def remove(self, name: str, items: list[str]) -> None:
        """Take items off a list, as they stand on it."""
        async with self._lock:
            lists = await self.all()
            name = _called(name, lists)
            lists[name] = [item for item in lists.get(name, []) if item not in items]
            await self._storage.put(_KEY, _as_json(lists))


def _called(name: str, lists: Mapping[str, list[str]]) -> str:
    """The list of that name, whatever its case and accents; else the name itself."""
    return next((known for known in lists if fold(known) == fold(name)), name)


def _as_json(lists: Mapping[str, list[str]]) -> dict[str, JsonValue]:
    return {name: list[JsonValue](items) for name, items in lists.items()}
