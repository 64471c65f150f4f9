"""A server is killed after a plugin has acted and before it has answered: the next one does not act again."""

from pathlib import Path

import pytest

from tests.fakes.plugin_folder import write_plugin
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.server_process import server_process
from tests.fakes.text_client import TextClient
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.anyio

HANDLER = """
import asyncio
from pathlib import Path
from hive_mind.server.core.plugin import Plugin


class VoletPlugin(Plugin):
    async def execute(self, intent, params):
        with Path("{done}").open("a") as file:
            file.write("fait\\n")
        await asyncio.sleep(25)
        return {{"success": True}}

    def get_prompt_context(self):
        return ""
"""


async def test_a_plugin_acts_once_though_its_server_died_before_it_could_tell(tmp_path: Path) -> None:
    done = tmp_path / "done.txt"
    data = tmp_path / "data"
    write_plugin(
        data / "plugins",
        "volet",
        handler=HANDLER.format(done=done),
        sentences='intent: volet_go\nsentences:\n  - "essaie le volet"\n',
        replies='volet_go = "Le volet bouge."\n',
        intents=["volet_go"],
        timeout_s=30,
    )
    async with (
        server_process(data, HIVE_MIND_PLUGINS_WAIT_S="120") as (process, url),
        TextClient(url) as client,
    ):
        await client.say("Essaie le volet", utterance_id="u-1")
        await eventually(lambda: done.exists() and done.read_text() == "fait\n", within=60)
        process.kill()
        await process.wait()
    async with running_server(data, ScriptedModel()) as running, TextClient(running.ws) as client:
        answer, end = await client.ask("Essaie le volet", utterance_id="u-1")
        stored = [e for e in await running.house.context.between(None, None) if e.role == "user"]
    assert done.read_text() == "fait\n"
    assert answer.startswith("Je l'avais commencé") and end["outcome"] == "completed"
    assert [entry.text for entry in stored] == ["Essaie le volet"]
