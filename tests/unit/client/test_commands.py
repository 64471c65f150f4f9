"""The command line around the client: bad input is one clear error with its code."""

import socket
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from hive_mind.cli.main import build
from hive_mind.cli.server_process import free_port, health
from hive_mind.errors import HiveMindError
from hive_mind.speech.audio import SAMPLE_RATE, Clip
from hive_mind.speech.files import write_wav


def refusal(*arguments: str) -> HiveMindError:
    """The error that a command ends with."""
    result = CliRunner().invoke(build(arguments[0]), arguments)
    assert isinstance(result.exception, HiveMindError), result.output
    return result.exception


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIVE_MIND_DATA", str(tmp_path / "data"))


@pytest.mark.parametrize("command", ["ask", "say", "client", "up"])
def test_help_teaches_with_an_example(command: str) -> None:
    result = CliRunner().invoke(build(command), [command, "--help"], env={"COLUMNS": "100"})
    assert result.exit_code == 0
    assert "Example: ./hive" in result.output


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "AUDIO_EMPTY"), (b"not audio at all", "AUDIO_UNREADABLE"), (None, "FILE_NOT_FOUND")],
)
def test_a_file_that_is_no_recording(tmp_path: Path, content: bytes | None, code: str) -> None:
    path = tmp_path / "question.wav"
    if content is not None:
        path.write_bytes(content)
    assert refusal("say", str(path)).code == code


def test_a_recording_without_samples(tmp_path: Path) -> None:
    path = tmp_path / "question.wav"
    write_wav(path, Clip(np.zeros(0, np.float32), SAMPLE_RATE))
    assert refusal("say", str(path)).code == "AUDIO_EMPTY"


def test_an_answer_that_has_no_place(tmp_path: Path) -> None:
    path = tmp_path / "question.wav"
    write_wav(path, Clip(np.zeros(1000, np.float32), SAMPLE_RATE))
    error = refusal("say", str(path), "--out", str(tmp_path / "nowhere" / "answer.wav"))
    assert error.code == "AUDIO_UNWRITABLE"


def test_missing_models_say_what_to_run(tmp_path: Path) -> None:
    path = tmp_path / "question.wav"
    write_wav(path, Clip(np.zeros(1000, np.float32), SAMPLE_RATE))
    error = refusal("say", str(path), "--server", "ws://127.0.0.1:9")
    assert error.code == "MODEL_MISSING"
    assert "./hive models pull" in error.message


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ask", "  "), "QUESTION_EMPTY"),
        (("ask", "a" * 4001), "QUESTION_TOO_LONG"),
        (("ask", "Bonjour", "--server", "ftp://maison"), "URL_INVALID"),
        (("ask", "Bonjour", "--server", "ws://127.0.0.1:9"), "SERVER_UNREACHABLE"),
        (("client", "--server", "ftp://maison"), "URL_INVALID"),
        (("client", "--listening", "sometimes"), "CONFIG_INVALID"),
    ],
)
def test_bad_arguments(arguments: tuple[str, ...], code: str) -> None:
    assert refusal(*arguments).code == code


def test_up_says_at_once_that_its_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        error = refusal("up", "--port", str(taken.getsockname()[1]), "--no-client")
    assert error.code == "PORT_IN_USE"


def test_health_of_nothing() -> None:
    assert health(f"ws://127.0.0.1:{free_port()}/ws") is None
