"""Open-Meteo: needs no key; current weather, and 10 days hour by hour. See https://open-meteo.com/en/docs."""

from datetime import UTC, datetime
from typing import Any

import httpx

from hive_mind.server.plugins.failure import Failure
from hive_mind.server.plugins.phrases import Phrases

from .model import Report, Sky, Spot, Weather
from .source import fetch, split_place, unreadable

_VALUES = (
    "temperature_2m,apparent_temperature,relative_humidity_2m,rain,showers,snowfall,weather_code,"
    "wind_speed_10m,wind_gusts_10m"
)
_DAYS = 10


class OpenMeteo:
    """The service.

    Args:
        client: for all requests.
        phrases: with `wmo_<code>` for each weather code that has words of its own.
        url: of the forecast service, without a path.
        geocoding_url: of the geocoding service, without a path.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        phrases: Phrases,
        url: str = "https://api.open-meteo.com",
        geocoding_url: str = "https://geocoding-api.open-meteo.com",
    ) -> None:
        self._client = client
        self._phrases = phrases
        self._url = url.rstrip("/")
        self._geocoding_url = geocoding_url.rstrip("/")

    async def locate(self, name: str) -> Spot:
        """Find a place, in the given country when there is one; see `Source`."""
        town, country = split_place(name)
        query = {"name": town, "count": 10 if country else 1, "language": "fr", "format": "json"}
        found = await fetch(self._client, f"{self._geocoding_url}/v1/search", query)
        try:
            places = found.get("results", [])
            there = [p for p in places if p.get("country_code", country) == country] if country else places
            if not there:
                raise Failure("PLACE_UNKNOWN", "Open-Meteo does not know this place.")
            first = there[0]
            return Spot(name=first["name"], latitude=first["latitude"], longitude=first["longitude"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise unreadable(error) from error

    async def report(self, spot: Spot, now: datetime) -> Report:
        """Current weather and forecast in one request; see `Source`."""
        said = await fetch(
            self._client,
            f"{self._url}/v1/forecast",
            {
                "latitude": spot.latitude,
                "longitude": spot.longitude,
                "current": _VALUES,
                "hourly": f"{_VALUES},precipitation_probability",
                "timeformat": "unixtime",
                "timezone": "auto",
                "forecast_days": _DAYS,
            },
        )
        try:
            hourly = said["hourly"]
            rows = [dict(zip(hourly, row, strict=True)) for row in zip(*hourly.values(), strict=True)]
            return Report(
                spot=spot,
                utc_offset=said["utc_offset_seconds"],
                fetched=now,
                current=self._weather(said["current"], 0.0),
                steps=tuple(
                    self._weather(row, 1.0)
                    for row in rows
                    if row["temperature_2m"] is not None and row["time"] + 3600 > now.timestamp()
                ),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise unreadable(error) from error

    def _weather(self, said: dict[str, Any], hours: float) -> Weather:
        code = int(said["weather_code"])
        sky = sky_of(code)
        chance = said.get("precipitation_probability")
        own = f"wmo_{code}"
        return Weather(
            start=datetime.fromtimestamp(said["time"], UTC),
            hours=hours,
            sky=sky,
            description=self._phrases.say(own if self._phrases.has(own) else f"sky_{sky}"),
            temperature=said["temperature_2m"],
            feels_like=said["apparent_temperature"],
            humidity=said["relative_humidity_2m"],
            wind=said["wind_speed_10m"],
            gust=max(said["wind_speed_10m"], said["wind_gusts_10m"] or 0.0),
            rain=said["rain"] + said["showers"],
            snow=said["snowfall"],
            chance=None if chance is None else chance / 100,
        )


def sky_of(code: int) -> Sky:
    """The kind of sky for a WMO weather code, as Open-Meteo documents them (0 to 99)."""
    ranges: tuple[tuple[int, Sky], ...] = (
        (0, "clear"), (2, "fair"), (3, "cloudy"), (48, "fog"), (57, "drizzle"), (67, "rain"), (77, "snow"),
        (82, "rain"), (86, "snow"),
    )  # fmt: skip
    return next((sky for last, sky in ranges if code <= last), "thunder")
