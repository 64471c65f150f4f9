"""A weather service: what is asked of it, and how its faults are told apart."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import httpx

from hive_mind.server.plugins.failure import Failure

from .model import Report, Spot

TIMEOUT_S = 3.0
"""Of one request; a spoken answer can wait no longer."""


class Source(Protocol):
    """A weather service."""

    async def locate(self, name: str) -> Spot:
        """Find a place by its name, with or without ", COUNTRY CODE".

        Raises:
            Failure: PLACE_UNKNOWN, or as `fetch`.
        """
        ...

    async def report(self, spot: Spot, now: datetime) -> Report:
        """The weather there.

        Raises:
            Failure: as `fetch`.
        """
        ...


async def fetch(client: httpx.AsyncClient, url: str, query: Mapping[str, str | int | float]) -> Any:
    """Get JSON.

    Raises:
        Failure: WEATHER_KEY_REFUSED, PLACE_UNKNOWN (404), WEATHER_BUSY (429), WEATHER_UNREACHABLE (no answer
            in time, or 5xx), WEATHER_UNREADABLE.
    """
    try:
        answer = await client.get(url, params=dict(query))
    except httpx.HTTPError as error:
        raise Failure(
            "WEATHER_UNREACHABLE",
            f"The weather service gave no answer: {type(error).__name__}.",
            retryable=True,
        ) from error
    if answer.status_code in (401, 403):
        raise Failure(
            "WEATHER_KEY_REFUSED", "The weather service refused the key; check OPENWEATHER_API_KEY."
        )
    if answer.status_code == 404:
        raise Failure("PLACE_UNKNOWN", "The weather service does not know this place.")
    if answer.status_code == 429:
        raise Failure("WEATHER_BUSY", "The weather service's quota is used up; wait.", retryable=True)
    if answer.status_code >= 400:
        raise Failure(
            "WEATHER_UNREACHABLE", f"The weather service answered {answer.status_code}.", retryable=True
        )
    try:
        return answer.json()
    except ValueError as error:
        raise unreadable(error) from error


def unreadable(error: Exception) -> Failure:
    """The failure for an answer that has not the documented shape."""
    return Failure(
        "WEATHER_UNREADABLE", f"The weather service's answer cannot be read: {error!r}.", retryable=True
    )


def split_place(name: str) -> tuple[str, str | None]:
    """A name and its country code: "Belfort, FR" is ("Belfort", "FR")."""
    town, _, country = (part.strip() for part in name.partition(","))
    return town, country.upper() if len(country) == 2 else None
