"""`hive-mind health`: what a container's health check runs."""

import json
from pathlib import Path

import pytest
from anyio import to_thread
from typer.testing import CliRunner, Result

from hive_mind.cli.main import build
from hive_mind.errors import LinkError
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel

pytestmark = pytest.mark.anyio


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build("health"), ["health", *arguments])


async def test_a_server_that_answers_and_one_that_is_not_there(tmp_path: Path) -> None:
    model = ScriptedModel()
    async with running_server(tmp_path, model) as running:
        alive = await to_thread.run_sync(lambda: run("--server", running.ws, "--ready"))
        assert alive.exit_code == 0 and json.loads(alive.output)["status"] == "ready"
        model.state = "loading"
        starting = await to_thread.run_sync(lambda: run("--server", running.ws, "--ready"))
        assert starting.exit_code == 1
        assert (await to_thread.run_sync(lambda: run("--server", running.ws))).exit_code == 0
    gone = await to_thread.run_sync(lambda: run("--server", running.ws))
    assert isinstance(gone.exception, LinkError)
