"""Every golden utterance: what is said, what is understood, what is answered."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from hive_mind.commands.interpret import INTENTS, due, expected, interpret
from hive_mind.commands.outcome import Outcome
from hive_mind.commands.state import CommandState
from hive_mind.language.speakable import speakable
from hive_mind.understanding.grammar import Grammar, Match

FOLDER = Path(__file__).parents[2] / "utterances" / "fr"
START = datetime(2026, 1, 6, 14, 30, tzinfo=ZoneInfo("Europe/Paris"))
GRAMMAR = Grammar.load()
OF_PLUGINS = {"calendar", "home", "lists", "reminders", "weather"}
"""Answered by plugins; `tests/unit/server/plugins` looks after them."""


def cases() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("[a-z]*.yaml")):
        if path.stem in OF_PLUGINS:
            continue
        for case in yaml.safe_load(path.read_text("utf-8")):
            texts = case["text"] if isinstance(case["text"], list) else [case["text"]]
            for text in texts:
                yield pytest.param(text, case, id=f"{path.stem}: {text}")


def hear(text: str, state: CommandState, now: datetime) -> tuple[Match | None, Outcome | None]:
    state, _ = due(state, now)
    match = GRAMMAR.match(text, expecting=expected(state, now))
    return match, interpret(match, state, now) if match else None


SERVER = yaml.safe_load((FOLDER / "_server.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "intent"), [(text, case["intent"]) for case in SERVER for text in case["text"]]
)
def test_what_the_server_answers_is_understood(text: str, intent: str) -> None:
    match = GRAMMAR.match(text)
    assert match is not None
    assert match.intent == intent
    assert intent not in INTENTS


@pytest.mark.parametrize(("text", "case"), list(cases()))
def test_utterance(text: str, case: dict[str, Any]) -> None:
    state = CommandState()
    for said in case.get("before", ()):
        _, outcome = hear(said, state, START)
        assert outcome is not None, said
        state = outcome.state
    match, outcome = hear(text, state, START + timedelta(seconds=case.get("later", 0)))
    if "reply" not in case and "intent" not in case:
        assert match is None
        return
    assert match is not None
    assert outcome is not None
    assert match.intent == case.get("intent", match.intent)
    if "slots" in case:
        assert match.slots == case["slots"]
    assert outcome.reply == case.get("reply", outcome.reply)
    assert outcome.asks == outcome.reply.endswith("?")
    if "spoken" in case:
        assert speakable(outcome.reply) == case["spoken"]
    assert CommandState.model_validate_json(outcome.state.model_dump_json()) == outcome.state
