"""The weather plugin: which question is asked, of which place and time."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

from hive_mind.language.durations import duration_text
from hive_mind.language.moments import read_moment
from hive_mind.language.spoken import moment_text
from hive_mind.server.core.plugin import Plugin
from hive_mind.server.plugins.failure import Failure
from hive_mind.server.plugins.phrases import Phrases

from .answers import About, Question, answer
from .forecasts import Forecasts
from .model import Report
from .open_meteo import OpenMeteo
from .openweathermap import OpenWeatherMap
from .source import TIMEOUT_S, Source
from .span import rest_of_day, span_of

_KINDS: tuple[str, ...] = get_args(About)
_AHEAD = ("umbrella", "coat")
"""What one asks before going out: about the hours to come, not about this minute."""


class WeatherPlugin(Plugin):
    """OpenWeatherMap where there is a key, Open-Meteo where there is none.

    Configuration: `default_location` ("Belfort, FR"), `api_key_env`; `openweathermap_url`, `open_meteo_url`
    and `open_meteo_geocoding_url`, where the services stand.
    """

    async def on_load(self) -> None:
        """Open the connections."""
        self._phrases = Phrases.of_folder(Path(__file__).parent)
        self._client = self.services.http(timeout_s=TIMEOUT_S)
        self._forecasts = Forecasts(self._source(), self.services.storage)

    async def on_unload(self) -> None:
        """Close them."""
        await self._client.aclose()

    def get_prompt_context(self) -> str:
        """What the language model should know."""
        return (
            "get_weather : le temps qu'il fait. get_forecast : le temps qu'il fera. Paramètres facultatifs : "
            f"location (ville ; sans elle, {self._default}), when (« demain matin », « ce week-end »), "
            "about (rain, snow, wind, temperature, sun, umbrella, coat)."
        )

    async def execute(self, intent: str, params: dict[str, Any]) -> dict[str, Any]:
        """Answer `get_weather` or `get_forecast`."""
        try:
            return await self._answer(intent, params)
        except Failure as failure:
            return failure.result()

    async def _answer(self, intent: str, params: dict[str, Any]) -> dict[str, Any]:
        now = self.services.now()
        known = await self._forecasts.of(str(params.get("location") or self._default), now)
        report = known.report
        question = self._question(intent, params, report, now)
        speech = answer(question, report, now, self._phrases)
        if question == Question() and params.get("when"):
            speech += self._rest_of_today(report, now)
        if known.age is not None:
            age = duration_text(max(60, round(known.age.total_seconds() / 60) * 60))
            speech = self._phrases.say("old", age=age, answer=speech)
        return {
            "success": True,
            "speech": speech,
            "location": report.spot.name,
            "temperature": round(report.current.temperature, 1),
            "feels_like": round(report.current.feels_like, 1),
            "description": report.current.description,
            "humidity": report.current.humidity,
            "old": known.age is not None,
            "untrusted": False,
        }

    def _question(self, intent: str, params: dict[str, Any], report: Report, now: datetime) -> Question:
        kind: Any = params.get("about")
        about: About = kind if kind in _KINDS else "all"
        asks_when = params.get("question") == "when"
        there = now.astimezone(timezone(timedelta(seconds=report.utc_offset)))
        words = str(params.get("when") or "").strip()
        days = params.get("days")
        if not words and isinstance(days, int | float) and days >= 1:
            words = self._phrases.say("next_days", days=min(15, round(days)))
        if not words:
            if about in _AHEAD or (about == "rain" and intent == "get_forecast" and not asks_when):
                return Question(about, rest_of_day(there), self._phrases.say("today_rest"), asks_when)
            if intent == "get_forecast" and not asks_when:
                return Question(about, (there, there + timedelta(days=3)), self._phrases.say("coming_days"))
            return Question(about, None, "", asks_when)
        moment = read_moment(words, there)
        if moment is None:
            raise Failure("WHEN_UNKNOWN", "The time asked for cannot be read.")
        span = span_of(moment, there)
        if span is None:
            raise Failure("WHEN_PAST", "The time asked for is past.")
        today = moment.grain == "day" and moment.start.date() == there.date()
        if (
            intent == "get_weather"
            and (today or moment.grain == "second")
            and about not in (*_AHEAD, "rain", "snow")
        ):
            return Question(about, None, "", asks_when)
        return Question(about, span, moment_text(moment, there), asks_when)

    def _rest_of_today(self, report: Report, now: datetime) -> str:
        """After the weather of this minute, what the day still brings; empty late in the evening."""
        there = now.astimezone(timezone(timedelta(seconds=report.utc_offset)))
        if there.hour >= 20:
            return ""
        question = Question("all", rest_of_day(there), self._phrases.say("today_rest"))
        return self._phrases.say("then", forecast=answer(question, report, now, self._phrases))

    @property
    def _default(self) -> str:
        return str(self.config.get("default_location", "Paris, FR"))

    def _source(self) -> Source:
        urls = {
            name: str(self.config[f"{name}_url"])
            for name in ("openweathermap", "open_meteo", "open_meteo_geocoding")
            if f"{name}_url" in self.config
        }
        if key := self.config.get("api_key"):
            return OpenWeatherMap(
                self._client, str(key), urls.get("openweathermap", "https://api.openweathermap.org")
            )
        return OpenMeteo(
            self._client,
            self._phrases,
            urls.get("open_meteo", "https://api.open-meteo.com"),
            urls.get("open_meteo_geocoding", "https://geocoding-api.open-meteo.com"),
        )
