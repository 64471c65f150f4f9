"""Golden utterances of the plugins: what is said, what is understood; and what talk must not become."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hive_mind.language.moments import read_moment
from hive_mind.server.core.plugin_manifest import read_manifest
from hive_mind.understanding.grammar import Grammar
from tests.unit.server.plugins.playing import FOLDER, NAMES, NOW

UTTERANCES = Path(__file__).parents[3] / "utterances" / "fr"
OURS = {name: read_manifest(FOLDER / name).intents for name in NAMES}
GRAMMAR = Grammar.load(*(FOLDER / name / "sentences" / "fr" for name in NAMES))


def cases() -> Iterator[Any]:
    for name in NAMES:
        for case in yaml.safe_load((UTTERANCES / f"{name}.yaml").read_text("utf-8")):
            for text in case["text"] if isinstance(case["text"], list) else [case["text"]]:
                yield pytest.param(name, text, case, id=f"{name}: {text}")


@pytest.mark.parametrize(("name", "text", "case"), list(cases()))
def test_utterance(name: str, text: str, case: dict[str, Any]) -> None:
    match = GRAMMAR.match(text)
    if "intent" not in case:
        assert match is None or match.intent not in OURS[name]
        return
    assert match is not None
    assert match.intent == case["intent"]
    if "moment" in case:
        when = match.slots["when"]
        assert isinstance(when, str)
        assert read_moment(when, NOW) == read_moment(case["moment"], NOW)
    if "slots" in case:
        assert {key: value for key, value in match.slots.items() if key != "when"} == case["slots"]
