"""A plugin on trial: time, announcements, actions, services."""

from pathlib import Path

import pytest

from hive_mind.protocol.messages import ActionConfirm
from hive_mind.server.core.plugin_manifest import PluginFaults
from hive_mind.server.core.plugin_trial import START, Announced, trial
from tests.fakes.plugin_folder import write_plugin

pytestmark = pytest.mark.anyio

HANDLER = """
from hive_mind.server.core.plugin import Plugin


class LampPlugin(Plugin):
    async def on_load(self):
        self.services.every(60, self.tick)
        self.services.every(90, self.tock)

    async def tick(self):
        await self.services.announce(f"tic {self.services.now():%H:%M:%S}", "cuisine", kind="reminder")

    async def tock(self):
        await self.services.announce(f"tac {self.services.now():%H:%M:%S}")

    async def execute(self, intent, params):
        asked = self.services.request()
        done = await self.services.act("light", {"level": 3}, say="Voilà.")
        return {"success": True, "speech": f"{asked.text}, {asked.client_id}, {done['lit']}"}

    def get_prompt_context(self):
        return ""
"""


async def test_time_passes_when_the_test_says_so(tmp_path: Path) -> None:
    async with trial(write_plugin(tmp_path, handler=HANDLER)) as plugin:
        await plugin.pass_time(200)
        assert plugin.announced == [
            Announced("tic 14:31:00", "cuisine", "reminder"),
            Announced("tac 14:31:30", None, "info"),
            Announced("tic 14:32:00", "cuisine", "reminder"),
            Announced("tic 14:33:00", "cuisine", "reminder"),
            Announced("tac 14:33:00", None, "info"),
        ]
        assert (plugin.now - START).total_seconds() == 200


async def test_it_is_asked_in_words_and_acts(tmp_path: Path) -> None:
    async with trial(write_plugin(tmp_path, handler=HANDLER)) as plugin:
        plugin.confirms = ActionConfirm(
            action_id="any", status="success", client_id="cuisine", result={"lit": "oui"}
        )
        answer = await plugin.ask("Allume la lampe")
        assert answer.speech == "Allume la lampe, cuisine, oui"
        assert plugin.acted == [("light", {"level": 3})]
        plugin.confirms = ActionConfirm(action_id="any", status="failure", client_id="cuisine")
        assert (await plugin.ask("Allume la lampe")).error == "ACTION_FAILED"
        for text in ("Quelle heure est-il ?", "Bla bla bla"):
            with pytest.raises(LookupError):
                await plugin.ask(text)


async def test_one_that_cannot_be_loaded_says_why(tmp_path: Path) -> None:
    for folder in (write_plugin(tmp_path, handler="1 / 0"), tmp_path / "nothing"):
        with pytest.raises(PluginFaults):
            async with trial(folder):
                pass
