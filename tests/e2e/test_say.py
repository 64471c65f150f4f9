"""A spoken question, a spoken answer: real models, a real server, real time."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hive_mind.cli.server_process import ServerProcess, free_port
from hive_mind.language.speakable import speakable
from hive_mind.speech.audio import Clip, silence
from hive_mind.speech.files import read_audio, write_wav
from hive_mind.speech.stt.factory import make_stt
from hive_mind.speech.tts.factory import make_voice
from tests.fakes.word_errors import word_error_rate

pytestmark = pytest.mark.models

SOURCES = Path(__file__).parents[2] / "src"
LOGGING = {"HIVE_MIND_CLIENT_LOG_LEVEL": "info", "HIVE_MIND_CLIENT_LOG_FORMAT": "json"}


@pytest.fixture(scope="module")
def data(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    (folder / "models").symlink_to(models_dir)
    return folder


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[str]:
    os.environ["HIVE_MIND_LLM_MODEL"] = "qwen2.5-coder-0.5b"
    process = ServerProcess("127.0.0.1", free_port(), data, data / "server.log")
    try:
        asyncio.run(process.ready())
        yield process.url
    finally:
        asyncio.run(process.stop())
        del os.environ["HIVE_MIND_LLM_MODEL"]


def recorded(models_dir: Path, text: str, path: Path) -> Path:
    """A question as somebody would say it, with a little silence around it."""
    voice = make_voice(lambda name: models_dir / name if (models_dir / name).is_dir() else None)
    rate = voice.capabilities.rate
    write_wav(path, Clip(np.concatenate([silence(0.5, rate), *voice.synthesize(speakable(text))]), rate))
    return path


def converse(data: Path, questions: list[Path], out: Path, *arguments: str) -> list[dict[str, object]]:
    files = map(str, questions)
    done = subprocess.run(
        [sys.executable, "-m", "hive_mind", "say", *files, "--json", "--out", str(out), *arguments],
        env={**os.environ, "PYTHONPATH": str(SOURCES), "HIVE_MIND_DATA": str(data), **LOGGING},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    out.with_suffix(".log").write_text(done.stderr, encoding="utf-8")
    return [dict(json.loads(line)) for line in done.stdout.splitlines()]


def turns_in(log: Path) -> dict[str, dict[str, object]]:
    """What a log tells of turns, by their names."""
    lines = [line for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
    return {told["turn_id"]: told for told in map(json.loads, lines) if told["event"] == "turn"}


def test_what_is_said_is_what_is_written(data: Path, server: str, models_dir: Path, tmp_path: Path) -> None:
    expected = [
        ("On est quel jour ?", "command", "get_date"),
        ("Lance un chrono.", "command", "start_stopwatch"),
        ("Quelle est la capitale de l'Italie ?", "llm", "conversation"),
    ]
    asked = [recorded(models_dir, text, tmp_path / f"{i}.wav") for i, (text, *_) in enumerate(expected)]
    answers = tmp_path / "answers.wav"
    records = converse(data, asked, answers, "--server", server)
    for record, (_, route, intent) in zip(records, expected, strict=True):
        assert record["transcript"]
        assert (record["route"], record["intent"], record["outcome"]) == (route, intent, "completed")
        timings = record["timings_ms"]
        assert isinstance(timings, dict)
        wanted = {"endpoint", "stt", "understanding", "tts_first_audio", "question_end_to_first_audio"}
        assert wanted | ({"llm_first_token"} if route == "llm" else set()) <= timings.keys()
    written = " ".join(str(record["answer"]) for record in records)
    heard = make_stt(models_dir / "whisper-base").transcribe(read_audio(answers).samples).text
    assert word_error_rate(written, heard) <= 0.2, (written, heard)
    # One name finds a turn in the logs of both sides, and neither tells a word of it.
    ours, theirs = turns_in(answers.with_suffix(".log")), turns_in(data / "server.log")
    assert ours.keys() == {str(record["turn_id"]) for record in records}
    talked = str(records[-1]["turn_id"])
    assert ours[talked]["route"] == theirs[talked]["route"] == "llm"
    assert "capitale" not in answers.with_suffix(".log").read_text(encoding="utf-8")
    assert "capitale" not in (data / "server.log").read_text(encoding="utf-8")


def test_without_a_server_noise_is_answered_and_recordings_are_one_conversation(
    data: Path, models_dir: Path, tmp_path: Path
) -> None:
    random = np.random.default_rng(1)
    noise = tmp_path / "noise.wav"
    write_wav(noise, Clip((0.05 * random.standard_normal(5 * 16000)).astype(np.float32), 16000))
    texts = ("Mets un minuteur de cinq minutes.", "Non, j'ai dit quinze minutes.")
    asked = [recorded(models_dir, text, tmp_path / f"{i}.wav") for i, text in enumerate(texts)]
    answers = tmp_path / "answers.wav"
    silent, first, second = converse(data, [noise, *asked], answers, "--server", "ws://127.0.0.1:9")
    assert (silent["route"], silent["intent"], silent["transcript"]) == ("none", "no_speech", "")
    assert [record["intent"] for record in (first, second)] == ["start_timer", "start_timer"]
    assert "15" in str(second["answer"])
    heard = make_stt(models_dir / "whisper-base").transcribe(read_audio(answers).samples).text
    written = " ".join(str(record["answer"]) for record in (silent, first, second))
    assert word_error_rate(written, heard) <= 0.2, (written, heard)
