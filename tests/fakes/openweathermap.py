"""OpenWeatherMap as its documentation describes it, on a local socket."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from tests.fakes.web import Moods, serving

PLACES: dict[str, dict[str, Any]] = {
    "belfort": {"name": "Belfort", "lat": 47.64, "lon": 6.86, "country": "FR"},
    "lyon": {"name": "Lyon", "local_names": {"fr": "Lyon"}, "lat": 45.76, "lon": 4.84, "country": "FR"},
    "le havre": {
        "name": "Le Havre",
        "local_names": {"fr": "Le Havre"},
        "lat": 49.49,
        "lon": 0.11,
        "country": "FR",
    },
    "tokyo": {"name": "Tokyo", "local_names": {"fr": "Tokyo"}, "lat": 35.68, "lon": 139.76, "country": "JP"},
}
KEY = "0123456789abcdef"

Step = dict[str, Any]


class OpenWeatherMapServer(Moods):
    """The service.

    Args:
        now: its time.

    Attributes:
        url: address.
        sky: changes a step's fields before it is sent; gets the step and its local time.
    """

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now
        self.url = ""
        self.offset = 3600
        self.sky: Callable[[Step, datetime], None] = lambda step, at: None

    def current(self) -> Step:
        return {**self._step(self.now), "timezone": self.offset, "name": "Belfort", "cod": 200}

    def forecast(self) -> dict[str, Any]:
        first = self.now.replace(minute=0, second=0) + timedelta(hours=3 - self.now.hour % 3)
        steps = [{**self._step(first + timedelta(hours=3 * n)), "pop": 0.0} for n in range(40)]
        for n, step in enumerate(steps):
            self.sky(step, first + timedelta(hours=3 * n))
        return {"cod": "200", "cnt": 40, "list": steps, "city": {"timezone": self.offset}}

    def _step(self, at: datetime) -> Step:
        return {
            "dt": int(at.timestamp()),
            "main": {"temp": 8.2, "feels_like": 5.1, "pressure": 1015, "humidity": 81},
            "weather": [{"id": 804, "main": "Clouds", "description": "couvert", "icon": "04d"}],
            "wind": {"speed": 3.0, "deg": 250},
            "clouds": {"all": 100},
        }


def rain(step: Step, chance: float = 0.9, amount: float = 2.4) -> None:
    """Make it rain in a step."""
    step["weather"] = [{"id": 501, "main": "Rain", "description": "pluie modérée", "icon": "10d"}]
    step["rain"] = {"3h": amount}
    step["pop"] = chance


@asynccontextmanager
async def openweathermap(now: datetime) -> AsyncIterator[OpenWeatherMapServer]:
    """Start one on a free port."""
    fake = OpenWeatherMapServer(now)
    app = FastAPI()

    async def answer(request: Request, found: Callable[[], Any]) -> Response:
        faulty = await fake.faulty(request)
        if faulty is not None:
            return faulty
        if request.query_params.get("appid") != KEY:
            return JSONResponse({"cod": 401, "message": "Invalid API key."}, status_code=401)
        return JSONResponse(found())

    @app.get("/geo/1.0/direct")
    async def direct(request: Request) -> Response:
        name = request.query_params["q"].partition(",")[0].lower()
        return await answer(request, lambda: [PLACES[name]] if name in PLACES else [])

    @app.get("/data/2.5/weather")
    async def weather(request: Request) -> Response:
        return await answer(request, fake.current)

    @app.get("/data/2.5/forecast")
    async def forecast(request: Request) -> Response:
        return await answer(request, fake.forecast)

    async with serving(app) as url:
        fake.url = url
        yield fake
