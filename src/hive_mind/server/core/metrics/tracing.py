"""Sends turns as spans to an OpenTelemetry collector, where the household names one."""

import asyncio
from typing import Any

import httpx

from hive_mind import __version__
from hive_mind.server.core.metrics.spans import request, spans
from hive_mind.server.core.trace import TurnTrace
from hive_mind.server.logs import get_logger

MOST_WAITING = 256
"""Turns that wait to be sent; more are dropped."""

_TOGETHER = 64
_WAIT_S = 2.0
_TIMEOUT_S = 5.0


class Tracing:
    """See above. A collector that is away costs a line in the log, and the turns of that time.

    Args:
        endpoint: of OTLP over HTTP, without `/v1/traces`.
        wait_s: seconds in which turns are gathered.
    """

    def __init__(self, endpoint: str, wait_s: float = _WAIT_S) -> None:
        self._url = f"{endpoint.rstrip('/')}/v1/traces"
        self._wait_s = wait_s
        self._waiting: asyncio.Queue[list[dict[str, Any]]] = asyncio.Queue(MOST_WAITING)
        self._lost = False
        self._log = get_logger("tracing")

    def take(self, trace: TurnTrace, room: str | None) -> None:
        """A turn has ended."""
        if trace.over and not self._waiting.full():
            self._waiting.put_nowait(spans(trace, room))

    async def run(self) -> None:
        """Send what comes, until cancelled."""
        async with httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False) as http:
            while True:
                found = await self._waiting.get()
                await asyncio.sleep(self._wait_s)
                for _ in range(min(_TOGETHER, self._waiting.qsize())):
                    found += self._waiting.get_nowait()
                await self._send(http, found)

    async def _send(self, http: httpx.AsyncClient, found: list[dict[str, Any]]) -> None:
        try:
            reply = await http.post(self._url, json=request(found, __version__))
            fault = None if reply.is_success else f"HTTP {reply.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            fault = type(error).__name__
        if fault is not None and not self._lost:
            self._log.warning("traces not sent", reason=fault)
        self._lost = fault is not None
