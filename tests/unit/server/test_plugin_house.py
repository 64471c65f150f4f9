"""Plugins in a real house: actions, announcements, storage, settings, work that goes on by itself."""

import json
from pathlib import Path

import pytest

from hive_mind.server.core.plugin_settings import SETTINGS
from tests.fakes.plugin_folder import write_plugin
from tests.fakes.running_server import running_server
from tests.fakes.text_client import TextClient
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio

HANDLER = """
from hive_mind.server.core.plugin import Plugin


class LampPlugin(Plugin):
    async def on_load(self):
        self.services.every(0.05, self.tick)
        self.ticks = 0

    async def tick(self):
        self.ticks += 1
        if self.ticks == 2:
            raise ValueError("once")

    async def execute(self, intent, params):
        storage = self.services.storage
        count = (await storage.get("count") or 0) + 1
        await storage.put("count", count)
        if count == 1:
            done = await self.services.act("light", {"level": 3}, say="J'allume.")
            return {"success": True, "speech": f"Fait : {done['level']}."}
        heard = await self.services.announce("Dring !", kind="reminder")
        return {"success": True, "speech": f"{count}, {heard}, {self.ticks > 2}, {self.config['place']}."}

    def get_prompt_context(self):
        return ""
"""


async def test_a_plugin_acts_announces_keeps_and_is_set(tmp_path: Path) -> None:
    own = tmp_path / "own"
    write_plugin(own, handler=HANDLER, config={"place": "Belfort"})
    (own / SETTINGS).write_text(json.dumps({"lamp": {"config": {"place": "Lyon"}}}))
    async with running_server(tmp_path, plugins=own) as running:
        host = running.house.plugins.host
        await eventually(lambda: running.house.grammar.match("Allume la lampe") is not None, within=60)
        async with TextClient(running.ws, hello=False) as client:
            await client.say("Allume la lampe")
            action = await client.until("action", plugin="lamp", action="light")
            assert (action["params"], action["response_text"]) == ({"level": 3}, "J'allume.")
            fields = {"status": "success", "result": {"level": 3}}
            await client.send("action_confirm", action_id="lamp-other", **fields)
            assert (await client.until("error"))["code"] == "ACTION_UNKNOWN"
            await client.send("action_confirm", action_id=action["action_id"], **fields)
            assert (await client.until("response_chunk", is_final=True))["content"] == "Fait : 3."
        (own / SETTINGS).write_text(json.dumps({"lamp": {"enabled": False}}))
        await eventually(lambda: host.describe()["lamp"]["state"] == "disabled", 30)
    assert b"count" not in (tmp_path / "plugin-data" / "lamp.sealed").read_bytes()
    (own / SETTINGS).unlink()
    async with running_server(tmp_path, plugins=own) as running, TextClient(running.ws) as client:
        await eventually(lambda: running.house.grammar.match("Allume la lampe") is not None, within=60)
        async with TextClient(running.ws, "salon-2") as other:
            answer, _ = await client.ask("Allume la lampe")
            assert (await other.until("announce"))["text"] == "Dring !"
        assert answer.startswith("2, True, ")
        assert answer.endswith(", Belfort.")


async def test_settings_that_cannot_be_read_change_nothing(tmp_path: Path) -> None:
    own = tmp_path / "plugins"
    write_plugin(own)
    (own / SETTINGS).write_text("{")
    async with running_server(tmp_path) as running, TextClient(running.ws) as client:
        await eventually(lambda: running.house.grammar.match("Allume la lampe") is not None, within=60)
        assert (await client.ask("Allume la lampe"))[0] == "La lampe de salon est allumée."
