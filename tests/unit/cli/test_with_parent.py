import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from hive_mind.cli.server_process import free_port
from hive_mind.cli.with_parent import WITH_PARENT

CHILD = """
import sys, threading
from hive_mind.cli.with_parent import end_with_parent
end_with_parent()
print(threading.active_count(), flush=True)
threading.Event().wait(60)
"""


def child(**more: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **more},
    )


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_it_ends_when_nobody_holds_its_input_any_more() -> None:
    with child(**{WITH_PARENT: "1"}) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"2\n"
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(20) == -signal.SIGTERM


def test_who_did_not_wish_it_is_left_alone() -> None:
    with child() as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"1\n"
        process.kill()


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_server_that_we_started_ends_with_us(tmp_path: Path) -> None:
    """Its starter is killed as hard as can be, while it starts."""
    log, port = tmp_path / "server.log", free_port()
    starter = f"""
from pathlib import Path
from hive_mind.cli.server_process import ServerProcess
server = ServerProcess("127.0.0.1", {port}, Path({str(tmp_path)!r}), Path({str(log)!r}))
print(server._child.pid, flush=True)
server._child.wait()
"""
    with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(20)
