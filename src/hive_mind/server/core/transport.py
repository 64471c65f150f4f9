"""uvicorn's WebSocket protocol, with a way to cut a client off.

ASGI can only close politely: the close frame and all that waits before it must first be read by the client.
One that never reads would keep its socket for ever.
"""

from collections.abc import Callable, Mapping
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

EXTENSION = "hive_mind.abort"


class AbortableWebSocket(WebSocketsSansIOProtocol):
    """Offers `transport.abort` to the application as an ASGI extension."""

    async def run_asgi(self) -> None:
        """Run the application with the extension in its scope."""
        extensions: dict[str, Any] = self.scope.get("extensions") or {}
        extensions[EXTENSION] = {"abort": self.transport.abort}
        await super().run_asgi()

    def keepalive_timeout(self) -> None:
        """A client that answers no ping is gone, or does not read: waiting for it to read is no use."""
        super().keepalive_timeout()
        self.transport.abort()


def abort_of(scope: Mapping[str, Any]) -> Callable[[], None] | None:
    """How to cut this connection off at once; None on another ASGI server."""
    offered = (scope.get("extensions") or {}).get(EXTENSION)
    return offered["abort"] if offered else None
