"""The weather plugin against services on local sockets."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from hive_mind.server.plugins.weather.handler import WeatherPlugin
from tests.fakes.open_meteo import OpenMeteoServer, open_meteo
from tests.fakes.openweathermap import KEY, OpenWeatherMapServer, openweathermap, rain
from tests.fakes.scripted_services import MemoryStorage, ScriptedServices
from tests.fakes.web import Fault
from tests.unit.server.plugins.playing import NOW, playing, said

pytestmark = pytest.mark.anyio


@pytest.fixture
async def owm() -> AsyncIterator[OpenWeatherMapServer]:
    async with openweathermap(NOW) as server:
        yield server


@pytest.fixture
async def meteo() -> AsyncIterator[OpenMeteoServer]:
    async with open_meteo(NOW) as server:
        yield server


async def ask(
    server: OpenWeatherMapServer, intent: str, house: ScriptedServices | None = None, /, **params: Any
) -> str:
    services = house or ScriptedServices(NOW)
    async with playing(
        WeatherPlugin, "weather", services, api_key=KEY, openweathermap_url=server.url
    ) as plugin:
        return said("weather", await plugin.execute(intent, params))


async def ask_meteo(server: OpenMeteoServer, intent: str, **params: Any) -> str:
    services = ScriptedServices(NOW)
    urls = {"open_meteo_url": server.url, "open_meteo_geocoding_url": server.url}
    async with playing(WeatherPlugin, "weather", services, **urls) as plugin:
        return said("weather", await plugin.execute(intent, params))


def raining(*hours: int, day: int = 7) -> Any:
    def change(step: dict[str, Any], at: datetime) -> None:
        if at.day == day and at.hour in hours:
            rain(step)

    return change


async def test_now(owm: OpenWeatherMapServer) -> None:
    assert await ask(owm, "get_weather") == "À Belfort, il fait 8 degrés, ressenti 5, couvert."
    assert [path for path, _ in owm.asked] == ["/geo/1.0/direct", "/data/2.5/weather", "/data/2.5/forecast"]
    assert owm.asked[0][1]["q"] == "Belfort, FR"
    query = owm.asked[1][1]
    assert (query["units"], query["lang"], query["lat"]) == ("metric", "fr", "47.64")


async def test_today_is_now_and_what_comes(owm: OpenWeatherMapServer) -> None:
    owm.sky = raining(18, 21, day=6)
    assert await ask(owm, "get_weather", when="aujourd'hui") == (
        "À Belfort, il fait 8 degrés, ressenti 5, couvert. "
        "Aujourd'hui à Belfort, un temps pluvieux, 8 degrés, avec de la pluie le soir."
    )


@pytest.mark.parametrize(
    ("hours", "when", "answer"),
    [
        ((), "demain", "Non, pas de pluie prévue demain à Lyon."),
        ((15,), "demain", "Oui, de la pluie est prévue demain à Lyon, l'après-midi."),
        ((9, 15), "demain", "Oui, de la pluie est prévue demain à Lyon, le matin et l'après-midi."),
        ((15,), "demain matin", "Non, pas de pluie prévue demain matin à Lyon."),
        ((15,), "demain après-midi", "Oui, de la pluie est prévue demain après-midi à Lyon, vers 15h."),
        ((15,), "cette semaine", "Oui, de la pluie est prévue cette semaine à Lyon, mercredi."),
        (range(24), "demain", "Oui, de la pluie est prévue demain à Lyon, toute la journée."),
    ],
)
async def test_will_it_rain(
    owm: OpenWeatherMapServer, hours: tuple[int, ...], when: str, answer: str
) -> None:
    owm.sky = raining(*hours)
    assert await ask(owm, "get_forecast", about="rain", when=when, location="Lyon") == answer


async def test_it_may_rain(owm: OpenWeatherMapServer) -> None:
    owm.sky = lambda step, at: rain(step, chance=0.36)
    assert await ask(owm, "get_forecast", about="rain", when="demain") == (
        "Peut-être : il y a 40 % de risque de pluie demain à Belfort."
    )
    assert await ask(owm, "get_forecast", about="umbrella", when="demain") == (
        "Prends-en un au cas où : il y a 40 % de risque de pluie demain à Belfort."
    )


async def test_when_it_will_rain(owm: OpenWeatherMapServer) -> None:
    owm.sky = raining(15, day=8)
    ask_when = {"about": "rain", "question": "when"}
    assert await ask(owm, "get_forecast", **ask_when) == "La pluie est attendue jeudi vers 15h à Belfort."
    assert (
        await ask(owm, "get_forecast", when="demain", **ask_when) == "Pas de pluie prévue demain à Belfort."
    )


@pytest.mark.parametrize(
    ("params", "answer"),
    [
        ({"about": "temperature"}, "demain à Belfort, il fera entre 2 et 8 degrés."),
        ({"about": "wind"}, "un peu de vent demain à Belfort : jusqu'à 25 km/h."),
        ({"about": "coat"}, "oui, prends un manteau : il fera entre 2 et 8 degrés demain à Belfort."),
        ({"about": "umbrella"}, "non, pas besoin de parapluie : pas de pluie prévue demain à Belfort."),
        ({"about": "sun"}, "non, plutôt un ciel couvert demain à Belfort, entre 2 et 8 degrés."),
        ({"about": "snow"}, "non, pas de neige prévue demain à Belfort."),
        ({}, "demain à Belfort, un ciel couvert, entre 2 et 8 degrés."),
        ({"location": "Le Havre"}, "demain au Havre, un ciel couvert, entre 2 et 8 degrés."),
    ],
)
async def test_other_questions(owm: OpenWeatherMapServer, params: dict[str, str], answer: str) -> None:
    def change(step: dict[str, Any], at: datetime) -> None:
        step["wind"] = {"speed": 7.0, "gust": 9.0}
        step["main"] = {**step["main"], "temp": 2.0 if at.hour < 9 else 8.0}

    owm.sky = change
    told = await ask(owm, "get_forecast", when="demain", **params)
    assert told[:1].lower() + told[1:] == answer


async def test_times_are_those_of_the_place(owm: OpenWeatherMapServer) -> None:
    owm.offset = 9 * 3600  # Tokyo, where it is 22:30
    owm.sky = raining(9, day=7)  # Paris time: 17:00 in Tokyo
    assert await ask(owm, "get_forecast", about="rain", when="demain après-midi", location="Tokyo") == (
        "Oui, de la pluie est prévue demain après-midi à Tokyo, vers 17h."
    )


async def test_beyond_the_forecast_and_before_now(owm: OpenWeatherMapServer) -> None:
    assert await ask(owm, "get_forecast", when="dans dix jours") == "Les prévisions ne vont pas aussi loin."
    assert await ask(owm, "get_forecast", when="hier") == "Je ne connais pas le temps passé."
    assert await ask(owm, "get_forecast", when="bientôt peut-être") == "Je n'ai pas compris pour quand."


async def test_an_unknown_place(owm: OpenWeatherMapServer) -> None:
    assert await ask(owm, "get_weather", location="Nulle-Part") == "Je ne trouve pas cet endroit."


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ("refused", "Le service météo refuse ma clé. Vérifie le réglage OPENWEATHER_API_KEY."),
        ("unknown", "Je ne trouve pas cet endroit."),
        ("busy", "J'ai trop interrogé le service météo, il faut attendre un peu."),
        ("broken", "Le service météo ne répond pas."),
        ("not_json", "Le service météo a répondu n'importe quoi."),
        ("wrong_shape", "Le service météo a répondu n'importe quoi."),
    ],
)
async def test_faults_of_the_service(owm: OpenWeatherMapServer, fault: Fault, answer: str) -> None:
    owm.fault = fault
    assert await ask(owm, "get_weather") == answer


async def test_a_service_that_is_away(owm: OpenWeatherMapServer) -> None:
    owm.url = "http://127.0.0.1:9"
    assert await ask(owm, "get_weather") == "Le service météo ne répond pas."


async def test_a_service_that_does_not_answer_in_time(owm: OpenWeatherMapServer) -> None:
    owm.fault = "silent"
    services = ScriptedServices(NOW)
    services.patience_s = 0.05
    assert await ask(owm, "get_weather", services) == "Le service météo ne répond pas."


async def test_what_is_known_is_not_asked_again(owm: OpenWeatherMapServer) -> None:
    storage = MemoryStorage()
    first = await ask(owm, "get_weather", ScriptedServices(NOW, storage))
    asked = len(owm.asked)
    again = await ask(owm, "get_weather", ScriptedServices(NOW + timedelta(minutes=10), storage))
    assert (again, len(owm.asked)) == (first, asked)
    await ask(owm, "get_weather", ScriptedServices(NOW + timedelta(minutes=20), storage))
    assert [path for path, _ in owm.asked[asked:]] == ["/data/2.5/weather", "/data/2.5/forecast"]


async def test_old_data_is_told_to_be_old(owm: OpenWeatherMapServer) -> None:
    storage = MemoryStorage()
    await ask(owm, "get_weather", ScriptedServices(NOW, storage))
    owm.fault = "broken"
    later = ScriptedServices(NOW + timedelta(hours=2), storage)
    assert await ask(owm, "get_weather", later) == (
        "Le service météo ne répond pas, voici ce qu'il disait il y a 2 heures. "
        "À Belfort, il fait 8 degrés, ressenti 5, couvert."
    )
    much_later = ScriptedServices(NOW + timedelta(hours=13), storage)
    assert await ask(owm, "get_weather", much_later) == "Le service météo ne répond pas."


async def test_a_refused_key_is_not_hidden_by_old_data(owm: OpenWeatherMapServer) -> None:
    storage = MemoryStorage()
    await ask(owm, "get_weather", ScriptedServices(NOW, storage))
    owm.fault = "refused"
    later = ScriptedServices(NOW + timedelta(hours=1), storage)
    assert "refuse ma clé" in await ask(owm, "get_weather", later)


async def test_without_a_key(meteo: OpenMeteoServer) -> None:
    assert await ask_meteo(meteo, "get_weather") == "À Belfort, il fait 8 degrés, ressenti 5, ciel couvert."
    assert [path for path, _ in meteo.asked] == ["/v1/search", "/v1/forecast"]
    assert meteo.asked[1][1]["latitude"] == "47.64"


async def test_without_a_key_by_the_hour(meteo: OpenMeteoServer) -> None:
    def change(hour: dict[str, Any], at: datetime) -> None:
        if at.day == 7 and at.hour == 16:
            hour.update(showers=1.2, weather_code=80, precipitation_probability=70)

    meteo.sky = change
    params = {"about": "rain", "when": "demain après-midi", "location": "Lyon"}
    assert await ask_meteo(meteo, "get_forecast", **params) == (
        "Oui, de la pluie est prévue demain après-midi à Lyon, vers 16h."
    )
    assert await ask_meteo(meteo, "get_forecast", when="dans huit jours", about="rain") == (
        "Non, pas de pluie prévue mercredi 14 janvier à Belfort."
    )


@pytest.mark.parametrize("fault", ["busy", "broken", "not_json", "wrong_shape"])
async def test_faults_without_a_key(meteo: OpenMeteoServer, fault: Fault) -> None:
    meteo.fault = fault
    expected = {
        "busy": "J'ai trop interrogé le service météo, il faut attendre un peu.",
        "broken": "Le service météo ne répond pas.",
        "not_json": "Le service météo a répondu n'importe quoi.",
        "wrong_shape": "Je ne trouve pas cet endroit.",
    }
    assert await ask_meteo(meteo, "get_weather") == expected[fault]


async def test_several_days(owm: OpenWeatherMapServer) -> None:
    owm.sky = raining(15, day=10)
    assert await ask(owm, "get_forecast", when="ce week-end") == (
        "Ce week-end à Belfort, un ciel couvert, 8 degrés, avec de la pluie samedi."
    )
    assert await ask(owm, "get_forecast", days=3.0) == (
        "Du 7 au 9 janvier à Belfort, un ciel couvert, 8 degrés."
    )
