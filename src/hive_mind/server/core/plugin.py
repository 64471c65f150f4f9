"""The contract of plugins, for those that come with Hive Mind and those of others alike.

A plugin is a folder `plugins/<name>/` with `plugin.json`, `handler.py`, `sentences/fr/*.yaml`,
`replies/fr.toml` and `tests/`. Its class is `<Name>Plugin` ("my_lamp": `MyLampPlugin`) and needs no more than
`execute` and `get_prompt_context`.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias

import httpx
from pydantic import JsonValue

from hive_mind.errors import PluginError

__all__ = ["Plugin", "PluginError", "Request", "Services", "Storage"]


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, when, and in which words.

    Attributes:
        turn_id: of the question.
        client_id: where it was asked.
        room: of that client, if it said so.
        text: what was said.
        now: aware, in the household's time zone.
        rooms: in which the client may have something done; None: in all.
        call: which order of the turn it is, from 1; 0 where the question cannot come again.
    """

    turn_id: str
    client_id: str
    room: str | None
    text: str
    now: datetime
    rooms: tuple[str, ...] | None = None
    call: int = 0


Kind: TypeAlias = Literal["info", "timer", "reminder", "warning"]
"""What an announcement is about."""

REQUEST: ContextVar[Request] = ContextVar("request")
"""Of the `execute` call that is running; plugins read it with `Services.request`."""


class Storage(Protocol):
    """What a plugin keeps: one JSON value a key, encrypted on disk, its own."""

    async def get(self, key: str) -> JsonValue:
        """The value; None when there is none."""
        ...

    async def put(self, key: str, value: JsonValue) -> None:
        """Keep a value; it is on disk when this returns.

        Raises:
            PluginError: code STORAGE_FAILED; the old value stands.
        """
        ...


@dataclass(frozen=True, slots=True)
class Entrusted:
    """Something that a client is to say at a time, also when the house is away.

    Attributes:
        key: the plugin's name for it; letters, digits and `_ . : @ -`, at most 64.
        text: what to say.
        due: when, aware.
    """

    key: str
    text: str
    due: datetime


class Services(Protocol):
    """What the house offers to a plugin, as `self.services` from `on_load` on."""

    @property
    def storage(self) -> Storage:
        """Of this plugin alone."""
        ...

    def now(self) -> datetime:
        """The household's time, aware."""
        ...

    def request(self) -> Request:
        """Of the `execute` call that is running.

        Raises:
            LookupError: none is.
        """
        ...

    def http(self, *, timeout_s: float = 4.0) -> httpx.AsyncClient:
        """A client for web services; use it as an async context manager.

        It reaches the hosts of the manifest's `permissions`, and those of the addresses in `config`; for any
        other host its requests raise PluginError, code HOST_FORBIDDEN.
        """
        ...

    async def announce(
        self, text: str, client_id: str | None = None, *, kind: Kind = "info", key: str | None = None
    ) -> bool:
        """Say something unasked, on one client or on all; answer whether any client was there to hear it.

        Args:
            text: in French.
            client_id: where; None means everywhere.
            kind: what it is about.
            key: of what was entrusted; a client that has said it already stays silent.
        """
        ...

    def entrust(self, client_id: str, reminders: Sequence[Entrusted]) -> frozenset[str] | None:
        """Have a client keep what it is to say, so that it says it on time even when the house is away.

        Args:
            client_id: who keeps it.
            reminders: all that it is to keep for this plugin, instead of what it kept before.

        Returns:
            Keys of what the client has said by itself, as far as is known; None when it cannot keep anything,
            or is not known.
        """
        ...

    async def act(
        self, action: str, params: Mapping[str, JsonValue], *, say: str = ""
    ) -> Mapping[str, JsonValue]:
        """Have the asking client do something (message `action`) and wait for its `action_confirm`.

        Args:
            action: what to do, in words that the client knows.
            params: with what.
            say: what the client tells the user about it.

        Returns:
            The client's result.

        Raises:
            PluginError: code ACTION_FAILED (it said no) or ACTION_TIMEOUT.
        """
        ...

    def every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` again and again, until the plugin is unloaded; a fault in it is logged, no more."""
        ...

    def know(self, list_name: str, values: Mapping[str, Sequence[str]]) -> None:
        """Add what is only known at run time (names of rooms, of devices) to a list of the sentence files.

        The values take the place of those that this version added to the list before. The grammar of the
        house and of its clients is made anew when they differ, so misheard names are repaired too.

        Args:
            list_name: that of `lists`.
            values: each with other ways of saying it; plain words, no template.

        Raises:
            ValueError: no list can have that name, or there are too many values or too long ones.
        """
        ...


class Plugin(ABC):
    """Base class of all plugins.

    Args:
        config: `config` of the manifest; for each key `<x>_env`, the value of that environment variable
            stands under `<x>` (absent when it is not set).
    """

    services: Services

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config

    @abstractmethod
    async def execute(self, intent: str, params: dict[str, Any]) -> dict[str, Any]:
        """Do what `intent` asks for.

        Args:
            intent: one of the manifest's.
            params: slots of the sentence, or what the language model filled in; checked against the
                manifest's `params` schema. Times and durations are words ("demain matin") unless the schema
                says number (seconds).

        Returns:
            `success` (bool), and what was found. Keys that mean something to the house:
            `speech`: the whole answer in French, else `replies/fr.toml` is filled from the result:
            the template named by `reply`, or by the intent; a failure's `error` (a code) names one too;
            `ask`: {"slot": name, "question": French}: a missing parameter, filled by the next utterance;
            `untrusted`: true when texts in the result come from others (event titles); the default.
        """

    @abstractmethod
    def get_prompt_context(self) -> str:
        """What the language model should know to use this plugin, in a few lines."""

    async def on_load(self) -> None:  # noqa: B027 - a hook that most plugins leave alone
        """Called once, before the first `execute`; raise to refuse to be loaded."""

    async def on_unload(self) -> None:  # noqa: B027 - likewise
        """Called once, after the last `execute`."""
