"""One version of a plugin at work: started, asked, and let go once its last call has ended."""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

from hive_mind.server.core.plugin import REQUEST, Request, Services
from hive_mind.server.core.plugin_lists import ASLEEP, LIVE, Lists, OnLists, as_file
from hive_mind.server.core.plugin_loader import Candidate, one_line
from hive_mind.server.core.plugin_manifest import PluginFaults
from hive_mind.server.logs import get_logger

START_S = 10.0
"""Seconds that `on_load` may usually take, and `on_unload`."""

_GRACE_S = 5.0


class OwnServices(Services, Protocol):
    """What the host gives to one version.

    Attributes:
        lists: what it added to the lists of its sentences.
        on_lists: told when that changed, while it is the one at work.
    """

    lists: Lists
    on_lists: OnLists

    def begin(self) -> None:
        """Its `every` work may run."""
        ...

    async def rest(self) -> None:
        """Its `every` work stops."""
        ...


class Overdue(Exception):
    """A call took longer than the plugin may."""


class Version:
    """See above.

    Args:
        candidate: checked.
        services: its own.
        start_s: seconds that `on_load` may take, and `on_unload`.
    """

    def __init__(self, candidate: Candidate, services: OwnServices, start_s: float = START_S) -> None:
        self._start_s = start_s
        self.candidate = candidate
        self.manifest = candidate.manifest
        self._plugin = candidate.plugin
        self._services = services
        self._calls: set[asyncio.Task[Any]] = set()
        self._log = get_logger("plugins").bind(plugin=self.manifest.name, version=self.manifest.version)

    @property
    def texts(self) -> Mapping[str, str]:
        """Its sentence files, and what is only known now: names, and that it lacks a setting."""
        lists = self._services.lists
        own = self.candidate.texts
        now = {LIVE: as_file(lists)} if lists else ASLEEP if self.candidate.missing and own else {}
        return {**own, **now}

    async def start(self) -> None:
        """Have it load; one that lacks a secret is left asleep.

        Raises:
            PluginFaults: `on_load` refused, failed or took too long.
        """
        self._plugin.services = self._services
        if self.candidate.missing:
            return
        try:
            async with asyncio.timeout(self._start_s):
                await self._plugin.on_load()
        except TimeoutError:
            line = f"on_load took more than {self._start_s:g} s"
        except (Exception, SystemExit) as error:  # noqa: BLE001 - somebody else's code may raise anything
            line = f"on_load fails: {one_line(error, self.candidate.folder)}"
        else:
            return
        await self._services.rest()
        self.candidate.drop()
        raise PluginFaults(self.manifest.name, [line])

    def begin(self, on_lists: OnLists) -> None:
        """It is the one that is asked from now on; `on_lists` is told when its `texts` change."""
        self._services.on_lists = on_lists
        self._services.begin()

    async def call(self, intent: str, params: Mapping[str, Any], request: Request) -> object:
        """What `execute` returns.

        Raises:
            Overdue: it took too long, and was cancelled.
            Exception: whatever it raised.
        """
        task = asyncio.create_task(self._execute(intent, dict(params), request))
        self._calls.add(task)
        task.add_done_callback(self._ended)
        try:
            await asyncio.wait({task}, timeout=self.manifest.timeout_s)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not task.done():
            task.cancel()
            raise Overdue
        if task.cancelled():
            raise RuntimeError("it cancelled itself")
        return task.result()

    async def retire(self) -> None:
        """No new call comes: stop its own work, wait for the last call, and unload it."""
        self._services.on_lists = lambda: None
        await self._services.rest()
        if self._calls:
            await asyncio.wait(self._calls, timeout=self.manifest.timeout_s + _GRACE_S)
        try:
            if not self.candidate.missing:
                async with asyncio.timeout(self._start_s):
                    await self._plugin.on_unload()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - somebody else's code may raise anything
            self._log.warning("on_unload failed", fault=one_line(error, self.candidate.folder))
        finally:
            self.candidate.drop()

    async def _execute(self, intent: str, params: dict[str, Any], request: Request) -> object:
        REQUEST.set(request)
        try:
            return await self._plugin.execute(intent, params)
        except SystemExit as error:
            raise RuntimeError(f"sys.exit({error.code!r})") from error

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._calls.discard(task)
        if not task.cancelled():
            task.exception()
