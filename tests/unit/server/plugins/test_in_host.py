"""From a sentence to an answer: grammar, host and plugins as they come, on real local services."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import caldav
import pytest

from hive_mind.server.core.plugin_host import PluginHost
from hive_mind.server.core.plugin_result import PluginResult
from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.talk import TalkState, understand
from tests.fakes.home_assistant import TOKEN, home_assistant
from tests.fakes.open_meteo import open_meteo
from tests.fakes.radicale_server import PASSWORD, USER, radicale_server
from tests.fakes.scripted_services import ScriptedServices
from tests.unit.server.plugins.playing import FOLDER, NAMES, NOW

pytestmark = pytest.mark.anyio


class Talk:
    """Somebody who talks to the house, one order at a time."""

    def __init__(self, host: PluginHost, services: ScriptedServices) -> None:
        self._host = host
        self._services = services
        self._grammar = Grammar.load(*host.grammar_folders())
        self._talk = TalkState()

    async def say(self, text: str) -> str:
        self._services.text = text
        orders, talk = understand(self._grammar, text, self._talk, NOW)
        self._talk = talk
        result: PluginResult | None = None
        for order in orders:
            assert not isinstance(order, str), f"not understood: {order}"
            result = await self._host.execute(order.intent, order.slots, self._services.request())
            if result.ask is not None:
                self._talk = self._talk.asks(order, result.ask.slot, NOW)
        assert result is not None
        assert result.speech is not None
        return result.speech


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with radicale_server(tmp_path_factory.mktemp("radicale")) as url:
        client = caldav.DAVClient
        with client(url, username=USER, password=PASSWORD, enable_rfc6764=False, require_tls=False) as dav:  # type: ignore[operator]
            dav.principal().make_calendar("Maison")
        yield url


@pytest.fixture
async def talk(radicale: str, tmp_path: Path) -> AsyncIterator[Talk]:
    async with open_meteo(NOW) as meteo, home_assistant() as home:
        for name in NAMES:
            _copy(FOLDER / name, tmp_path / "plugins" / name, meteo.url)
        services = ScriptedServices(NOW)
        account = {"CALDAV_URL": radicale, "CALDAV_USERNAME": USER, "CALDAV_PASSWORD": PASSWORD}
        account |= {"HOME_ASSISTANT_URL": home.url, "HOME_ASSISTANT_TOKEN": TOKEN}
        host = PluginHost(lambda _manifest, _config: services, environ=account)
        await host.start([tmp_path / "plugins"])
        try:
            assert {name: entry["state"] for name, entry in host.describe().items()} == dict.fromkeys(
                NAMES, "ready"
            )
            yield Talk(host, services)
        finally:
            await host.stop()


def _copy(folder: Path, to: Path, weather_url: str) -> None:
    """A plugin's folder elsewhere, as a household's own would be; the weather asks a local service."""
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix in (".py", ".json", ".toml", ".yaml"):
            text = path.read_text("utf-8")
            for url in ("https://api.open-meteo.com", "https://geocoding-api.open-meteo.com"):
                text = text.replace(url, weather_url)
            target = to / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")


async def test_a_conversation(talk: Talk) -> None:
    for said, answered in (
        ("Quel temps fait-il ?", "À Belfort, il fait 8 degrés, ressenti 5, ciel couvert."),
        ("Et demain ?", "Demain à Belfort, un ciel couvert, 8 degrés."),
        ("Et à Lyon ?", "Demain à Lyon, un ciel couvert, 8 degrés."),
        ("Est-ce qu'il va pleuvoir demain ?", "Non, pas de pluie prévue demain à Belfort."),
        ("Qu'est-ce que j'ai demain ?", "Demain, tu n'as rien de prévu."),
        ("Ajoute un rendez-vous chez le dentiste", "C'est pour quand ?"),
        ("Demain à 9 heures", "C'est noté : rendez-vous chez le dentiste, demain à 9 heures."),
        ("Qu'est-ce que j'ai demain ?", "Demain, tu as un rendez-vous : à 9h, rendez-vous chez le dentiste."),
        ("Déplace mon rendez-vous chez le dentiste à 11 h",
         "Rendez-vous chez le dentiste, c'est déplacé : demain à 11 heures."),
        ("Quand est mon prochain rendez-vous ?", "Rendez-vous chez le dentiste, c'est demain à 11 heures."),
        ("Ajoute du lait, des œufs et du pain à la liste de courses",
         "J'ai ajouté du lait, des œufs et du pain à la liste de courses."),
        ("Enlève le lait de la liste de courses", "J'ai enlevé lait de la liste de courses."),
        ("Qu'y a-t-il sur la liste de courses ?", "Sur la liste de courses : œufs et pain."),
        ("Rappelle-moi de sortir le four", "Quand faut-il te le rappeler ?"),
        ("Dans dix minutes", "C'est noté, rappel aujourd'hui à 14h40 : sortir le four."),
        ("Non, j'ai dit dans cinq minutes", "C'est noté, rappel aujourd'hui à 14h35 : sortir le four."),
        ("Annule-le", "J'ai annulé le rappel : sortir le four."),
        ("Allume la lumière du salon", "C'est allumé dans le salon."),
        ("Et en rouge ?", "Lumière en rouge dans le salon."),
        ("Et dans le bureau ?", "Lumière en rouge dans le bureau."),
        ("Éteins la lumière du salon et ferme les volets", "Je ferme les volets."),
    ):  # fmt: skip
        assert await talk.say(said) == answered
