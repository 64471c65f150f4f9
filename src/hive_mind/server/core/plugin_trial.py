"""A plugin on trial: loaded as a server loads it, asked in French, with a time that the test moves.

async with trial(FOLDER, environ={"LAMP_KEY": "abc"}) as lamp:
answer = await lamp.ask("allume la lampe")
assert answer.speech == "La lampe est allumée."
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from hive_mind.protocol.messages import Action, ActionConfirm, ServerMessage
from hive_mind.server.core.plugin import Kind, Request
from hive_mind.server.core.plugin_actions import Actions
from hive_mind.server.core.plugin_host import PluginHost
from hive_mind.server.core.plugin_manifest import Manifest, Override, PluginFaults
from hive_mind.server.core.plugin_result import PluginResult
from hive_mind.server.core.plugin_services import HouseServices
from hive_mind.understanding.grammar import Grammar, Match

START = datetime(2026, 1, 6, 14, 30, tzinfo=ZoneInfo("Europe/Paris"))
"""A Tuesday."""


@dataclass(frozen=True, slots=True)
class Announced:
    """Something said unasked; `client_id` None: on all clients."""

    text: str
    client_id: str | None
    kind: Kind
    reminder_id: str | None = None


class _Memory:
    """Values in memory, through JSON as on disk."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    async def get(self, key: str) -> JsonValue:
        kept = self._values.get(key)
        value: JsonValue = json.loads(kept) if kept is not None else None
        return value

    async def put(self, key: str, value: JsonValue) -> None:
        self._values[key] = json.dumps(value)


class _TrialServices(HouseServices):
    """Services whose `every` runs when the test moves the time."""

    def begin(self) -> None:
        """Nothing runs by itself."""

    async def rest(self) -> None:
        """Nothing runs."""


class Trial:
    """See above. Make it with `trial`.

    Attributes:
        now: the household's time; `pass_time` moves it.
        announced: what was said unasked.
        acted: actions that the client was asked for: name and parameters.
        confirms: what the client answers to an action; None: nothing.
        client_id: who asks.
    """

    def __init__(
        self, folder: Path, environ: Mapping[str, str], config: dict[str, JsonValue], now: datetime
    ) -> None:
        self.now = now
        self.announced: list[Announced] = []
        self.acted: list[tuple[str, dict[str, JsonValue]]] = []
        self.confirms: ActionConfirm | None = None
        self.client_id = "cuisine"
        self._folder = folder
        self._memory = _Memory()
        self._actions = Actions(self._send)
        self._services: _TrialServices | None = None
        self._turns = 0
        override = {folder.name: Override(enabled=True, config=config)}
        self.host = PluginHost(self._make, environ=environ, overrides=lambda: override)
        self._grammar: Grammar | None = None

    async def start(self) -> None:
        """Load the plugin.

        Raises:
            PluginFaults: it cannot be loaded.
        """
        await self.host.start([self._folder.parent], only={self._folder.name})
        told = self.host.describe().get(self._folder.name, {"state": "refused", "faults": ["no such folder"]})
        if told["state"] == "refused":
            raise PluginFaults(self._folder.name, told["faults"])
        self._grammar = Grammar.load(*self.host.grammar_folders())

    def understand(self, text: str) -> Match | None:
        """What a sentence is understood as."""
        return self._grammar.match(text) if self._grammar is not None else None

    async def ask(self, text: str) -> PluginResult:
        """Say a sentence to the plugin.

        Raises:
            LookupError: it is no sentence of its own.
        """
        match = self.understand(text)
        if match is None or match.intent not in self.host.intents():
            raise LookupError(f"{text!r} is understood as {match.intent if match else 'nothing'}")
        return await self.execute(match.intent, match.slots, text)

    async def execute(self, intent: str, params: Mapping[str, Any], text: str = "") -> PluginResult:
        """Ask with parameters instead of words."""
        self._turns += 1
        request = Request(f"t-{self._turns}", self.client_id, None, text, self.now)
        return await self.host.execute(intent, params, request)

    async def pass_time(self, seconds: float) -> None:
        """Move the time on; regular work that falls due runs, in its order."""
        end = self.now + timedelta(seconds=seconds)
        work = self._services.work if self._services is not None else ()
        due = [(self.now + timedelta(seconds=period), period, job) for period, job in work]
        while due and min(due, key=lambda d: d[0])[0] <= end:
            first = min(range(len(due)), key=lambda i: due[i][0])
            self.now, period, job = due[first]
            due[first] = (self.now + timedelta(seconds=period), period, job)
            await job()
        self.now = end

    def _make(self, manifest: Manifest, config: Mapping[str, Any]) -> _TrialServices:
        self._services = _TrialServices(
            manifest, config, self._memory, lambda: self.now, self._announce, self._actions
        )
        return self._services

    async def _announce(
        self, text: str, client_id: str | None, kind: Kind, reminder_id: str | None = None
    ) -> bool:
        self.announced.append(Announced(text, client_id, kind, reminder_id))
        return True

    def _send(self, client_id: str, message: ServerMessage) -> bool:
        if isinstance(message, Action):
            self.acted.append((message.action, dict(message.params)))
            if self.confirms is not None:
                said = self.confirms.model_copy(update={"action_id": message.action_id})
                asyncio.get_running_loop().call_soon(self._actions.confirm, said, client_id)
        return True


@asynccontextmanager
async def trial(
    folder: Path,
    *,
    environ: Mapping[str, str] | None = None,
    config: dict[str, JsonValue] | None = None,
    now: datetime = START,
) -> AsyncIterator[Trial]:
    """A plugin that is loaded while in this context.

    Args:
        folder: of the plugin, absolute.
        environ: its environment variables; none of this process's.
        config: on top of the manifest's, such as the address of a local server that plays a service.
        now: the time at the start.

    Raises:
        PluginFaults: it cannot be loaded.
    """
    made = Trial(folder, environ or {}, config or {}, now)
    try:
        await made.start()
        yield made
    finally:
        await made.host.stop()
