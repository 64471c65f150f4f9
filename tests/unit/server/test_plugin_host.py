"""The host: loading, asking, replacing, failing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hive_mind.server.core.plugin_health import FIRST_REST_S
from hive_mind.server.core.plugin_host import PluginHost
from hive_mind.server.core.plugin_result import PluginResult
from hive_mind.understanding.grammar import Grammar
from tests.fakes.plugin_folder import HANDLER, REQUEST, QuietServices, write_plugin

pytestmark = pytest.mark.anyio


class Clock:
    """Seconds, moved by the test."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def host_of(
    folder: Path, clock: Clock | None = None, environ: dict[str, str] | None = None
) -> AsyncIterator[PluginHost]:
    host = PluginHost(lambda *_: QuietServices(), environ=environ or {}, clock=clock or Clock())
    await host.start([folder])
    try:
        yield host
    finally:
        await host.stop()


async def ask(host: PluginHost, **params: object) -> PluginResult:
    return await host.execute("lamp_on", params, REQUEST)


def failing(line: str) -> str:
    return HANDLER.replace("        return {", f"        {line}\n        return {{", 1)


async def test_a_folder_becomes_an_answer(tmp_path: Path) -> None:
    write_plugin(tmp_path, params={"lamp_on": {"properties": {"room": {"type": "string"}}}})
    async with host_of(tmp_path) as host:
        result = await ask(host, room="chambre", when=None)
        assert (result.success, result.plugin, result.speech) == (
            True,
            "lamp",
            "La lampe de chambre est allumée.",
        )
        assert result.receipt_id is not None
        assert result.receipt_id != (await ask(host)).receipt_id
        match = Grammar.load(*host.grammar_folders()).match("Allume la lampe !")
        assert match is not None
        assert match.intent == "lamp_on"
        assert [tool.name for tool in host.tools()] == ["lamp_on"]
        assert host.prompt_context() == "La lampe s'allume."
        assert host.intents()["lamp_on"].title == "lampe"
        assert host.describe()["lamp"]["calls"] == 2
        assert host.version == 1


async def test_wrong_parameters_never_reach_the_plugin(tmp_path: Path) -> None:
    schema = {
        "properties": {"level": {"type": "number"}, "room": {"question": "Dans quelle pièce ?"}},
        "required": ["room"],
    }
    write_plugin(tmp_path, params={"lamp_on": schema}, handler=failing("raise AssertionError"))
    async with host_of(tmp_path) as host:
        asked = await ask(host)
        assert asked.ask is not None
        assert (asked.ask.slot, asked.speech, asked.receipt_id) == ("room", "Dans quelle pièce ?", None)
        refused = await ask(host, room="salon", level="fort")
        assert (refused.error, refused.ask, refused.success) == ("PLUGIN_PARAMS", None, False)
        assert host.describe()["lamp"]["calls"] == 0


async def test_what_a_plugin_raises_becomes_a_sentence(tmp_path: Path) -> None:
    for line, error in (
        ("raise ValueError('boom')", "PLUGIN_FAILED"),
        ("raise SystemExit(3)", "PLUGIN_FAILED"),
        ("import asyncio; asyncio.current_task().cancel(); await asyncio.sleep(1)", "PLUGIN_FAILED"),
        ("return 'done'", "PLUGIN_FAILED"),
        ("return {'done': True}", "PLUGIN_FAILED"),
        ("import asyncio; await asyncio.sleep(60)", "PLUGIN_TIMEOUT"),
    ):
        write_plugin(tmp_path, handler=failing(line), timeout_s=0.01)
        async with host_of(tmp_path) as host:
            result = await ask(host)
            assert (result.error, result.success, result.receipt_id) == (error, False, None), line
            assert "Le plugin lampe" in (result.speech or ""), line


async def test_a_plugin_refuses_in_its_own_words(tmp_path: Path) -> None:
    raising = failing("from hive_mind.errors import PluginError; raise PluginError('no', code='LAMP_BROKEN')")
    telling = failing("return {'success': False, 'error': 'LAMP_BROKEN'}")
    for handler in (raising, telling):
        write_plugin(tmp_path, handler=handler, replies='LAMP_BROKEN = "L\'ampoule est grillée."\n')
        async with host_of(tmp_path) as host:
            results = [await ask(host) for _ in range(5)]
            result = results[-1]
            assert (result.speech, result.error) == ("L'ampoule est grillée.", "LAMP_BROKEN")
            assert host.describe()["lamp"]["state"] == "ready", "an honest no is no crash"


async def test_quarantine_and_a_try_after_the_rest(tmp_path: Path) -> None:
    clock = Clock()
    write_plugin(tmp_path, handler=failing(f"open({str(tmp_path / 'mended')!r}).close()"))
    async with host_of(tmp_path, clock) as host:
        assert [(await ask(host)).error for _ in range(4)] == ["PLUGIN_FAILED"] * 2 + [
            "PLUGIN_UNAVAILABLE"
        ] * 2
        assert host.describe()["lamp"]["state"] == "quarantined"
        assert host.describe()["lamp"]["calls"] == 3, "the fourth was not asked"
        assert (await ask(host)).speech == "Le plugin lampe est temporairement indisponible."
        clock.now += FIRST_REST_S
        assert (await ask(host)).error == "PLUGIN_UNAVAILABLE"
        clock.now += FIRST_REST_S
        assert host.describe()["lamp"]["calls"] == 4, "the rest has doubled"
        (tmp_path / "mended").touch()
        assert (await ask(host)).error == "PLUGIN_UNAVAILABLE"
        clock.now += FIRST_REST_S
        assert (await ask(host)).success
        assert host.describe()["lamp"]["state"] == "ready"


async def test_a_missing_secret_is_said_and_a_given_one_reaches_the_plugin(tmp_path: Path) -> None:
    handler = failing("return {'success': True, 'speech': self.config['key']}")
    write_plugin(tmp_path, handler=handler, config={"key_env": "LAMP_KEY"})
    async with host_of(tmp_path) as host:
        result = await ask(host)
        assert result.error == "PLUGIN_NEEDS_CONFIG"
        assert "LAMP_KEY" in (result.speech or "")
        assert host.describe()["lamp"]["state"] == "needs_config"
        assert host.tools() == ()
    async with host_of(tmp_path, environ={"LAMP_KEY": "abc"}) as host:
        assert (await ask(host)).speech == "abc"


async def test_a_broken_edit_keeps_the_last_good_version(tmp_path: Path) -> None:
    write_plugin(tmp_path)
    async with host_of(tmp_path) as host:
        write_plugin(tmp_path, handler="class LampPlugin(:", version="1.1.0")
        await host.refresh(["lamp"])
        assert (await ask(host)).speech == "La lampe de salon est allumée."
        told = host.describe()["lamp"]
        assert (told["state"], told["version"], host.version) == ("ready", "1.0.0", 1)
        assert "SyntaxError" in told["faults"][0]
        write_plugin(tmp_path, replies='lamp_on = "Lumière."\n', version="1.2.0")
        await host.refresh(["lamp"])
        assert (await ask(host)).speech == "Lumière."
        assert "faults" not in host.describe()["lamp"]
        assert host.version == 2


class Gated(QuietServices):
    """Services of a plugin whose calls wait until the test lets them go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()
        self.log: list[str] = []


async def test_running_calls_end_on_the_old_version_which_is_unloaded_last(tmp_path: Path) -> None:
    handler = """
from hive_mind.server.core.plugin import Plugin

class LampPlugin(Plugin):
    async def on_load(self):
        self.services.log.append("on")

    async def execute(self, intent, params):
        await self.services.go.wait()
        self.services.log.append("call")
        return {"success": True, "speech": "1"}

    async def on_unload(self):
        self.services.log.append("off")

    def get_prompt_context(self):
        return ""
"""
    made: list[Gated] = []

    def services(*_: object) -> Gated:
        made.append(Gated())
        return made[-1]

    write_plugin(tmp_path, handler=handler)
    host = PluginHost(services)
    await host.start([tmp_path])
    running = [asyncio.create_task(ask(host)) for _ in range(3)]
    await asyncio.sleep(0)
    write_plugin(tmp_path, handler=handler.replace('"1"', '"2"'))
    await host.refresh()
    old, new = made
    assert (old.log, old.rested, new.log, new.began) == (["on"], False, ["on"], True)
    new.go.set()
    assert (await ask(host)).speech == "2"
    assert [task.done() for task in running] == [False] * 3
    old.go.set()
    assert [(await task).speech for task in running] == ["1"] * 3
    await host.stop()
    assert (old.log, new.log) == (["on", "call", "call", "call", "off"], ["on", "call", "off"])
    assert old.rested


async def test_add_disable_remove(tmp_path: Path) -> None:
    changes = []
    async with host_of(tmp_path) as host:
        host.on_change = lambda: changes.append(host.version)
        assert (await ask(host)).error == "PLUGIN_UNAVAILABLE"
        folder = write_plugin(tmp_path)
        await host.refresh(["lamp"])
        assert (await ask(host)).success
        await host.refresh()
        assert changes == [1], "nothing changed since"
        write_plugin(tmp_path, enabled=False)
        await host.refresh()
        assert not (await ask(host)).success
        assert host.describe()["lamp"]["state"] == "disabled"
        write_plugin(tmp_path)
        await host.refresh()
        assert (await ask(host)).success
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        folder.rmdir()
        await host.refresh()
        assert (await ask(host)).speech == "Le plugin qui savait le faire n'est plus là."
        assert host.describe() == {}
        assert changes == [1, 2, 3, 4]


async def test_an_import_that_never_ends_is_given_up_once(tmp_path: Path) -> None:
    mark = tmp_path / "begun"
    endless = f"with open({str(mark)!r}, 'a') as file:\n    file.write('x')\n"
    endless += "import threading\nthreading.Event().wait()\n"
    write_plugin(tmp_path / "p", handler=endless + HANDLER)
    host = PluginHost(lambda *_: QuietServices(), import_s=0.3)
    await host.start([tmp_path / "p"])
    assert host.describe()["lamp"]["faults"] == ["importing it takes more than 0.3 s"]
    await host.refresh()
    assert mark.read_text() == "x", "not tried again until its files change"
    write_plugin(tmp_path / "p")
    await host.refresh()
    assert (await ask(host)).success
    await host.stop()


async def test_files_that_cannot_be_read_are_a_fault_of_one_plugin(tmp_path: Path) -> None:
    write_plugin(tmp_path)
    broken = write_plugin(tmp_path, "torch", handler=HANDLER.replace("LampPlugin", "TorchPlugin"))
    (broken / "handler.py").write_bytes(b"\xff\xfe")
    (broken / "sentences" / "fr" / "lamp_on.yaml").write_bytes(b"\xff")
    async with host_of(tmp_path) as host:
        assert (await ask(host)).success
        assert host.describe()["torch"]["state"] == "refused"


async def test_one_intent_one_owner(tmp_path: Path) -> None:
    write_plugin(tmp_path, "lamp")
    other = HANDLER.replace("LampPlugin", "TorchPlugin")
    write_plugin(tmp_path, "torch", handler=other)
    write_plugin(
        tmp_path,
        "clock",
        handler=HANDLER.replace("LampPlugin", "ClockPlugin"),
        intents=["get_time"],
        sentences=None,
    )
    async with host_of(tmp_path) as host:
        told = host.describe()
        assert told["torch"]["faults"] == ["intent 'lamp_on' is plugin lamp's"]
        assert told["clock"]["faults"] == ["intent 'get_time' is built in"]
        write_plugin(tmp_path, "lamp", enabled=False)
        await host.refresh(["lamp"])
        assert host.describe()["torch"]["state"] == "ready", "the refused one is tried again"


async def test_the_households_own_plugins_are_understood_first_and_what_lacks_a_setting_last(
    tmp_path: Path,
) -> None:
    sentence = 'intent: {}_on\nsentences: ["allume la lampe"]\n'
    for folder, name, config in (
        ("ours", "asleep", {"key_env": "ASLEEP_KEY"}),
        ("ours", "built", {}),
        ("theirs", "zebra", {}),
    ):
        handler = HANDLER.replace("LampPlugin", f"{name.title()}Plugin")
        write_plugin(
            tmp_path / folder,
            name,
            handler=handler,
            sentences=sentence.format(name),
            intents=[f"{name}_on"],
            config=config,
        )
    host = PluginHost(lambda *_: QuietServices(), environ={})
    await host.start([tmp_path / "ours", tmp_path / "theirs"])
    try:
        assert list(host.sentences()) == ["zebra", "built", "asleep"]
        match = Grammar.load(*host.grammar_folders()).match("allume la lampe")
        assert match is not None
        assert match.intent == "zebra_on"
        assert "last" in host.sentences()["asleep"]["~live.yaml"]
    finally:
        await host.stop()
