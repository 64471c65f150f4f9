"""What the server says unasked."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from hive_mind.client.core.device_commands import carry_out
from hive_mind.client.core.house_wishes import HouseWishes
from hive_mind.client.core.plugin_sentences import PluginSentences
from hive_mind.client.core.timers import Timekeeper
from hive_mind.protocol.messages import (
    Announce,
    AnyServerMessage,
    DeviceCommand,
    FollowUp,
    Forgotten,
    Sentences,
    Settings,
    WakeVerdict,
)


class Listener(Protocol):
    """The voice loop, as far as the server may steer it."""

    def follow_up(self, seconds: float | None = None) -> None:
        """Listen again without being called."""
        ...

    def verdict(self, *, accepted: bool) -> None:
        """Whether this client answers the wake word."""
        ...

    async def announce(self, text: str, *, ring: bool = False) -> None:
        """Say something unasked."""
        ...


class Incoming:
    """Hands messages that belong to no question to whom they concern; those of no concern are left alone.

    Args:
        loop: speaks and listens.
        sentences: takes what the plugins understand.
        keeper: owns timers, alarms and reminders.
        wishes: carries out what the household sets.
        spawn: starts what takes time.
        on_forgotten: erases what this client has of what somebody wants to be forgotten.
    """

    def __init__(
        self,
        loop: Listener,
        sentences: PluginSentences,
        keeper: Timekeeper,
        wishes: HouseWishes,
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        on_forgotten: Callable[[Forgotten], None] = lambda _: None,
    ) -> None:
        self._loop = loop
        self._sentences = sentences
        self._keeper = keeper
        self._wishes = wishes
        self._spawn = spawn
        self._on_forgotten = on_forgotten

    def take(self, message: AnyServerMessage) -> None:
        """Take in one message."""
        match message:
            case Announce():
                self._spawn(self._announce(message))
            case DeviceCommand():
                self._spawn(carry_out(message, self._keeper))
            case Settings():
                self._spawn(self._wishes.take(message))
            case FollowUp():
                self._loop.follow_up(message.seconds)
            case WakeVerdict():
                self._loop.verdict(accepted=message.accepted)
            case Sentences():
                self._spawn(self._sentences.take(message))
            case Forgotten():
                self._on_forgotten(message)
            case _:
                return

    async def _announce(self, said: Announce) -> None:
        """Say it; a reminder that was said here already is not said again."""
        if said.reminder_id is None or await self._keeper.may_say(said.reminder_id):
            await self._loop.announce(said.text)
