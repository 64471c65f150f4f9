"""A calendar on a CalDAV server: Radicale, Nextcloud, iCloud, Fastmail and their like."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

import caldav
from caldav.lib import error as caldav_error

from hive_mind.server.plugins.failure import Failure

from . import ical
from .event import Draft, Event, by_time

T = TypeVar("T")

_TIMEOUT_S = 4


class CalDavBackend:
    """One calendar of a CalDAV account; the library blocks, so it runs in a thread, one call at a time.

    Args:
        url: of the server, of the account or of the calendar itself.
        username: of the account.
        password: of the account.
        name: of the calendar as people see it; None: the first one that holds events.
        clock: the household's time.
    """

    def __init__(
        self, url: str, username: str, password: str, name: str | None, clock: Callable[[], datetime]
    ) -> None:
        client: Any = caldav.DAVClient
        self._client = client(
            url=url,
            username=username or None,
            password=password or None,
            timeout=_TIMEOUT_S,
            enable_rfc6764=False,
            require_tls=False,
        )
        self._url = url
        self._name = name
        self._clock = clock
        self._found: Any = None
        self._lock = asyncio.Lock()

    async def between(self, start: datetime, end: datetime) -> list[Event]:
        """See `Backend`."""
        return await self._run(lambda: self._between(start, end))

    async def add(self, draft: Draft) -> None:
        """See `Backend`."""
        text = ical.new_object(draft, self._clock())
        await self._run(lambda: self._calendar().add_event(text))

    async def move(self, event: Event, start: datetime, end: datetime) -> None:
        """See `Backend`."""
        await self._run(
            lambda: self._change(event, lambda data: ical.moved(data, event, start, end, self._clock()))
        )

    async def delete(self, event: Event) -> None:
        """See `Backend`."""
        await self._run(lambda: self._change(event, lambda data: ical.without(data, event)))

    async def close(self) -> None:
        """Close the connection."""
        async with self._lock:
            await asyncio.to_thread(self._client.close)

    def _between(self, start: datetime, end: datetime) -> list[Event]:
        objects = self._calendar().search(event=True, start=start, end=end, expand=False)
        return by_time(
            event
            for found in objects
            for event in ical.occurrences(found.data, str(found.url), start, end)
            if event.start < end and (event.end > start or event.start >= start)
        )

    def _change(self, event: Event, change: Callable[[str], str | None]) -> None:
        url = event.key.rsplit(" ", 1)[0]
        found = self._calendar().event_by_url(url)
        changed = change(found.data)
        if changed is None:
            found.delete()
        else:
            found.data = changed
            found.save()

    def _calendar(self) -> Any:
        if self._found is None:
            calendars = self._client.principal().calendars()
            self._found = next((c for c in calendars if self._is_ours(c)), None)
        if self._found is None:
            raise Failure(
                "CALENDAR_UNKNOWN", "The CalDAV account has no such calendar; check CALDAV_CALENDAR."
            )
        return self._found

    def _is_ours(self, calendar: Any) -> bool:
        if self._name is not None:
            return bool(calendar.get_display_name() == self._name)
        same_place = str(calendar.url).rstrip("/") == self._url.rstrip("/")
        return same_place or "VEVENT" in calendar.get_supported_components()

    async def _run(self, work: Callable[[], T]) -> T:
        async with self._lock:
            return await asyncio.to_thread(_told_apart, work)


def _told_apart(work: Callable[[], T]) -> T:
    with _faults():
        return work()


@contextlib.contextmanager
def _faults() -> Iterator[None]:
    """The library's errors as ours."""
    try:
        yield
    except caldav_error.AuthorizationError as error:
        raise Failure("CALENDAR_REFUSED", "The CalDAV server refused the user name or password.") from error
    except caldav_error.NotFoundError as error:
        raise Failure("EVENT_GONE", "The CalDAV server no longer has this entry.") from error
    except caldav_error.RateLimitError as error:
        raise Failure("CALENDAR_BUSY", "The CalDAV server asks to wait.", retryable=True) from error
    except caldav_error.DAVError as error:
        raise Failure(
            "CALENDAR_UNREACHABLE", f"The CalDAV server answered {type(error).__name__}.", retryable=True
        ) from error
    except OSError as error:
        raise Failure(
            "CALENDAR_UNREACHABLE",
            f"The CalDAV server gave no answer: {type(error).__name__}.",
            retryable=True,
        ) from error
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise Failure(
            "CALENDAR_UNREADABLE", f"The CalDAV server's answer cannot be read: {error!r}."
        ) from error
