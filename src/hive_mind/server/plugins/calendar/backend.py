"""What the plugin needs of a calendar, whichever it is."""

from datetime import datetime
from typing import Protocol

from .event import Draft, Event


class Backend(Protocol):
    """A calendar.

    All methods raise `Failure`: CALENDAR_UNREACHABLE, CALENDAR_REFUSED (credentials), CALENDAR_BUSY (too many
    requests), CALENDAR_UNREADABLE, CALENDAR_UNKNOWN (there is no such calendar), EVENT_GONE.
    """

    async def between(self, start: datetime, end: datetime) -> list[Event]:
        """The entries that take place during `[start, end)`, by time; of a series, each occurrence."""
        ...

    async def add(self, draft: Draft) -> None:
        """Enter something."""
        ...

    async def move(self, event: Event, start: datetime, end: datetime) -> None:
        """Give an entry another time; of a series, this one occurrence."""
        ...

    async def delete(self, event: Event) -> None:
        """Take an entry out; of a series, this one occurrence."""
        ...
