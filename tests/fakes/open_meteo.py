"""Open-Meteo as its documentation describes it, both services on one local socket."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from tests.fakes.web import Moods, serving

PLACES = [
    {
        "name": "Belfort",
        "latitude": 54.6,
        "longitude": -5.93,
        "country_code": "GB",
        "country": "Irlande du Nord",
    },
    {"name": "Belfort", "latitude": 47.64, "longitude": 6.86, "country_code": "FR", "country": "France"},
    {"name": "Lyon", "latitude": 45.75, "longitude": 4.85, "country_code": "FR", "country": "France"},
]

Hour = dict[str, Any]


class OpenMeteoServer(Moods):
    """The services.

    Args:
        now: their time, in the zone of the places.

    Attributes:
        url: address of both.
        sky: changes an hour's values before they are sent; gets the hour and its local time.
    """

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now
        self.url = ""
        self.sky: Callable[[Hour, datetime], None] = lambda hour, at: None

    def report(self, days: int) -> dict[str, Any]:
        offset = self.now.utcoffset() or timedelta()
        midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        hours = [self._hour(midnight + timedelta(hours=n)) for n in range(24 * days)]
        for n, hour in enumerate(hours):
            self.sky(hour, midnight + timedelta(hours=n))
        current = self._hour(self.now)
        del current["precipitation_probability"]
        return {
            "latitude": 47.64,
            "longitude": 6.86,
            "utc_offset_seconds": int(offset.total_seconds()),
            "timezone": "Europe/Paris",
            "current": {**current, "interval": 900},
            "hourly": {key: [hour[key] for hour in hours] for key in hours[0]},
        }

    @staticmethod
    def _hour(at: datetime) -> Hour:
        return {
            "time": int(at.timestamp()),
            "temperature_2m": 8.2,
            "apparent_temperature": 5.1,
            "relative_humidity_2m": 81,
            "rain": 0.0,
            "showers": 0.0,
            "snowfall": 0.0,
            "weather_code": 3,
            "wind_speed_10m": 11.0,
            "wind_gusts_10m": 20.5,
            "precipitation_probability": 5,
        }


@asynccontextmanager
async def open_meteo(now: datetime) -> AsyncIterator[OpenMeteoServer]:
    """Start them on a free port."""
    fake = OpenMeteoServer(now)
    app = FastAPI()

    @app.get("/v1/search")
    async def search(request: Request) -> Response:
        faulty = await fake.faulty(request)
        if faulty is not None:
            return faulty
        query = request.query_params
        found = [p for p in PLACES if p["name"] == query["name"].title()][: int(query["count"])]
        return JSONResponse(
            {"results": found, "generationtime_ms": 0.5} if found else {"generationtime_ms": 0.5}
        )

    @app.get("/v1/forecast")
    async def forecast(request: Request) -> Response:
        faulty = await fake.faulty(request)
        if faulty is not None:
            return faulty
        return JSONResponse(fake.report(int(request.query_params["forecast_days"])))

    async with serving(app) as url:
        fake.url = url
        yield fake
