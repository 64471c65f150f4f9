"""Ends what a run of tests leaves behind, however the run ends.

A Redis outlives its server when that is killed, as it should. Here nobody comes to take it over.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WATCH = """
import os, pathlib, signal, sys
sys.stdin.buffer.read()  # until nobody holds the other end
for file in pathlib.Path(sys.argv[1]).rglob("redis/redis.pid"):
    try:
        pid = int(file.read_text())
        if os.path.samefile(f"/proc/{pid}/cwd", file.parent):
            os.kill(pid, signal.SIGTERM)
    except (OSError, ValueError):
        pass
"""


@contextmanager
def nothing_left_behind(folder: Path) -> Iterator[None]:
    """End every Redis of a data folder below this one, also when this process is killed."""
    with subprocess.Popen(
        [sys.executable, "-S", "-E", "-c", WATCH, str(folder)], stdin=subprocess.PIPE, start_new_session=True
    ):
        yield
