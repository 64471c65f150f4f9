"""The window's process: fed with looks, heard for presses, started again a few times if it dies."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence

import structlog

from hive_mind.client.ui.face import Press
from hive_mind.client.ui.look import Look

RESTARTS = 3
"""A window that dies more often is left alone; one that lived for `STEADY_S` begins to count anew."""
STEADY_S = 60.0
NO_SCREEN = 3
"""The window's exit code that says: there is no screen here, do not try again."""
_PAUSE_S = 0.5  # doubled at each restart
_EVERY_S = 1 / 50  # looks are sent no faster
_PATIENCE_S = 2.0
_UNREAD = 16

_log = structlog.get_logger(__name__)


def window_command(full_screen: bool, subtitles: bool, seed: int) -> list[str]:
    """The command line of the window."""
    command = [sys.executable, "-m", "hive_mind.client.ui.window", "--seed", str(seed)]
    return command + ["--full-screen"] * full_screen + ["--subtitles"] * subtitles


class WindowFace:
    """A face in a process of its own. Make it in a running event loop.

    Args:
        command: starts a program that takes a look in JSON a line and reports presses.
        pause_s: before the first restart.
    """

    def __init__(self, command: Sequence[str], pause_s: float = _PAUSE_S) -> None:
        self._command = command
        self._pause_s = pause_s
        self._look = Look()
        self._changed = asyncio.Event()
        self._presses: asyncio.Queue[Press | None] = asyncio.Queue(_UNREAD)
        self._task = asyncio.create_task(self._keep(), name="window")

    def show(self, look: Look) -> None:
        """Show this from now on; the newest look alone is sent, 50 times a second at most."""
        if look != self._look:
            self._look = look
            self._changed.set()

    async def presses(self) -> AsyncIterator[Press]:
        """Each press and release; ends when the window is closed or gone for good."""
        while (press := await self._presses.get()) is not None:
            yield press
        self._put(None)  # for who asks again

    async def close(self) -> None:
        """End the window's process."""
        self._task.cancel()
        await asyncio.wait({self._task})

    async def _keep(self) -> None:
        """Run the window until it is closed; a few times, if it dies."""
        try:
            await self._restarting()
        finally:
            self._put(None)

    async def _restarting(self) -> None:
        loop, died = asyncio.get_running_loop(), 0
        while True:
            begun = loop.time()
            try:
                code = await self._run()
            except OSError as error:
                _log.warning("no window", reason=error.strerror)
                return
            if code in (0, NO_SCREEN):
                _log.info("window closed" if code == 0 else "no screen for a window")
                return
            died = 1 if loop.time() - begun > STEADY_S else died + 1
            if died > RESTARTS:
                _log.warning("the window keeps dying: going on without eyes", code=code)
                return
            _log.warning("window died", code=code, restart=died)
            await asyncio.sleep(self._pause_s * 2 ** (died - 1))

    async def _run(self) -> int:
        """One process from start to end; gives its exit code."""
        process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE)
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("A process was started without its pipes.")
        feeding = asyncio.create_task(self._feed(process.stdin))
        try:
            await self._hear(process.stdout)
            return await process.wait()
        finally:
            feeding.cancel()
            process.stdin.close()
            await _end(process)

    async def _feed(self, stdin: asyncio.StreamWriter) -> None:
        self._changed.set()
        while True:
            await self._changed.wait()
            self._changed.clear()
            stdin.write(self._look.model_dump_json().encode() + b"\n")
            try:
                await stdin.drain()
            except ConnectionError:
                return  # it has died: `_hear` sees the same
            await asyncio.sleep(_EVERY_S)

    async def _hear(self, stdout: asyncio.StreamReader) -> None:
        while line := await stdout.readline():
            try:
                report = json.loads(line)
                press = Press(report["press"]) if "press" in report else None
            except (ValueError, TypeError):
                continue  # a library that talks to itself
            if press is not None:
                self._put(press)

    def _put(self, press: Press | None) -> None:
        if self._presses.full():
            self._presses.get_nowait()
        self._presses.put_nowait(press)


async def _end(process: Process) -> None:
    """Let it end as its stdin has, or make it."""
    for stop in (process.terminate, process.kill):
        if process.returncode is not None:
            return
        try:
            await asyncio.wait_for(process.wait(), _PATIENCE_S)
        except TimeoutError:
            stop()
    await process.wait()
