"""The real server in the test's own event loop, on a free port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hive_mind.server.config import ServerConfig
from hive_mind.server.core.house import House
from hive_mind.server.core.llm.engine import LanguageModel
from hive_mind.server.core.speech.engines import Load
from hive_mind.server.run import HiveServer, serve


@dataclass
class Running:
    """A server that runs.

    Attributes:
        address: `http://…`.
        ws: `ws://…/ws`.
    """

    address: str
    ws: str
    server: HiveServer
    house: House


@asynccontextmanager
async def running_server(
    data: Path, model: LanguageModel | None = None, load: Load | None = None, **settings: Any
) -> AsyncIterator[Running]:
    """Start a server, stop it gracefully at the end."""
    config = ServerConfig(
        **{"data": data, "port": 0, "llm_engine": "none", "plugins_wait_s": 120.0, **settings}
    )
    started: asyncio.Future[tuple[str, HiveServer]] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        serve(
            config,
            model=model,
            speech=load,
            on_start=lambda address, server: started.set_result((address, server)),
        )
    )
    waiting: set[asyncio.Future[Any]] = {task, started}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    address, server = await started
    try:
        yield Running(address, address.replace("http", "ws", 1) + "/ws", server, server.house)
    finally:
        await server.leave()
        await task
