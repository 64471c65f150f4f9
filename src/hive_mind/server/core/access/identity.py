"""Who somebody is, and what they may do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hive_mind.language.words import keys_of

Name: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
"""What people call a device, a room or a plugin."""

OWN_PARTS = ":"
"""A client may also speak as `its-id:part`, such as the terminal beside the microphone."""


class Rights(BaseModel):
    """What a client may do.

    Attributes:
        admin: change the house: pair and revoke clients, plugins, settings; see all that was said.
        private: a guest: nothing that it says is remembered, and it learns nothing of what others said.
        plugins: the plugins that it may use; None means all.
        rooms: the rooms that it may stand in and give orders to; None means all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    admin: bool = False
    private: bool = False
    plugins: Annotated[tuple[Name, ...], Field(max_length=64)] | None = None
    rooms: Annotated[tuple[Name, ...], Field(max_length=64)] | None = None

    def may_use(self, plugin: str) -> bool:
        """Whether it may have a plugin do something."""
        return self.plugins is None or plugin in self.plugins

    def may_enter(self, room: str | None) -> bool:
        """Whether it may stand in a room, or give an order to it; case and accents do not matter."""
        return self.rooms is None or (room is not None and _key(room) in {_key(own) for own in self.rooms})


EVERYTHING = Rights(admin=True)
"""What the server's own machine may do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whoever asks.

    Attributes:
        client_id: its stable name; empty for a program on the server's own machine that names none.
        name: what people call it.
        room: where it was paired for, if that was said.
        rights: what it may do.
        loopback: whether it is on the server's own machine, which needs no pairing.
    """

    client_id: str
    name: str
    room: str | None = None
    rights: Rights = field(default_factory=Rights)
    loopback: bool = False

    def speaks_as(self, client_id: str) -> bool:
        """Whether a message of this client may bear this `client_id`."""
        return (
            not self.client_id
            or client_id == self.client_id
            or client_id.startswith(self.client_id + OWN_PARTS)
        )


HERE = Identity("", "ce serveur", rights=EVERYTHING, loopback=True)
"""A program on the server's own machine."""


def _key(room: str) -> Sequence[str]:
    return keys_of(room)
