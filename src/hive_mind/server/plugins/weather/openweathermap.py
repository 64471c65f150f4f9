"""OpenWeatherMap: current weather, and 5 days by steps of 3 hours. See https://openweathermap.org/api."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from hive_mind.server.plugins.failure import Failure

from .model import Report, Sky, Spot, Weather
from .source import fetch, unreadable

_KMH = 3.6


class OpenWeatherMap:
    """The service.

    Args:
        client: for all requests.
        key: of the account.
        url: of the service, without a path.
    """

    def __init__(
        self, client: httpx.AsyncClient, key: str, url: str = "https://api.openweathermap.org"
    ) -> None:
        self._client = client
        self._key = key
        self._url = url.rstrip("/")

    async def locate(self, name: str) -> Spot:
        """Find a place through the geocoding service; see `Source`."""
        found = await fetch(
            self._client, f"{self._url}/geo/1.0/direct", {"q": name, "limit": 1, "appid": self._key}
        )
        try:
            if not found:
                raise Failure("PLACE_UNKNOWN", "OpenWeatherMap does not know this place.")
            first = found[0]
            french = first.get("local_names", {}).get("fr", first["name"])
            return Spot(name=french, latitude=first["lat"], longitude=first["lon"])
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise unreadable(error) from error

    async def report(self, spot: Spot, now: datetime) -> Report:
        """Current weather and forecast, asked for at the same time; see `Source`."""
        query: dict[str, str | float] = {
            "lat": spot.latitude,
            "lon": spot.longitude,
            "units": "metric",
            "lang": "fr",
            "appid": self._key,
        }
        current, forecast = await asyncio.gather(
            fetch(self._client, f"{self._url}/data/2.5/weather", query),
            fetch(self._client, f"{self._url}/data/2.5/forecast", query),
        )
        try:
            return Report(
                spot=spot,
                utc_offset=current["timezone"],
                fetched=now,
                current=_weather(current, hours=0.0, rain_key="1h"),
                steps=tuple(_weather(step, hours=3.0, rain_key="3h") for step in forecast["list"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise unreadable(error) from error


def _weather(said: Mapping[str, Any], hours: float, rain_key: str) -> Weather:
    main, wind, sky = said["main"], said["wind"], said["weather"][0]
    mean = wind["speed"] * _KMH
    return Weather(
        start=datetime.fromtimestamp(said["dt"], UTC),
        hours=hours,
        sky=sky_of(sky["id"]),
        description=sky["description"],
        temperature=main["temp"],
        feels_like=main["feels_like"],
        humidity=main["humidity"],
        wind=mean,
        gust=max(mean, wind.get("gust", 0.0) * _KMH),
        rain=said.get("rain", {}).get(rain_key, 0.0),
        snow=said.get("snow", {}).get(rain_key, 0.0),
        chance=said.get("pop"),
    )


def sky_of(code: int) -> Sky:
    """The kind of sky for OpenWeatherMap's condition code (200 to 804)."""
    by_hundred: dict[int, Sky] = {2: "thunder", 3: "drizzle", 5: "rain", 6: "snow", 7: "fog"}
    if code // 100 in by_hundred:
        return by_hundred[code // 100]
    return "clear" if code == 800 else "fair" if code in (801, 802) else "cloudy"
