"""A connection, as a remote client sees it."""

from typing import Protocol

from hive_mind.protocol.messages import ServerMessage

GOING_AWAY = 1001
RESTART = 1012
"""Close codes of a WebSocket."""


class Link(Protocol):
    """A connection, as far as a remote client needs it."""

    @property
    def is_loopback(self) -> bool:
        """Whether the client runs on this machine."""
        ...

    @property
    def waiting(self) -> int:
        """Frames that wait to be sent."""
        ...

    def put(self, message: ServerMessage) -> None:
        """Send, soon."""
        ...

    def put_audio(self, data: bytes) -> None:
        """Send a binary frame, soon."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Send what waits, then close."""
        ...


class Rechecked(Protocol):
    """A connection, whose client may be revoked."""

    def recheck(self) -> None:
        """Close it, if its client does not belong here any more."""
        ...
