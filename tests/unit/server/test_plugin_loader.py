"""One clear line for each fault of a plugin's folder."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from hive_mind.server.core.plugin_loader import Candidate, class_names, mark_of, prepare, scan
from hive_mind.server.core.plugin_manifest import Override, PluginFaults, read_manifest
from tests.fakes.plugin_folder import HANDLER, write_plugin


def load(folder: Path, **environ: str) -> Candidate:
    return prepare(folder, read_manifest(folder), environ)


def faults(folder: Path) -> list[str]:
    with pytest.raises(PluginFaults) as caught:
        load(folder)
    assert all("\n" not in fault for fault in caught.value.faults)
    return list(caught.value.faults)


@pytest.mark.parametrize(
    ("manifest", "line"),
    [
        ({"timout_s": 3}, "plugin.json: unknown key 'timout_s'; did you mean 'timeout_s'?"),
        ({"permissions": {"host": []}}, "plugin.json: unknown key 'permissions.host'; did you mean 'hosts'?"),
        ({"intents": []}, "plugin.json: intents: Tuple should have at least 1 item after validation, not 0"),
        ({"intents": ["lamp_on", "lamp_on"]}, "plugin.json: intent 'lamp_on' stands twice"),
        ({"confirm": ["lamp_off"]}, "plugin.json: confirm: 'lamp_off' is not among intents"),
        ({"params": {"lamp_off": {}}}, "plugin.json: params: 'lamp_off' is not among intents"),
        (
            {"params": {"lamp_on": {"type": "objekt"}}},
            "plugin.json: params.lamp_on is no JSON schema: 'objekt' is not valid under any of the "
            "given schemas",
        ),
        (
            {"params": {"lamp_on": {"type": "array"}}},
            "plugin.json: params.lamp_on: its type must be 'object'",
        ),
        ({"timeout_s": 0}, "plugin.json: timeout_s: Input should be greater than 0"),
        (
            {"config": {"key_env": 3}},
            "plugin.json: config.key_env must be the name of an environment variable",
        ),
        (
            {"config": {"key_env": "HIVE_MIND_KEY"}},
            "plugin.json: config: HIVE_MIND_KEY belongs to the server",
        ),
        (
            {"config": {"key_env": "A_KEY"}, "permissions": {"secrets": ["B_KEY"]}},
            "plugin.json: config: A_KEY is not among permissions.secrets",
        ),
        (
            {"permissions": {"optional": ["A_KEY"]}},
            "plugin.json: permissions.optional: no key of config names A_KEY",
        ),
        (
            {"dependencies": ["no_such_package>=2"]},
            "package 'no_such_package' is not installed; run: .venv/bin/pip install no_such_package",
        ),
        (
            {"intents": ["torch_on"]},
            "sentence file lamp_on.yaml: intent 'lamp_on' is not among the manifest's intents",
        ),
    ],
)
def test_a_wrong_manifest(tmp_path: Path, manifest: dict[str, Any], line: str) -> None:
    assert faults(write_plugin(tmp_path, **manifest)) == [line]


def test_a_manifest_that_is_none(tmp_path: Path) -> None:
    folder = write_plugin(tmp_path, "torch").rename(tmp_path / "lamp")
    assert faults(folder) == ["plugin.json: name is 'torch', but the folder is 'lamp'"]
    (folder / "plugin.json").write_text('{"name": "lamp",}')
    assert faults(folder)[0].startswith("plugin.json: line 1, column ")
    (folder / "plugin.json").write_text("[]")
    assert faults(folder)[0].startswith("plugin.json: file: ")
    (folder / "plugin.json").unlink()
    assert faults(folder) == ["plugin.json is missing"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "return {",
            "return }",
            "handler.py cannot be imported: SyntaxError: ",
        ),
        (
            "class LampPlugin",
            "import nothing_here\nclass LampPlugin",
            "handler.py cannot be imported: ModuleNotFound",
        ),
        (
            "class LampPlugin",
            "1 / 0\nclass LampPlugin",
            "ZeroDivisionError: division by zero (handler.py, line 5)",
        ),
        (
            "class LampPlugin",
            "raise SystemExit\nclass LampPlugin",
            "handler.py cannot be imported: SystemExit",
        ),
        ("LampPlugin", "LumpPlugin", "handler.py has no class LampPlugin"),
        ("LampPlugin(Plugin)", "LampPlugin", "handler.py: LampPlugin must inherit from Plugin"),
        ("def execute", "def run", "handler.py: LampPlugin lacks async def execute(self, intent, params)"),
        (
            "async def execute",
            "def execute",
            "LampPlugin.execute must be written async def execute(self, intent, params)",
        ),
        (
            "intent, params",
            "params",
            "LampPlugin.execute must be written async def execute(self, intent, params)",
        ),
        ("def get_prompt", "async def get_prompt", "must be written def get_prompt_context(self)"),
        ('return "La lampe s\'allume."', "return 3", "get_prompt_context must return a text"),
        (
            'return "La lampe s\'allume."',
            "return x",
            "get_prompt_context fails: NameError: name 'x' is not defined",
        ),
        (
            "async def execute",
            "def __init__(self): ...\n    async def execute",
            "handler.py: LampPlugin(config) fails: TypeError",
        ),
    ],
)
def test_a_wrong_handler(tmp_path: Path, old: str, new: str, line: str) -> None:
    before = set(sys.modules)
    (found,) = faults(write_plugin(tmp_path, handler=HANDLER.replace(old, new)))
    assert line in found
    assert not [name for name in set(sys.modules) - before if name.startswith("hive_mind_plugin")]


def test_wrong_sentences_and_replies_are_told_together(tmp_path: Path) -> None:
    folder = write_plugin(
        tmp_path, sentences="intent: lamp_on\nsentences: ['allume (la']", replies='lamp_on = "{0}"'
    )
    found = faults(folder)
    assert len(found) == 2
    assert found[0].startswith("sentence file lamp_on.yaml: ")
    assert found[1] == "replies/fr.toml: lamp_on: {0} must be a simple name"
    write_plugin(tmp_path, sentences="sentences: [allume]", replies="lamp_on = 3")
    assert faults(folder)[0] == "sentence file lamp_on.yaml: a sentence file has sentences and no intent"
    write_plugin(tmp_path, sentences="intent: lamp_on\nsentences: ['allume {couleur}']", replies="lamp_on = ")
    assert "unknown slot type {couleur}" in faults(folder)[0]


def test_a_plugin_as_the_specification_writes_it(tmp_path: Path) -> None:
    handler = "import json\nfrom core.plugin import Plugin\n" + HANDLER.split("\n", 2)[2].replace(
        "Lamp", "My_Lamp"
    )
    folder = write_plugin(
        tmp_path, "my_lamp", handler=handler, config={"api_key_env": "LAMP_KEY", "place": "salon"}
    )
    candidate = load(folder, LAMP_KEY="abc", OTHER="x")
    assert type(candidate.plugin).__name__ == "My_LampPlugin"
    assert candidate.plugin.config == {"api_key_env": "LAMP_KEY", "place": "salon", "api_key": "abc"}
    assert candidate.missing == ()
    candidate.drop()
    assert class_names("my_lamp") == ("MyLampPlugin", "My_LampPlugin")


def test_each_load_is_fresh_and_siblings_come_with_it(tmp_path: Path) -> None:
    handler = HANDLER.replace(
        "class Lamp", "from .rooms import ROOM\nfrom .deep.inner import X\nclass Lamp", 1
    )
    folder = write_plugin(tmp_path, handler=handler.replace('"La lampe s\'allume."', "ROOM + X"))
    (folder / "deep").mkdir()
    (folder / "deep" / "inner.py").write_text("X = '!'")
    (folder / "rooms.py").write_text("ROOM = 'salon'")
    before = {name for name in sys.modules if name.startswith("hive_mind_plugin")}
    first, mark = load(folder), mark_of(folder)
    (folder / "rooms.py").write_text("ROOM = 'grenier'")
    second = load(folder)
    assert (first.context, second.context) == ("salon!", "grenier!")
    assert first.plugin.get_prompt_context() == "salon!", "the old one goes on as it was"
    assert mark_of(folder) != mark
    assert prepare(folder, second.manifest, {}, second) is second, "unchanged"
    assert not list(folder.rglob("__pycache__"))
    first.drop()
    second.drop()
    assert {name for name in sys.modules if name.startswith("hive_mind_plugin")} == before


def test_optional_secrets_are_not_missed(tmp_path: Path) -> None:
    config = {"a_env": "A_KEY", "b_env": "B_KEY"}
    folder = write_plugin(
        tmp_path, config=config, permissions={"secrets": ["A_KEY", "B_KEY"], "optional": ["A_KEY"]}
    )
    candidate = load(folder)
    assert candidate.missing == ("B_KEY",)
    candidate.drop()


def test_what_the_household_sets_comes_on_top(tmp_path: Path) -> None:
    manifest = read_manifest(write_plugin(tmp_path, config={"place": "Belfort", "unit": "C"}))
    changed = Override(enabled=False, config={"place": "Lyon"}).apply(manifest)
    assert (changed.enabled, changed.config) == (False, {"place": "Lyon", "unit": "C"})
    assert Override().apply(manifest) == manifest


def test_a_scan_takes_the_last_of_a_name_and_leaves_private_folders(tmp_path: Path) -> None:
    for place in ("a", "b"):
        write_plugin(tmp_path / place)
    write_plugin(tmp_path / "a", "_hidden")
    (tmp_path / "a" / "notes").mkdir()
    (tmp_path / "a" / "settings.json").write_text(json.dumps({}))
    assert scan([tmp_path / "a", tmp_path / "b", tmp_path / "none"]) == {"lamp": tmp_path / "b" / "lamp"}
