"""A voice is never written to a disk: every write of all processes during a spoken question is watched.

Server, its Redis and the client run under strace, so that native libraries are seen too. What they write is
less than a voice takes even when it is squeezed, and no piece of it is in any file that was changed
meanwhile.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from hive_mind.cli.server_process import free_port, health
from hive_mind.speech.audio import SAMPLE_RATE, Clip, Samples, silence, to_pcm16
from hive_mind.speech.files import resample, write_wav
from hive_mind.speech.tts.factory import make_voice
from tests.fakes.thin_client import ThinClient
from tests.fakes.write_watch import HAS_STRACE, WriteWatch

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(not HAS_STRACE, reason="strace is not installed: what is written cannot be watched"),
]
SOURCES = Path(__file__).parents[2] / "src"
QUESTION = "Quelle heure est-il ?"
SQUEEZED = 500
"""Bytes a second to which no codec brings speech that can still be understood (Opus takes 750 at least)."""

PIECE = 64
"""Bytes by which a piece of voice is recognised in a file."""


@pytest.fixture(scope="module")
def data(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    (folder / "models").symlink_to(models_dir)
    return folder


@pytest.fixture(scope="module")
def question(models_dir: Path) -> Samples:
    voice = make_voice(lambda name: models_dir / name if (models_dir / name).is_dir() else None)
    spoken = np.concatenate(list(voice.synthesize(QUESTION)))
    return resample(Clip(spoken, voice.capabilities.rate), SAMPLE_RATE).samples


@pytest.fixture(scope="module")
def server(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, WriteWatch]]:
    watch = WriteWatch(tmp_path_factory.mktemp("trace") / "server.trace")
    port = free_port()
    command = [sys.executable, "-m", "hive_mind", "serve", "--port", str(port), "--data", str(data)]
    log = (data / "server.log").open("wb")
    environment = environ() | {"HIVE_MIND_LLM_ENGINE": "none", "HIVE_MIND_SPEECH": "on"}
    process = subprocess.Popen(watch.command(command), env=environment, stdout=log, stderr=log)
    url = f"ws://127.0.0.1:{port}/ws"
    try:
        deadline = time.monotonic() + 120
        while (told := health(url)) is None or told["status"] not in ("ready", "degraded"):
            assert process.poll() is None, (data / "server.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield url, watch
    finally:
        for child in psutil.Process(process.pid).children():  # strace itself heeds no signal
            child.terminate()
        process.wait(60)
        log.close()


def environ() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SOURCES)}


def changed_since(start: float, folders: Iterable[Path], but: Iterable[Path]) -> Iterator[Path]:
    """Files below folders that were changed since a moment."""
    left_out = {path.resolve() for path in but}
    for folder in folders:
        for root, names, files in os.walk(folder):
            names[:] = [n for n in names if (Path(root) / n).resolve() not in left_out]
            for name in files:
                path = Path(root) / name
                try:
                    if (
                        path.resolve() not in left_out
                        and path.is_file()
                        and path.stat().st_mtime >= start - 1
                    ):
                        yield path
                except OSError:
                    continue  # gone meanwhile


def pieces_of(samples: Samples) -> set[bytes]:
    """Loud pieces of a voice, as integers and as floats, at both rates at which it is worked on."""
    at = int(np.argmax(np.abs(samples)))
    loud = samples[max(0, at - 800) : at + 800]
    ways = (to_pcm16(loud), loud.astype("<f4").tobytes(), loud.astype("<f8").tobytes())
    return {way[len(way) // 2 : len(way) // 2 + PIECE] for way in ways}


def assert_no_voice(files: Iterable[Path], samples: Samples) -> None:
    pieces = pieces_of(samples)
    for path in files:
        try:
            data = path.read_bytes()
        except OSError:
            continue  # another program's, and gone; what ours write is watched
        assert not any(piece in data for piece in pieces), f"a piece of the voice is in {path}"


def places(data: Path) -> list[Path]:
    return [data, Path(tempfile.gettempdir()), Path.home() / ".cache", Path.cwd()]


@pytest.mark.anyio
async def test_a_streamed_question_is_written_nowhere_by_the_server(
    server: tuple[str, WriteWatch], data: Path, question: Samples, models_dir: Path, tmp_path: Path
) -> None:
    url, watch = server
    mark, start = watch.mark(), time.time()
    async with ThinClient(url) as page:
        await page.stream(np.concatenate([silence(0.4), question, silence(1.5)]), pace=True)
        await page.answered()
        assert "heure" in page.of_type("transcript")[-1]["text"]
        spoken = page.spoken()
    written = watch.since(mark)
    assert written.asynchronous == 0
    log = data / "server.log"
    seconds = len(question) / SAMPLE_RATE + len(spoken.samples) / spoken.rate
    told = written.files.pop(str(log), 0)
    assert written.total > 0, "the question itself is remembered: a watch that sees nothing is broken"
    assert written.total < SQUEEZED * seconds, written.files
    for line in log.read_text("utf-8").splitlines()[-50:]:
        assert all(len(str(value)) < 300 for value in json.loads(line).values()), line
    assert told < 20_000
    files = list(changed_since(start, places(data), [models_dir, tmp_path]))
    assert data / "redis" / "appendonly.aof" in files
    assert_no_voice(files, question)
    assert_no_voice(files, resample(spoken, SAMPLE_RATE).samples)


def test_a_spoken_question_is_written_nowhere_by_the_client(
    server: tuple[str, WriteWatch], data: Path, question: Samples, models_dir: Path, tmp_path: Path
) -> None:
    url, _ = server
    asked = tmp_path / "asked" / "question.wav"
    asked.parent.mkdir()
    write_wav(asked, Clip(np.concatenate([silence(0.4), question, silence(0.4)]), SAMPLE_RATE))
    watch = WriteWatch(tmp_path / "client.trace")
    command = [
        sys.executable,
        "-m",
        "hive_mind",
        "say",
        str(asked),
        "--server",
        url,
        "--data",
        str(data),
        "--json",
    ]
    start = time.time()
    done = subprocess.run(watch.command(command), env=environ(), capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    assert "heure" in json.loads(done.stdout.splitlines()[-1])["transcript"]
    written = watch.since(0)
    assert written.asynchronous == 0
    assert written.total < SQUEEZED * len(question) / SAMPLE_RATE + 4096, written.files
    files = [
        f for f in changed_since(start, places(data), [models_dir, asked.parent]) if f.suffix != ".trace"
    ]
    assert_no_voice(files, question)


@pytest.mark.parametrize(
    "program",
    [
        "open({path!r}, 'wb').write(b'x' * 30000)",
        "import mmap; f = open({path!r}, 'w+b'); f.truncate(30000); "
        "mmap.mmap(f.fileno(), 30000)[:] = b'x' * 30000",
        "import subprocess; subprocess.run(['cp', '/bin/true', {path!r}])",
        "import threading; t = threading.Thread(target=lambda: open({path!r}, 'wb').write(b'x' * 30000)); "
        "t.start(); t.join()",
    ],
)
def test_the_watch_sees_what_is_written(tmp_path: Path, program: str) -> None:
    watch = WriteWatch(tmp_path / "trace")
    path = tmp_path / "voice.raw"
    subprocess.run(watch.command([sys.executable, "-c", program.format(path=str(path))]), check=True)
    assert watch.since(0).files[str(path)] >= 20_000
