"""Reminders that clients keep for us, so that they are said on time even when we are away."""

from collections.abc import Callable, Sequence
from typing import Protocol

from hive_mind.protocol.messages import Capabilities, DeviceCommand, DeviceState, ReminderState, ServerMessage
from hive_mind.server.core.plugin import Entrusted

MOST_EACH = 32
"""Reminders that one plugin entrusts to one client; later ones follow in time."""

_TEXT_CHARACTERS = 500


class Keeper(Protocol):
    """A client that may keep reminders."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    @property
    def device(self) -> DeviceState | None:
        """What it last told of itself."""
        ...

    def send(self, message: ServerMessage) -> None:
        """Send to it, now or when it resumes."""
        ...


class Entrusting:
    """What all plugins have entrusted to all clients.

    Args:
        client: the client of that name, if it is known.
    """

    def __init__(self, client: Callable[[str], Keeper | None]) -> None:
        self._client = client
        self._wanted: dict[str, dict[str, tuple[ReminderState, ...]]] = {}

    def entrust(self, plugin: str, client_id: str, reminders: Sequence[Entrusted]) -> frozenset[str] | None:
        """See `Services.entrust`."""
        client = self._client(client_id)
        if client is None or not client.capabilities.local_commands:
            return None
        states = tuple(
            ReminderState(
                reminder_id=reminder_id(plugin, one.key), text=one.text[:_TEXT_CHARACTERS], due=one.due
            )
            for one in sorted(reminders, key=lambda one: one.due)[:MOST_EACH]
        )
        of_client = self._wanted.setdefault(client_id, {})
        if of_client.get(plugin, ()) != states:
            of_client[plugin] = states
            client.send(self._command(client_id))
        said = client.device.said if client.device is not None else ()
        prefix = reminder_id(plugin, "")
        return frozenset(name.removeprefix(prefix) for name in said if name.startswith(prefix))

    def tell(self, client_id: str) -> None:
        """The client is back, perhaps without its disk: tell it again what it keeps."""
        client = self._client(client_id)
        if client is not None and client_id in self._wanted:
            client.send(self._command(client_id))

    def _command(self, client_id: str) -> DeviceCommand:
        states = [state for plugin in self._wanted[client_id].values() for state in plugin]
        return DeviceCommand(
            command="reminders", params={"reminders": [state.model_dump(mode="json") for state in states]}
        )


def reminder_id(plugin: str, key: str) -> str:
    """The name on the wire of what a plugin calls `key`."""
    return f"{plugin}:{key}"
