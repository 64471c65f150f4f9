"""Servers as seen from the command line: is one running, and starting one as a child."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import typer

from hive_mind.cli.with_parent import WITH_PARENT
from hive_mind.client.core.websocket import server_url
from hive_mind.errors import LinkError

READY_TIMEOUT_S = 120.0
MOST_LOG_BYTES = 5_000_000
"""A longer log is put aside at the next start, in place of the one before it."""

_POLL_S = 0.1
_STOP_S = 8.0


def health(url: str, timeout_s: float = 1.0) -> dict[str, object] | None:
    """What `/health` beside a WebSocket address says; None when nothing of ours answers. Blocking."""
    parts = urlsplit(url)
    address = f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}/health"
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(address, timeout=timeout_s) as answer:
            said = json.load(answer)
    except urllib.error.HTTPError as error:  # alive and not ready
        try:
            said = json.load(error)
        except ValueError:
            return None
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


class ServerProcess:
    """`hive-mind serve` as a child of ours, which ends with us even if we are killed.

    Args:
        host: address to listen on.
        port: TCP port.
        data: data folder; None for the usual one.
        log: where its log goes; None throws it away.
    """

    def __init__(self, host: str, port: int, data: Path | None = None, log: Path | None = None) -> None:
        self.url = server_url(f"ws://{'127.0.0.1' if host in ('0.0.0.0', '') else host}:{port}/ws")  # noqa: S104
        command = [sys.executable, "-m", "hive_mind", "serve", "--host", host, "--port", str(port)]
        if data is not None:
            command += ["--data", str(data)]
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            if log.exists() and log.stat().st_size > MOST_LOG_BYTES:
                log.replace(log.with_suffix(".old.log"))
        with (log or Path(os.devnull)).open("ab") as sink:
            # A group of its own: Ctrl-C reaches us alone, and we stop it in order.
            self._child = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.PIPE,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
                env={**os.environ, WITH_PARENT: "1"},
            )
        self._log = log

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._child.poll()

    async def ready(self, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Wait until it can answer.

        Raises:
            LinkError: SERVER_CRASHED when it ended, SERVER_UNREACHABLE when it did not get ready in time.
        """
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if self.exit_code is not None:
                raise LinkError(
                    f"The server stopped while starting. {self.last_words()}", code="SERVER_CRASHED"
                )
            said = await asyncio.to_thread(health, self.url)
            if said is not None and said.get("status") in ("ready", "degraded"):
                return
            await asyncio.sleep(_POLL_S)
        raise LinkError(f"The server was not ready after {timeout_s:.0f} s. {self.last_words()}")

    async def crashed(self) -> None:
        """Return when the process has ended, whatever the reason."""
        await self._ended()

    def last_words(self) -> str:
        """The last line of its log, for a message."""
        if self._log is None or not self._log.exists():
            return "Run ./hive serve to see why."
        lines = self._log.read_text("utf-8", errors="replace").strip().splitlines()
        return f"It said: {lines[-1][:300]}" if lines else "It said nothing."

    async def stop(self) -> None:
        """Let it finish; kill it if it does not."""
        if self.exit_code is None:
            self._child.send_signal(signal.SIGTERM)
            try:
                await asyncio.to_thread(self._child.wait, _STOP_S)
            except subprocess.TimeoutExpired:
                self._child.kill()
        await self._ended()

    async def _ended(self) -> None:
        await asyncio.to_thread(self._child.wait)
        if self._child.stdin is not None:
            self._child.stdin.close()


@asynccontextmanager
async def some_server(
    server: str | None, default: str, data: Path | None, log: Path | None = None
) -> AsyncIterator[str]:
    """The address of a server: the named one, the running one, or a private one that ends with us.

    Args:
        server: what the user named; used as it is.
        default: where one usually runs.
        data: data folder of a private server; None for the usual one.
        log: of a private server.
    """
    if server is not None:
        yield server_url(server)
        return
    if await asyncio.to_thread(health, server_url(default)) is not None:
        yield server_url(default)
        return
    typer.echo("No server runs here: starting a private one for this question...", err=True)
    began = time.monotonic()
    process = ServerProcess("127.0.0.1", free_port(), data, log)
    try:
        await process.ready()
        typer.echo(f"Private server ready after {time.monotonic() - began:.1f} s.", err=True)
        yield process.url
    finally:
        await process.stop()
