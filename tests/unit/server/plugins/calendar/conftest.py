"""A house with a calendar."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import caldav
import pytest

from hive_mind.server.plugins.calendar.handler import CalendarPlugin
from tests.fakes.radicale_server import PASSWORD, USER, radicale_server
from tests.fakes.scripted_services import ScriptedServices
from tests.unit.server.plugins.playing import NOW, playing, said

DAVClient: Any = caldav.DAVClient


class House:
    """Somebody who talks to the calendar."""

    def __init__(self, plugin: CalendarPlugin, services: ScriptedServices) -> None:
        self.plugin = plugin
        self.services = services

    async def ask(self, intent: str, text: str = "", **params: Any) -> dict[str, Any]:
        self.services.text = text
        return await self.plugin.execute(intent, params)

    async def told(self, intent: str, text: str = "", **params: Any) -> str:
        return said("calendar", await self.ask(intent, text, **params))


@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[str]:
    with radicale_server(tmp_path / "radicale") as url:
        with DAVClient(
            url, username=USER, password=PASSWORD, enable_rfc6764=False, require_tls=False
        ) as client:
            client.principal().make_calendar("Maison")
        yield url


@pytest.fixture
async def house(radicale: str) -> AsyncIterator[House]:
    services = ScriptedServices(NOW)
    account = {"caldav_url": radicale, "caldav_username": USER, "caldav_password": PASSWORD}
    async with playing(CalendarPlugin, "calendar", services, **account) as plugin:
        yield House(plugin, services)
