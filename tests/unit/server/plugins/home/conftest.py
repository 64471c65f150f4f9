"""A house, asked in French: its Home Assistant is a real server."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from hive_mind.server.core.plugin_host import PluginHost
from hive_mind.server.core.plugin_manifest import Override
from hive_mind.understanding.grammar import Grammar
from hive_mind.understanding.talk import TalkState, understand
from tests.fakes.home_assistant import TOKEN, HomeAssistantServer, home_assistant
from tests.fakes.scripted_services import ScriptedServices
from tests.unit.server.plugins.playing import FOLDER, NOW


@dataclass
class House:
    """Somebody who talks to it.

    Attributes:
        server: Home Assistant.
        services: of the plugin.
        host: with that plugin alone.
    """

    server: HomeAssistantServer
    services: ScriptedServices
    host: PluginHost
    talk: TalkState = field(default_factory=TalkState)
    grammar: Grammar | None = None
    version: int = 0

    async def say(self, text: str) -> str:
        """Say something, as a person does; the answer."""
        if self.grammar is None or self.version != self.host.version:
            self.grammar = Grammar.load(*self.host.grammar_folders())
            self.version = self.host.version
        orders, self.talk = understand(self.grammar, text, self.talk, NOW)
        speech = ""
        for order in orders:
            assert not isinstance(order, str), f"not understood: {order}"
            result = await self.host.execute(order.intent, order.slots, self.services.request())
            if result.ask is not None:
                self.talk = self.talk.asks(order, result.ask.slot, NOW)
            speech = result.speech or ""
            assert result.success == (result.receipt_id is not None)
        return speech

    async def order(self, intent: str, **params: object) -> tuple[bool, str | None, str]:
        """Whether an order was carried out, the code of the failure, and what is said."""
        result = await self.host.execute(intent, params, self.services.request())
        return result.success, result.error, result.speech or ""


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with home_assistant() as server:
        services = ScriptedServices(NOW)
        services.patience_s = 0.3
        environ = {"HOME_ASSISTANT_TOKEN": TOKEN, "HOME_ASSISTANT_URL": server.url}
        override = {"home": Override(config={"settle_s": 0.01})}
        host = PluginHost(lambda *_: services, environ=environ, overrides=lambda: override)
        await host.start([FOLDER], only={"home"})
        try:
            assert host.describe()["home"]["state"] == "ready", host.describe()["home"]
            yield House(server, services, host)
        finally:
            await host.stop()
