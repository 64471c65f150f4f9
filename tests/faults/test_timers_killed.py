"""A client killed with `kill -9` while timers run: after the restart each rings, on time or at once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ON_TIME_S = 1.0


@contextmanager
def client(folder: Path, *orders: str) -> Iterator[subprocess.Popen[str]]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.client_process", str(folder), *orders],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def lines(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        yield line.strip()


@pytest.mark.waits
def test_three_timers_outlive_kill_9(tmp_path: Path) -> None:
    orders = ("minuteur pâtes 2 secondes", "minuteur four 7 secondes", "mets un minuteur de 9 secondes")
    with client(tmp_path, *orders) as process:
        assert next(line for line in lines(process) if line == "ready")
        set_at = time.time()
        process.send_signal(signal.SIGKILL)
    time.sleep(2.5)
    rung: dict[str, float] = {}
    with client(tmp_path) as process:
        started = 0.0
        for line in lines(process):
            if line == "ready":
                started = time.time()
                continue
            _, at, what = line.split(" ", 2)
            for name in ("pâtes", "four", "9 secondes"):
                if name in what:
                    rung.setdefault(name, float(at))
            if len(rung) == 3:
                break
    print(f"overdue: rang {rung['pâtes'] - started:.3f} s after the restart")
    assert rung["pâtes"] - started < ON_TIME_S, "overdue: at once"
    for name, lasts in (("four", 7), ("9 secondes", 9)):
        # The orders were given one after the other, all just before `set_at`.
        expected = max(set_at + lasts, started)
        print(f"{name}: rang {rung[name] - expected:+.3f} s from its time")
        assert abs(rung[name] - expected) <= ON_TIME_S, (name, rung[name] - expected)
