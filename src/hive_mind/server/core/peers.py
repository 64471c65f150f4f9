"""The other servers of this house: which clients they have, and how to reach these through them.

Every server tells who is connected to it every few seconds, and soon after that changes; one that has fallen
silent is dead. What is sent to a client elsewhere is delivered by the server that has it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from hive_mind.errors import ContextError, ProtocolError
from hive_mind.protocol.codec import decode_server, encode
from hive_mind.protocol.messages import ActionConfirm, ServerMessage
from hive_mind.server.logs import get_logger

BEAT_S = 2.0
DEAD_AFTER_S = 6.5
_SOON_S = 0.1
MOST_PEERS = 64
MOST_WAITING = 1000
"""Messages that wait to be published; more are dropped, with a line in the log."""

Publish: TypeAlias = Callable[[dict[str, object]], Awaitable[int]]
"""Tells the other servers; answers how many listen, this one included. Raises `ContextError`."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another server.

    Attributes:
        seen: when it last spoke, on our clock.
        clients: those that are connected to it, and their rooms.
    """

    seen: float
    clients: Mapping[str, str | None]


class Peers:
    """See above.

    Args:
        publish: see there.
        here: clients that are connected to this server, and their rooms.
        deliver: gives a message to a client of ours, or to all where it is None.
        confirmed: takes what a client answered to an action that was asked from here.
        changed: the time things of a client were changed by another server.
        clock: monotonic seconds.
        met: told when a server is there that was not.
    """

    def __init__(
        self,
        publish: Publish,
        here: Callable[[], Mapping[str, str | None]],
        deliver: Callable[[str | None, ServerMessage], None],
        confirmed: Callable[[ActionConfirm, str], None],
        changed: Callable[[str], None],
        clock: Callable[[], float],
        met: Callable[[], None] = lambda: None,
    ) -> None:
        self._publish = publish
        self._here = here
        self._deliver = deliver
        self._confirmed = confirmed
        self._changed = changed
        self._clock = clock
        self._met = met
        self.on_wrong: Callable[[str], None] = lambda _: None
        """Told of an address from where somebody gave a wrong code or token to another server."""
        self._peers: dict[str, Peer] = {}
        self._outgoing: asyncio.Queue[dict[str, object]] = asyncio.Queue(MOST_WAITING)
        self._soon: asyncio.TimerHandle | None = None
        self._log = get_logger("peers")

    @property
    def alive(self) -> frozenset[str]:
        """Names of the other servers that are there."""
        oldest = self._clock() - DEAD_AFTER_S
        return frozenset(name for name, peer in self._peers.items() if peer.seen >= oldest)

    @property
    def clients(self) -> dict[str, str | None]:
        """Clients of other servers, and their rooms."""
        alive = self.alive
        return {
            c: room for name, peer in self._peers.items() if name in alive for c, room in peer.clients.items()
        }

    def tell(self, client_id: str | None, message: ServerMessage) -> bool:
        """Send to a client that is elsewhere, or to all that are; False when there is none."""
        elsewhere = self.clients
        if not elsewhere or (client_id is not None and client_id not in elsewhere):
            return False
        return self._put({"to": client_id, "message": encode(message)})

    def confirm(self, message: ActionConfirm, client_id: str) -> bool:
        """Pass on what a client answered to an action that another server asked; False: there is none."""
        return bool(self.alive) and self._put({"confirm": message.model_dump(mode="json"), "from": client_id})

    def state_changed(self, client_id: str) -> None:
        """The time things of a client were changed here."""
        if client_id in self.clients:
            self._put({"state": client_id})

    def tell_wrong(self, address: str) -> None:
        """Somebody there gave a wrong code or token here: guesses are counted by all servers together."""
        if self.alive:
            self._put({"wrong": address})

    def presence_changed(self) -> None:
        """A client came or went; many that do so at once are told of together."""
        if self._soon is None and self._peers:
            self._soon = asyncio.get_running_loop().call_later(_SOON_S, self._tell_presence)

    def joined(self) -> None:
        """We hear the others from now on: who is there?"""
        self._put(self._presence() | {"new": True})

    async def run(self) -> None:
        """Publish what waits, and our heartbeat, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(BEAT_S):
                    event = await self._outgoing.get()
            except TimeoutError:
                event = self._presence()
            with suppress(ContextError):
                await self._publish(event)

    async def leave(self) -> None:
        """Say that we are gone, so that nobody waits for us."""
        with suppress(ContextError):
            await self._publish({"presence": {}, "gone": True})

    def take(self, origin: str, event: Mapping[str, Any]) -> bool:
        """What another server published; False when it is none of ours to handle.

        Raises:
            ValueError, TypeError, AttributeError: it is of another version.
        """
        if "presence" in event:
            self._note(origin, event)
        elif "message" in event:
            self._receive(event["to"], str(event["message"]))
        elif "confirm" in event:
            with suppress(ProtocolError):
                self._confirmed(ActionConfirm.model_validate(event["confirm"]), str(event["from"]))
        elif "wrong" in event:
            self.on_wrong(str(event["wrong"]))
        elif "state" in event:
            self._changed(str(event["state"]))
        else:
            return False
        return True

    def _receive(self, client_id: str | None, text: str) -> None:
        if client_id is not None and client_id not in self._here():
            return
        try:
            message = decode_server(text)
        except ProtocolError as error:
            self._log.info("message of another version ignored", code=error.code)
            return
        self._deliver(client_id, message)

    def _note(self, origin: str, event: Mapping[str, Any]) -> None:
        if event.get("gone"):
            self._peers.pop(origin, None)
            return
        for name in [name for name in self._peers if name not in self.alive]:
            del self._peers[name]
        if origin not in self._peers:
            self._met()
        if origin in self._peers or len(self._peers) < MOST_PEERS:
            self._peers[origin] = Peer(self._clock(), {str(c): r for c, r in event["presence"].items()})
        if event.get("new"):
            self._put(self._presence())

    def _tell_presence(self) -> None:
        self._soon = None
        self._put(self._presence())

    def _presence(self) -> dict[str, object]:
        return {"presence": dict(self._here())}

    def _put(self, event: dict[str, object]) -> bool:
        try:
            self._outgoing.put_nowait(event)
        except asyncio.QueueFull:
            self._log.warning("too much waits for the other servers")
            return False
        return True
