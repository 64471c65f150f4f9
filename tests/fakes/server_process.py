"""`hive-mind serve` in a process of its own, which ends with this one even if that is killed."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hive_mind.cli.with_parent import WITH_PARENT


@asynccontextmanager
async def server_process(
    data: Path, port: int = 0, **environment: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Start it; the process and the address of its WebSocket. It is killed at the end, if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "hive_mind", "serve", "--port", str(port), "--data", str(data)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(sys.path), "HIVE_MIND_LLM_ENGINE": "none", WITH_PARENT: "1"}
        | environment,
    )
    assert process.stdout is not None
    address = ""
    try:
        async with asyncio.timeout(60):
            while line := await process.stdout.readline():
                event = json.loads(line)
                if event["event"] == "listening":
                    address = event["websocket"]
                    break
        reading = asyncio.create_task(_drain(process.stdout))
        yield process, address
        reading.cancel()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.readline():
        pass
