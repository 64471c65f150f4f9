"""What all plugins of ours have in common."""

import re

import pytest

from hive_mind.server.core.plugin_loader import prepare
from hive_mind.server.core.plugin_manifest import read_manifest
from hive_mind.server.core.plugin_replies import Replies
from hive_mind.server.core.plugin_sentences import faults, read_texts
from tests.unit.server.plugins.playing import FOLDER, NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_is_valid(name: str) -> None:
    manifest = read_manifest(FOLDER / name)
    assert manifest.title
    assert set(manifest.params) == set(manifest.intents)
    texts = read_texts(FOLDER / name, manifest)
    assert not list(faults(name, texts, manifest.intents))
    spoken = {
        line.split(": ")[1] for text in texts.values() for line in text.splitlines() if line[:8] == "intent: "
    }
    assert spoken == set(manifest.intents)


@pytest.mark.parametrize("name", NAMES)
def test_it_loads_without_any_setting(name: str) -> None:
    candidate = prepare(FOLDER / name, read_manifest(FOLDER / name), {}, None)
    assert candidate.missing == (("HOME_ASSISTANT_TOKEN",) if name == "home" else ())
    assert candidate.context
    candidate.drop()


@pytest.mark.parametrize("name", NAMES)
def test_every_failure_has_its_sentence(name: str) -> None:
    codes = {
        code
        for path in (FOLDER / name).glob("*.py")
        for code in re.findall(r'Failure\(\s*"([A-Z_]+)"', path.read_text("utf-8"))
    }
    assert codes
    replies = Replies.read(FOLDER / name)
    assert not sorted(code for code in codes if code not in replies)
