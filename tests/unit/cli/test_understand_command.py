"""`hive-mind understand`: one line in, one line out, nothing done."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hive_mind.cli.main import build


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIVE_MIND_DATA", str(tmp_path))


def answers(lines: list[str], *options: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(build("understand"), ["understand", *options], input="\n".join(lines) + "\n")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_line_is_answered_with_its_id() -> None:
    rows = answers(
        [
            '{"id": "a", "text": "mets un minuteur d\'un quart d\'heure"}',
            '{"id": 2, "text": "Qui a inventé le minuteur ?"}',
            '{"id": "c", "text": "supprime tous les minuteurs"}',
            '{"id": "d", "text": ""}',
        ],
        "--jsonl",
    )
    assert rows[0] == {
        "id": "a",
        "intent": "start_timer",
        "slots": {"duration_s": 900.0},
        "rung": "exact",
        "confidence": 1.0,
    }
    assert [(row["id"], row["intent"]) for row in rows[1:]] == [
        (2, "conversation"),
        ("c", "cancel_timer"),
        ("d", "conversation"),
    ]


def test_a_malformed_line_does_not_stop_the_others() -> None:
    rows = answers(["{", "[1]", '{"id": 3}', '{"id": 4, "text": "plus fort"}'], "--jsonl")
    assert [row.get("error") for row in rows] == [
        "not JSON",
        "not a JSON object",
        '"text" is missing or no string',
        None,
    ]
    assert rows[3]["intent"] == "set_volume"


def test_plain_sentences_several_orders_and_plugins_of_the_house(tmp_path: Path) -> None:
    folder = tmp_path / "plugins" / "lamp" / "sentences" / "fr"
    folder.mkdir(parents=True)
    (folder / "lamp_on.yaml").write_text("intent: lamp_on\nsentences: ['allume la lampe']\n", "utf-8")
    (row,) = answers(["donne-moi l'heure et allume la lampe"])
    assert row["intent"] == "get_time"
    assert [other["intent"] for other in row["also"]] == ["lamp_on"]
