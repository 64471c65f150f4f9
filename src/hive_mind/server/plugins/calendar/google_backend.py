"""Google Calendar by its REST interface. See https://developers.google.com/workspace/calendar/api/v3/reference."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from urllib.parse import quote

import httpx

from hive_mind.server.plugins.failure import Failure

from .event import RULES, Draft, Event, by_time
from .google_account import GoogleAccount

_MOST_PAGES = 10
_PAGE = 250


class GoogleBackend:
    """One calendar of a Google account.

    Args:
        client: for all requests.
        account: whose calendar it is.
        clock: the household's time.
        calendar: its identifier; "primary" is the account's own.
        url: of the service, with its version.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        account: GoogleAccount,
        clock: Callable[[], datetime],
        calendar: str = "primary",
        url: str = "https://www.googleapis.com/calendar/v3",
    ) -> None:
        self._client = client
        self._account = account
        self._clock = clock
        self._events = f"{url.rstrip('/')}/calendars/{quote(calendar, safe='')}/events"

    async def between(self, start: datetime, end: datetime) -> list[Event]:
        """See `Backend`."""
        query: dict[str, str | int] = {
            "timeMin": start.isoformat(),
            "timeMax": end.isoformat(),
            "singleEvents": "true",
            "orderBy": "startTime",
            "maxResults": _PAGE,
        }
        found: list[Event] = []
        for _ in range(_MOST_PAGES):
            page = await self._call("GET", self._events, query=query)
            try:
                found += [
                    _event(item, start) for item in page.get("items", ()) if item.get("status") != "cancelled"
                ]
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise Failure(
                    "CALENDAR_UNREADABLE", f"Google's events cannot be read: {error!r}.", retryable=True
                ) from error
            if "nextPageToken" not in page:
                break
            query["pageToken"] = str(page["nextPageToken"])
        return by_time(found)

    async def add(self, draft: Draft) -> None:
        """See `Backend`."""
        body: dict[str, Any] = {"summary": draft.title, **_times(draft.start, draft.end, draft.all_day)}
        if draft.location:
            body["location"] = draft.location
        if draft.repeat is not None:
            body["recurrence"] = [f"RRULE:{RULES[draft.repeat]}"]
        await self._call("POST", self._events, body=body)

    async def move(self, event: Event, start: datetime, end: datetime) -> None:
        """See `Backend`."""
        await self._call("PATCH", self._one(event), body=_times(start, end, event.all_day))

    async def delete(self, event: Event) -> None:
        """See `Backend`."""
        await self._call("DELETE", self._one(event))

    def _one(self, event: Event) -> str:
        return f"{self._events}/{quote(event.key, safe='')}"

    async def _call(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any]:
        """One request, with a new access token if the old one is refused."""
        answer = await self._send(method, url, query, body, fresh=False)
        if answer.status_code == 401:
            answer = await self._send(method, url, query, body, fresh=True)
        if answer.status_code in (404, 410):
            code = "EVENT_GONE" if method in ("PATCH", "DELETE") else "CALENDAR_UNKNOWN"
            raise Failure(code, f"Google answered {answer.status_code}.")
        if answer.status_code == 429 or (answer.status_code == 403 and "ateLimitExceeded" in answer.text):
            raise Failure("CALENDAR_BUSY", "Google's quota is used up; wait.", retryable=True)
        if answer.status_code in (401, 403):
            raise Failure("CALENDAR_REFUSED", f"Google refused: {answer.status_code}.")
        if answer.status_code >= 400:
            raise Failure("CALENDAR_UNREACHABLE", f"Google answered {answer.status_code}.", retryable=True)
        if answer.status_code == 204:
            return {}
        try:
            said = answer.json()
        except ValueError as error:
            raise Failure("CALENDAR_UNREADABLE", "Google's answer is no JSON.", retryable=True) from error
        if not isinstance(said, dict):
            raise Failure("CALENDAR_UNREADABLE", "Google's answer is no object.", retryable=True)
        return said

    async def _send(
        self,
        method: str,
        url: str,
        query: Mapping[str, str | int] | None,
        body: Mapping[str, Any] | None,
        *,
        fresh: bool,
    ) -> httpx.Response:
        token = await self._account.token(self._clock(), fresh=fresh)
        try:
            return await self._client.request(
                method, url, params=query, json=body, headers={"Authorization": f"Bearer {token}"}
            )
        except httpx.HTTPError as error:
            raise Failure(
                "CALENDAR_UNREACHABLE", f"Google gave no answer: {type(error).__name__}.", retryable=True
            ) from error


def _event(item: Mapping[str, Any], like: datetime) -> Event:
    """An event as ours, on the clock of `like`."""
    return Event(
        key=item["id"],
        title=item.get("summary", ""),
        start=_instant(item["start"], like),
        end=_instant(item["end"], like),
        all_day="date" in item["start"],
        location=item.get("location", ""),
        recurring="recurringEventId" in item,
    )


def _instant(said: Mapping[str, str], like: datetime) -> datetime:
    if "date" in said:
        return datetime.combine(date.fromisoformat(said["date"]), time(), like.tzinfo)
    return datetime.fromisoformat(said["dateTime"]).astimezone(like.tzinfo)


def _times(start: datetime, end: datetime, all_day: bool) -> dict[str, Any]:
    """The fields `start` and `end`; what they were is written over, so that a patch changes their kind."""
    if all_day:
        return {
            "start": {"date": start.date().isoformat(), "dateTime": None},
            "end": {"date": end.date().isoformat(), "dateTime": None},
        }
    zone = getattr(start.tzinfo, "key", None)
    named = {"timeZone": zone} if zone else {}
    return {
        "start": {"dateTime": start.isoformat(), "date": None, **named},
        "end": {"dateTime": end.isoformat(), "date": None, **named},
    }
