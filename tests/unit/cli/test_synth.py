"""`hive-mind synth`, with the voice that needs no model."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from hive_mind.cli import synth
from hive_mind.errors import HiveMindError
from hive_mind.speech.files import read_audio


def run(*arguments: str) -> tuple[int, str, BaseException | None]:
    app = typer.Typer()
    synth.register(app)
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output, result.exception


def test_writes_speech(tmp_path: Path) -> None:
    out = tmp_path / "heure.wav"
    code, output, _ = run("Il est 14 h 30. Bonne journée !", "--out", str(out), "--voice", "espeak:fr")
    assert code == 0
    assert "espeak:fr" in output
    assert 1.0 < read_audio(out).seconds < 6.0


def test_lists_the_voices(tmp_path: Path) -> None:
    code, output, _ = run("--list", "--data", str(tmp_path))
    assert code == 0
    assert "espeak:fr\tfr" in output


def test_wants_a_text_and_a_file(tmp_path: Path) -> None:
    assert run("Bonjour.")[0] == 2
    assert run("--out", str(tmp_path / "a.wav"))[0] == 2


@pytest.mark.parametrize(
    ("text", "voice", "code"), [("Bonjour.", "nope", "VOICE_UNKNOWN"), ("...", "espeak:fr", "NOTHING_TO_SAY")]
)
def test_errors_have_codes_and_leave_no_file(tmp_path: Path, text: str, voice: str, code: str) -> None:
    out = tmp_path / "a.wav"
    _, _, error = run(text, "--out", str(out), "--voice", voice)
    assert isinstance(error, HiveMindError)
    assert error.code == code
    assert not out.exists()
