import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from hive_mind.cli.main import build
from hive_mind.cli.transcribe import read_out
from hive_mind.errors import AudioError
from hive_mind.speech.audio import SAMPLE_RATE, Clip, silence
from hive_mind.speech.files import write_wav
from hive_mind.speech.stt.whisper import WhisperStt
from hive_mind.speech.vad.silero import SileroVad
from tests.unit.speech.espeak import speak


def test_help_teaches() -> None:
    shown = CliRunner().invoke(build("transcribe"), ["transcribe", "--help"])
    assert shown.exit_code == 0
    assert "./hive transcribe" in shown.output


@pytest.mark.models
def test_good_files_are_written_down_and_bad_ones_named(tmp_path: Path, models_dir: Path) -> None:
    good, quiet, text = tmp_path / "good.wav", tmp_path / "quiet.wav", tmp_path / "text.wav"
    write_wav(good, Clip(speak("Quelle est la capitale de l'Italie ?", words_per_minute=160), SAMPLE_RATE))
    write_wav(quiet, Clip(silence(2.0), SAMPLE_RATE))
    text.write_text("pas un son", encoding="utf-8")
    missing = tmp_path / "missing.wav"
    arguments = [
        "transcribe",
        "--jsonl",
        "--data",
        str(models_dir.parent),
        *map(str, (text, good, missing, quiet)),
    ]
    done = CliRunner().invoke(build("transcribe"), arguments)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["file"] for row in rows] == [str(good), str(quiet)]
    assert "Italie" in rows[0]["text"]
    assert rows[1]["text"] == ""
    assert all(isinstance(row["ms"], int) for row in rows)
    assert "[AUDIO_UNREADABLE]" in done.stderr
    assert "[FILE_NOT_FOUND]" in done.stderr
    assert done.exit_code == 1


@pytest.mark.models
def test_a_long_file_is_read_utterance_by_utterance(tmp_path: Path, models_dir: Path) -> None:
    stt = WhisperStt(models_dir / "whisper-base")
    once = speak("Quelle est la capitale de l'Italie ?", words_per_minute=160)
    path = tmp_path / "long.wav"
    write_wav(path, Clip(np.concatenate((once, silence(40.0), once, silence(20.0))), SAMPLE_RATE))
    assert read_out(path, stt, SileroVad()).count("capitale") == 2
    with pytest.raises(AudioError):
        read_out(tmp_path / "none.wav", stt, SileroVad())
    stt.close()
