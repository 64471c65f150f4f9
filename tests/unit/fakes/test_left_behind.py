import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

RUN = """
import asyncio, sys
from pathlib import Path
from hive_mind.server.core.redis_server import EmbeddedRedis
from tests.fakes.left_behind import nothing_left_behind

folder = Path(sys.argv[1])
with nothing_left_behind(folder):
    asyncio.run(EmbeddedRedis(folder / "house").start())
    print("pid", (folder / "house" / "redis" / "redis.pid").read_text(), flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="what a process has open is looked up in /proc")
@pytest.mark.parametrize("killed", [True, False])
def test_a_redis_ends_with_the_run_that_started_it(tmp_path: Path, killed: bool) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        assert run.stdin is not None and run.stdout is not None
        told = next(line for line in run.stdout if line.startswith(b"pid "))
        redis = psutil.Process(int(told.removeprefix(b"pid ")))
        assert "redis-server" in redis.name()
        if killed:
            run.kill()
        else:
            run.stdin.close()
    with suppress(psutil.NoSuchProcess):
        redis.wait(20)
