"""A plugin is added, broken, mended, edited and removed while ten clients ask: no turn fails."""

import asyncio
import shutil
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.fakes.plugin_folder import HANDLER, write_plugin
from tests.fakes.running_server import Running, running_server
from tests.fakes.scripted_llm import ScriptedModel
from tests.fakes.text_client import TextClient
from tests.fakes.waiting import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.waits]

QUESTIONS = ("Allume la lampe", "Quelle heure est-il ?", "Allume la lampe.", "Raconte-moi une histoire")
PATIENCE_S = 60.0
PAUSE_S = 0.1
"""Between two questions of a client: the server is to have time for the plugins as well."""
NOBODY = "Le plugin maison n'est pas encore configuré"
"""How the answer begins when the lamp is nobody's: the plugin for the home knows none yet."""


class Household:
    """Ten clients that ask all the time.

    Attributes:
        answers: how often each answer to the lamp's question was given, since `forget`.
        turns: how many ended, by outcome.
    """

    def __init__(self, running: Running) -> None:
        self.running = running
        self.answers: Counter[str] = Counter()
        self.turns: Counter[str] = Counter()
        self.errors: list[object] = []
        self._over = False

    async def live(self, clients: int) -> None:
        """Ask until `end`."""
        async with asyncio.TaskGroup() as group:
            for number in range(clients):
                group.create_task(self._ask(f"client-{number}", number))

    def end(self) -> None:
        """Let each finish its question."""
        self._over = True

    async def hears(self, answer: str) -> None:
        """Wait until the lamp's question is answered so to everybody: twenty times in a row."""
        async with asyncio.timeout(PATIENCE_S):
            while set(self.answers) != {answer}:
                self.answers.clear()
                await eventually(lambda: sum(self.answers.values()) >= 20, PATIENCE_S)
        self.answers.clear()

    async def _ask(self, client_id: str, number: int) -> None:
        async with TextClient(self.running.ws, client_id) as client:
            while not self._over:
                question = QUESTIONS[number % len(QUESTIONS)]
                number += 1
                answer, end = await client.ask(question)
                self.turns[end["outcome"]] += 1
                if question.startswith("Allume"):
                    self.answers[NOBODY if answer.startswith(NOBODY) else answer] += 1
                await asyncio.sleep(PAUSE_S)
            self.errors += [message for message in client.log if message["type"] == "error"]


async def health(running: Running) -> dict[str, object]:
    async with httpx.AsyncClient() as http:
        told = (await http.get(f"{running.address}/health")).json()["plugins"]["lamp"]
    assert isinstance(told, dict)
    return told


async def test_no_turn_fails_while_a_plugin_comes_breaks_heals_and_goes(tmp_path: Path) -> None:
    own = tmp_path / "plugins"
    async with running_server(tmp_path, ScriptedModel()) as running:
        household = Household(running)
        living = asyncio.create_task(household.live(10))
        await household.hears(NOBODY)
        write_plugin(own, version="1.0.0")
        await household.hears("La lampe de salon est allumée.")
        write_plugin(own, version="1.1.0", handler="def execute(:")
        await eventually(lambda: "faults" in running.house.plugins.host.describe()["lamp"], PATIENCE_S)
        await household.hears("La lampe de salon est allumée.")
        told = await health(running)
        assert (told["state"], told["version"]) == ("ready", "1.0.0")
        slow = HANDLER.replace(
            "        return {", "        import asyncio; await asyncio.sleep(0.3)\n        return {"
        )
        write_plugin(own, version="1.2.0", handler=slow, replies='lamp_on = "Un."\n')
        await household.hears("Un.")
        for word in ("Deux.", "Trois."):
            write_plugin(own, version="1.3.0", handler=slow, replies=f'lamp_on = "{word}"\n')
            await household.hears(word)
        assert (await health(running)).get("faults") is None
        write_plugin(own, version="1.4.0", enabled=False)
        await household.hears(NOBODY)
        write_plugin(own, version="1.5.0")
        await household.hears("La lampe de salon est allumée.")
        shutil.rmtree(own / "lamp")
        await household.hears(NOBODY)
        household.end()
        await living
        assert household.errors == []
        assert set(household.turns) == {"completed"}
        assert household.turns["completed"] > 200
        print(f"{household.turns['completed']} turns, none failed")


async def test_no_turn_fails_while_a_plugin_is_renamed_hangs_and_stumbles(tmp_path: Path) -> None:
    own = tmp_path / "plugins"
    renamed = HANDLER.replace("LampPlugin", "TorchPlugin")
    hanging = (
        f"{renamed}\n    async def on_load(self):\n        import asyncio; await asyncio.Event().wait()\n"
    )
    stumbling = renamed.replace('return "La lampe s\'allume."', "raise KeyError('nothing')")
    async with running_server(tmp_path, ScriptedModel()) as running:
        host = running.house.plugins.host
        host.start_s = 2.0
        household = Household(running)
        living = asyncio.create_task(household.live(10))

        async def refused(line: str) -> None:
            """The last edit is refused for this, and the version before it goes on."""
            await eventually(lambda: line in str(host.describe()["torch"].get("faults")), PATIENCE_S)
            await household.hears("Deux.")

        write_plugin(own, replies='lamp_on = "Un."\n')
        await household.hears("Un.")
        (own / "lamp").rename(own / "torch")
        await household.hears(NOBODY)
        assert host.describe()["torch"]["state"] == "refused", "its manifest still has the old name"
        write_plugin(own, "torch", handler=renamed, replies='lamp_on = "Deux."\n')
        await household.hears("Deux.")
        write_plugin(own, "torch", handler=f"{renamed}\n    def on_load(self:\n")
        await refused("SyntaxError")
        write_plugin(own, "torch", handler=stumbling)
        await refused("get_prompt_context fails: KeyError: 'nothing' (handler.py, line 10)")
        write_plugin(own, "torch", handler=hanging)
        await household.hears("Deux.")
        write_plugin(
            own, "other", handler=HANDLER.replace("Lamp", "Other"), intents=["other"], sentences=None
        )
        await refused("on_load took more than 2 s")
        # Plugins are looked at one after the other: this one waited for the one that hangs.
        await eventually(lambda: host.describe().get("other", {}).get("state") == "ready", PATIENCE_S)
        write_plugin(own, "torch", handler=renamed, replies='lamp_on = "Trois."\n')
        await household.hears("Trois.")
        household.end()
        await living
        assert household.errors == []
        assert set(household.turns) == {"completed"}


async def test_a_plugin_that_crashes_is_left_alone_and_the_others_go_on(tmp_path: Path) -> None:
    own = tmp_path / "plugins"
    write_plugin(
        own, handler=HANDLER.replace("        return {", "        raise KeyError('x')\n        return {")
    )
    async with running_server(tmp_path, ScriptedModel()) as running, TextClient(running.ws) as client:
        answers = [await client.ask("Allume la lampe") for _ in range(5)]
        assert [answer for answer, _ in answers] == [
            *["Le plugin lampe a eu un problème."] * 2,
            *["Le plugin lampe est temporairement indisponible."] * 3,
        ]
        assert (await health(running))["state"] == "quarantined"
        assert (await client.ask("Quelle heure est-il ?"))[1]["outcome"] == "completed"
        write_plugin(own)
        await eventually(
            lambda: running.house.plugins.host.describe()["lamp"]["state"] == "ready", PATIENCE_S
        )
        assert (await client.ask("Allume la lampe"))[0] == "La lampe de salon est allumée."


async def test_a_client_with_ears_is_told_the_sentences_at_each_change(tmp_path: Path) -> None:
    async with running_server(tmp_path, ScriptedModel()) as running:
        ears = {"capabilities": {"stt": True}}
        async with (
            TextClient(running.ws, "salon", hello=ears) as client,
            TextClient(running.ws, "texte") as deaf,
        ):
            first = await client.until("sentences")
            write_plugin(tmp_path / "plugins")
            told = await client.until("sentences", 30, plugin="lamp")
            assert told["version"] > first["version"]
            assert "allume la lampe" in told["text"]
            await deaf.ask("Quelle heure est-il ?")
            assert "sentences" not in {message["type"] for message in deaf.log}
