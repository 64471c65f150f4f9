"""One `turn_id` finds a turn in the logs of both sides."""

import json
import os
import subprocess
import sys

import pytest

WRITE = """
import logging
from hive_mind.{side}.logs import set_up_logs
import structlog
set_up_logs("info", "json")
structlog.get_logger("part").info("turn", turn_id="t-1", outcome="completed")
logging.getLogger("library").warning("plain %s", "text")
"""


@pytest.mark.parametrize("side", ["server", "client"])
def test_both_sides_write_the_same_json(side: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WRITE.format(side=side)],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    lines = (ran.stdout if side == "server" else ran.stderr).decode().splitlines()
    ours, theirs = (json.loads(line) for line in lines)
    assert (ours["event"], ours["turn_id"], ours["level"]) == ("turn", "t-1", "info")
    assert ours["timestamp"].endswith("Z") and theirs["event"] == "plain text"
