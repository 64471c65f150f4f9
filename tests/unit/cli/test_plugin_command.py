"""`hive-mind plugin` as an author meets it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from hive_mind.cli.main import build
from hive_mind.cli.part_checks import check_plugins
from hive_mind.cli.plugin_check import check
from hive_mind.cli.plugin_new import TEMPLATE, write_plugin
from hive_mind.errors import HiveMindError
from hive_mind.server.core.plugin_settings import read_settings


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build("plugin"), ["plugin", *arguments])


def rows(own: Path) -> dict[str, dict[str, Any]]:
    listed = run("list", "--json", "--data", str(own.parent))
    return {row["plugin"]: row for row in map(json.loads, listed.output.splitlines())}


def test_a_new_plugin_passes_every_check(tmp_path: Path) -> None:
    written = run("new", "ma_lampe2", "--dir", str(tmp_path))
    assert written.exit_code == 0
    assert f"HIVE_MIND_PLUGINS={tmp_path}" in written.output
    assert "Dis bonjour avec ma lampe" in run("new", "ma_lampe2", "--data", str(tmp_path / "data")).output
    found = {f.check: (f.level, f.found) for f in check(tmp_path / "ma_lampe2", {})}
    assert {level for level, _ in found.values()} == {"ok"}, found
    assert found["examples"][1] == "5 of 5"
    assert "1 passed" in found["tests"][1]
    assert not list(tmp_path.rglob("__pycache__"))
    left = [
        p for p in (tmp_path / "ma_lampe2").rglob("*") if p.is_file() and "template" in p.read_text().lower()
    ]
    assert [p.name for p in left] == [], "nothing of the template's name is left"


@pytest.mark.parametrize("name", ["Lampe", "2lampe", "ma-lampe", "lampé", "", "x" * 35, "../lampe"])
def test_a_name_that_is_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(HiveMindError):
        write_plugin(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = write_plugin("lampe", tmp_path)
    (folder / "handler.py").write_text("mine")
    with pytest.raises(HiveMindError) as caught:
        write_plugin("lampe", tmp_path)
    assert caught.value.code == "PLUGIN_EXISTS"
    assert (folder / "handler.py").read_text() == "mine"


def test_check_tells_each_fault_and_fails(tmp_path: Path) -> None:
    folder = write_plugin("lampe", tmp_path)
    manifest = json.loads((folder / "plugin.json").read_text("utf-8"))
    (folder / "plugin.json").write_text(json.dumps(manifest | {"timeout": 3}), "utf-8")
    told = run("check", str(folder))
    assert told.exit_code == 1
    assert "unknown key 'timeout'; did you mean 'timeout_s'?" in told.output
    taken = manifest | {"intents": [*manifest["intents"], "get_time"]}
    (folder / "plugin.json").write_text(json.dumps(taken), "utf-8")
    assert [f.found for f in check(folder, {})] == ["intent 'get_time' is built in"]


def test_check_tells_wrong_examples(tmp_path: Path) -> None:
    folder = write_plugin("lampe", tmp_path)
    examples = """
- {text: "Dis bonjour avec lampe", intent: lampe_greet, reply: "Salut !"}
- {text: "Dis bonjour à Julie avec lampe", slots: {who: "Paul"}, intent: lampe_greet}
- {text: "Bonsoir lampe", intent: lampe_greet}
- {text: "Dis bonjour avec lampe"}
"""
    (folder / "tests" / "utterances.yaml").write_text(examples, "utf-8")
    wrong = [f.found for f in check(folder, {}) if f.level == "error"]
    assert len(wrong) == 4
    assert "the reply is 'Bonjour à tous !', expected 'Salut !'" in wrong[0]
    assert "slots are {'who': 'Julie'}" in wrong[1]
    assert "understood as nothing" in wrong[2]
    assert "expected to be nobody's" in wrong[3]
    (folder / "tests" / "utterances.yaml").write_text("- text: [", "utf-8")
    assert [f.check for f in check(folder, {}) if f.level == "error"] == ["examples"]


def test_check_tells_a_failing_test(tmp_path: Path) -> None:
    folder = write_plugin("lampe", tmp_path)
    (folder / "tests" / "test_lampe.py").write_text("def test_it() -> None:\n    assert 1 == 2\n")
    (finding,) = [f for f in check(folder, {}) if f.check == "tests"]
    assert finding.level == "error"
    assert "test_it" in finding.found


def test_list_enable_and_disable(tmp_path: Path) -> None:
    own = tmp_path / "plugins"
    write_plugin("lampe", own)
    (write_plugin("torche", own) / "plugin.json").write_text("{")
    shown = rows(own)
    assert (shown["lampe"]["state"], shown["lampe"]["from"]) == ("enabled", "yours")
    assert shown["torche"]["state"] == "refused"
    assert run("disable", "lampe", "--data", str(tmp_path)).exit_code == 0
    assert rows(own)["lampe"]["state"] == "disabled"
    assert read_settings(own)["lampe"].enabled is False
    assert run("enable", "lampe", "--data", str(tmp_path)).exit_code == 0
    assert rows(own)["lampe"]["state"] == "enabled"
    unknown = run("disable", "radio", "--data", str(tmp_path))
    assert isinstance(unknown.exception, HiveMindError)
    assert unknown.exception.code == "PLUGIN_UNKNOWN"
    assert TEMPLATE.name not in shown
    assert "lampe" in run("list", "--data", str(tmp_path)).output


def test_the_doctor_tells_what_plugins_lack() -> None:
    found = list(
        check_plugins(
            [
                {"plugin": "lists", "state": "enabled"},
                {"plugin": "radio", "state": "needs_config", "missing": ["RADIO_KEY"]},
                {
                    "plugin": "torche",
                    "state": "refused",
                    "faults": ["handler.py is missing"],
                    "folder": "x/torche",
                },
            ]
        )
    )
    assert [(f.check, f.level) for f in found] == [
        ("plugin: radio", "warning"),
        ("plugin: torche", "warning"),
        ("plugins", "ok"),
    ]
    assert "RADIO_KEY" in found[0].found
    assert "x/torche" in found[1].advice
    assert [f.level for f in check_plugins([])] == ["ok"]
