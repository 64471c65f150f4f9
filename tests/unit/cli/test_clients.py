"""`hive-mind clients`, against a real server."""

import asyncio
from pathlib import Path

import pytest

from hive_mind.cli.clients import refuse
from hive_mind.errors import AccessError
from tests.fakes.running_server import running_server
from tests.fakes.scripted_llm import ScriptedModel

pytestmark = pytest.mark.anyio


async def test_whom_nobody_waits_for_is_told(tmp_path: Path) -> None:
    async with running_server(tmp_path, ScriptedModel()) as running:
        with pytest.raises(AccessError, match="waits to be let in") as told:
            await asyncio.to_thread(refuse, "nobody", server=running.ws, data=tmp_path)
    assert told.value.code == "REQUEST_UNKNOWN"
