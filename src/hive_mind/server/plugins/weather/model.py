"""What a weather service says, in one form whichever it is."""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict

Sky: TypeAlias = Literal["clear", "fair", "cloudy", "fog", "drizzle", "rain", "snow", "thunder"]
"""From bright to bad; `fair` is sun and clouds."""


class Spot(BaseModel):
    """A place on the map.

    Attributes:
        name: as it is said ("Lyon").
        latitude: degrees, north positive.
        longitude: degrees, east positive.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    latitude: float
    longitude: float


class Weather(BaseModel):
    """The weather over a stretch of time.

    Attributes:
        start: when it begins.
        hours: how long it lasts; 0 for a moment.
        sky: its kind.
        description: in French, as the service or the table of codes says it.
        temperature: degrees Celsius.
        feels_like: degrees Celsius, with wind and damp.
        humidity: per cent.
        wind: km/h, mean.
        gust: km/h; the mean where the service gives none.
        rain: millimetres over the stretch.
        snow: millimetres of water, or centimetres of snow, over the stretch.
        chance: of rain or snow, 0 to 1; None when the service gives none.
    """

    model_config = ConfigDict(frozen=True)

    start: AwareDatetime
    hours: float = 0.0
    sky: Sky
    description: str
    temperature: float
    feels_like: float
    humidity: float
    wind: float
    gust: float
    rain: float = 0.0
    snow: float = 0.0
    chance: float | None = None

    @property
    def end(self) -> datetime:
        """When the stretch is over."""
        return self.start + timedelta(hours=self.hours)


class Report(BaseModel):
    """All that is known of one place.

    Attributes:
        spot: the place.
        utc_offset: of its clocks, seconds.
        fetched: when the service said it.
        current: the weather at that moment.
        steps: what is to come, in order, without gaps.
    """

    model_config = ConfigDict(frozen=True)

    spot: Spot
    utc_offset: int
    fetched: AwareDatetime
    current: Weather
    steps: tuple[Weather, ...]
