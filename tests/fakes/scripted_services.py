"""What the house offers to a plugin, played by the test: time stands still, and all is written down."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from pydantic import JsonValue

from hive_mind.errors import HiveMindError
from hive_mind.server.core.plugin import Entrusted, Kind, Request


@dataclass(frozen=True)
class Announcement:
    """Something said unasked; `client_id` None: on all."""

    text: str
    client_id: str | None
    kind: Kind = "info"


class MemoryStorage:
    """Keeps values in memory, through JSON's eyes.

    Attributes:
        values: by key.
        fault: raised by the next `put`s when set.
    """

    def __init__(self) -> None:
        self.values: dict[str, JsonValue] = {}
        self.fault: HiveMindError | None = None

    async def get(self, key: str) -> JsonValue:
        return self.values.get(key)

    async def put(self, key: str, value: JsonValue) -> None:
        if self.fault is not None:
            raise self.fault
        self.values[key] = value


class ScriptedServices:
    """`Services` for one plugin.

    Attributes:
        clock: the household's time.
        patience_s: longest that a web service may take.
        text: of the request that is running.
        client_id: who asks.
        listening: clients that are there to hear.
        announced: what was said unasked.
        keepers: clients that keep reminders.
        entrusted: what they keep.
        said: keys of what they have said by themselves.
        acted: actions that a client was asked for.
        action_result: what the client answers, or the error that it ends in.
        work: what runs again and again, with its seconds.
    """

    def __init__(self, clock: datetime, storage: MemoryStorage | None = None) -> None:
        self.clock = clock
        self.patience_s = 60.0
        self.text = ""
        self.client_id = "cuisine"
        self.listening = {"cuisine", "salon"}
        self.announced: list[Announcement] = []
        self.keepers: set[str] = set()
        self.entrusted: dict[str, list[Entrusted]] = {}
        self.said: set[str] = set()
        self.acted: list[tuple[str, dict[str, JsonValue]]] = []
        self.action_result: Mapping[str, JsonValue] | HiveMindError = {}
        self.work: list[tuple[float, Callable[[], Awaitable[None]]]] = []
        self._storage = storage or MemoryStorage()

    @property
    def storage(self) -> MemoryStorage:
        return self._storage

    def http(self, *, timeout_s: float = 4.0) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=min(timeout_s, self.patience_s))

    def now(self) -> datetime:
        return self.clock

    def request(self) -> Request:
        return Request("turn-1", self.client_id, None, self.text, self.clock)

    async def announce(
        self, text: str, client_id: str | None = None, *, kind: Kind = "info", key: str | None = None
    ) -> bool:
        heard = client_id in self.listening if client_id is not None else bool(self.listening)
        if heard:
            self.announced.append(Announcement(text, client_id, kind))
        return heard

    def entrust(self, client_id: str, reminders: Sequence[Entrusted]) -> frozenset[str] | None:
        if client_id not in self.keepers:
            return None
        self.entrusted[client_id] = list(reminders)
        return frozenset(self.said)

    async def act(
        self, action: str, params: Mapping[str, JsonValue], *, say: str = ""
    ) -> Mapping[str, JsonValue]:
        self.acted.append((action, dict(params)))
        if isinstance(self.action_result, HiveMindError):
            raise self.action_result
        return self.action_result

    def every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        self.work.append((seconds, work))

    def begin(self) -> None:
        """The version came to work; `pass_time` runs its work."""

    async def rest(self) -> None:
        """It left."""
        self.work.clear()

    async def pass_time(self, seconds: float) -> None:
        """Move the clock on, and let what runs again and again run once."""
        self.clock += timedelta(seconds=seconds)
        for _, work in self.work:
            await work()
