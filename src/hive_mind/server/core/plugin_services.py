"""What the house offers to one version of a plugin."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import httpx
from pydantic import JsonValue

from hive_mind.server.core.entrusting import Entrusting, reminder_id
from hive_mind.server.core.plugin import REQUEST, Entrusted, Kind, Request, Storage
from hive_mind.server.core.plugin_actions import Actions
from hive_mind.server.core.plugin_http import allowed_hosts, http_client
from hive_mind.server.core.plugin_lists import Lists, OnLists, checked
from hive_mind.server.core.plugin_loader import one_line
from hive_mind.server.core.plugin_manifest import Manifest
from hive_mind.server.logs import get_logger

_MARGIN = 0.8
"""Part of a call's time that its action may take, so that the plugin still has some to answer in."""


class Announcer(Protocol):
    """Says something unasked; answers whether any client was there."""

    async def __call__(
        self, text: str, client_id: str | None, kind: Kind, reminder_id: str | None = None
    ) -> bool:
        """On one client, or on all."""
        ...


class HouseServices:
    """`Services`, and their beginning and end.

    Args:
        manifest: of the plugin.
        config: as the plugin gets it.
        storage: of the plugin.
        now: the household's time.
        announce: see there.
        actions: those of all plugins.
        entrusting: those of all plugins; None where no client can keep anything.
        leads: whether this server does what the house needs done once; asked before regular work.

    Attributes:
        work: what `every` was given, with its seconds.
        lists: what `know` was given.
        on_lists: told when they changed, from when this version is the one at work.
    """

    def __init__(
        self,
        manifest: Manifest,
        config: Mapping[str, Any],
        storage: Storage,
        now: Callable[[], datetime],
        announce: Announcer,
        actions: Actions,
        entrusting: Entrusting | None = None,
        leads: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        self.storage = storage
        self.now = now
        self._manifest = manifest
        self._hosts = allowed_hosts(manifest, config)
        self._announce = announce
        self._actions = actions
        self._entrusting = entrusting
        self._leads = leads
        self.work: list[tuple[float, Callable[[], Awaitable[None]]]] = []
        self.lists: Lists = {}
        self.on_lists: OnLists = lambda: None
        self._tasks: list[asyncio.Task[None]] | None = None
        self._log = get_logger("plugins").bind(plugin=manifest.name)

    def request(self) -> Request:
        """Of the call that is running."""
        return REQUEST.get()

    def http(self, *, timeout_s: float = 4.0) -> httpx.AsyncClient:
        """A client for the hosts that the manifest names."""
        return http_client(self._manifest.name, self._hosts, timeout_s)

    async def announce(
        self, text: str, client_id: str | None = None, *, kind: Kind = "info", key: str | None = None
    ) -> bool:
        """Say something unasked."""
        name = reminder_id(self._manifest.name, key) if key is not None else None
        return await self._announce(text, client_id, kind, name)

    def entrust(self, client_id: str, reminders: Sequence[Entrusted]) -> frozenset[str] | None:
        """Have a client keep what it is to say."""
        if self._entrusting is None:
            return None
        return self._entrusting.entrust(self._manifest.name, client_id, reminders)

    async def act(
        self, action: str, params: Mapping[str, JsonValue], *, say: str = ""
    ) -> Mapping[str, JsonValue]:
        """Have the asking client do something."""
        asking = self.request()
        return await self._actions.ask(
            asking.client_id,
            self._manifest.name,
            action,
            params,
            say=say,
            turn_id=asking.turn_id,
            timeout_s=_MARGIN * self._manifest.timeout_s,
        )

    def every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` again and again, from when this version is the one at work.

        Raises:
            ValueError: `seconds` is not positive.
        """
        if not seconds > 0:
            raise ValueError("seconds must be positive")
        self.work.append((seconds, work))
        if self._tasks is not None:
            self._tasks.append(asyncio.create_task(self._repeat(seconds, work)))

    def know(self, list_name: str, values: Mapping[str, Sequence[str]]) -> None:
        """Add what is only known at run time to a list of the sentence files."""
        known = checked(list_name, values)
        if self.lists.get(list_name, {}) != known:
            self.lists = {**self.lists, list_name: known}
            self.on_lists()

    def begin(self) -> None:
        """This version is the one at work."""
        self._tasks = [asyncio.create_task(self._repeat(*work)) for work in self.work]

    async def rest(self) -> None:
        """It is no more: what `every` began stops."""
        tasks, self._tasks = self._tasks or [], None
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _repeat(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            if self._leads is not None and not await self._leads():
                continue
            try:
                await work()
            except (Exception, SystemExit) as error:  # noqa: BLE001 - somebody else's code may raise anything
                self._log.warning("regular work failed", fault=one_line(error))
