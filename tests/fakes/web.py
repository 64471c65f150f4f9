"""Web applications on a real local socket, in the test's own event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

Fault: TypeAlias = Literal["refused", "unknown", "busy", "broken", "not_json", "wrong_shape", "silent"]
"""What goes wrong: 401, 404, 429, 500, a body that is no JSON, JSON of another shape, no answer at all."""

_STATUS = {"refused": 401, "unknown": 404, "busy": 429, "broken": 500}


@dataclass
class Moods:
    """How a fake service answers.

    Attributes:
        fault: what goes wrong with every request; None: nothing.
        asked: path and query of each request, in order.
    """

    fault: Fault | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    async def faulty(self, request: Request) -> Response | None:
        """Note a request; the faulty answer to it, if there is to be one."""
        self.asked.append((request.url.path, dict(request.query_params)))
        if self.fault is None:
            return None
        if self.fault == "silent":
            await asyncio.sleep(3600)
        if self.fault == "not_json":
            return PlainTextResponse("<html>maintenance</html>")
        if self.fault == "wrong_shape":
            return JSONResponse({"unexpected": True})
        return JSONResponse({"cod": 0, "message": self.fault}, status_code=_STATUS[self.fault])


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """Serve an application; its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=0)
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        server.force_exit = True
        await server.shutdown(sockets=[listener])
