"""`hive-mind understand --llm`: the last rung, up to the call and no further."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hive_mind.cli.main import build
from hive_mind.cli.understand_llm import LastRung
from hive_mind.errors import LlmError
from hive_mind.server.config import load_config
from hive_mind.understanding.grammar import Match
from tests.fakes.scripted_llm import ScriptedModel

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
YOGHURT = "des yaourts, voilà ce qui manque encore sur la liste"


def orders(tmp_path: Path, text: str, calls: dict[str, str]) -> tuple[list[Match | str], ScriptedModel]:
    model = ScriptedModel(calls=calls)
    rung = LastRung(load_config(data=tmp_path), model)
    return asyncio.run(rung.understand(text, NOW)), model


def test_the_model_may_call_a_tool_and_only_what_was_said_counts(tmp_path: Path) -> None:
    call = '{"t":"list_add","p":{"item":"des yaourts","list":"bricolage"}}'
    found, model = orders(tmp_path, YOGHURT, {YOGHURT: call})
    assert found == [Match("list_add", {"item": "des yaourts"}, confidence=0.5, rung="llm")]
    assert len(model.forms) == 1


def test_what_is_no_order_or_a_sentence_of_its_own_needs_no_model(tmp_path: Path) -> None:
    found, model = orders(tmp_path, "qui a écrit Madame Bovary ?", {})
    assert found == ["qui a écrit Madame Bovary ?"]
    found, model = orders(tmp_path, "quelle heure est-il ?", {})
    assert [order.intent for order in found if isinstance(order, Match)] == ["get_time"]
    assert model.chats == []


def test_a_call_of_nothing_is_conversation(tmp_path: Path) -> None:
    assert orders(tmp_path, YOGHURT, {YOGHURT: '{"t":"none"}'})[0] == [YOGHURT]


def test_without_a_model_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIVE_MIND_DATA", str(tmp_path))
    result = CliRunner().invoke(build("understand"), ["understand", "--llm"], input="bonjour\n")
    assert isinstance(result.exception, LlmError)
    assert "models pull" in result.exception.message
    assert result.stdout == ""
