"""The commands as a user runs them: real processes, a real server, a real Redis; no language model."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hive_mind.cli.server_process import free_port, health

SOURCES = Path(__file__).parents[2] / "src"


def environment(data: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(SOURCES),
        "HIVE_MIND_DATA": str(data),
        "HIVE_MIND_LLM_ENGINE": "none",
        "HIVE_MIND_CLIENT_SERVER": f"ws://127.0.0.1:{free_port()}/ws",
        **more,
    }


def hive(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hive_mind", *arguments],
        env=environment(data, **more),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_ask_starts_a_private_server_and_stops_it(tmp_path: Path) -> None:
    done = hive(tmp_path, "ask", "Quelle heure est-il ?", "--json")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.strip().splitlines()
    answer = json.loads(line)
    assert answer.keys() == {"turn_id", "answer", "route", "intent", "timings_ms"}
    assert (answer["route"], answer["intent"]) == ("command", "get_time")
    assert re.match(r"Il est ", answer["answer"])
    assert "private" in done.stderr
    left = subprocess.run(["ps", "ax", "-o", "command"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in left


def test_a_server_that_cannot_start_is_one_clear_line(tmp_path: Path) -> None:
    done = hive(tmp_path, "ask", "Bonjour", HIVE_MIND_CONTEXT_DAYS="never")
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "[SERVER_CRASHED]" in last
    assert "CONTEXT_DAYS" in last


@pytest.mark.models
def test_up_serves_until_ctrl_c_and_leaves_nothing_behind(tmp_path: Path, models_dir: Path) -> None:
    (tmp_path / "models").symlink_to(models_dir)
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "hive_mind", "up", "--no-client", "--port", str(port)],
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that started the tests in the background has left this signal ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as up:
        url = f"ws://127.0.0.1:{port}/ws"
        end = time.monotonic() + 120
        while time.monotonic() < end and up.poll() is None and health(url) is None:
            time.sleep(0.2)
        asked = hive(tmp_path, "ask", "On est quel jour ?", "--server", url)
        up.send_signal(signal.SIGINT)
        out, errors = up.communicate(timeout=30)
    assert up.returncode == 0, errors
    assert url in out
    assert asked.stdout.startswith("Nous sommes le ")
    assert health(url) is None
