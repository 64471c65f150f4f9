"""The messages of one turn on their way to the client, and the same answer on its way to the voice."""

from collections.abc import Callable

from hive_mind.protocol.messages import ResponseChunk, ServerMessage
from hive_mind.server.core.speech.mouth import Speech


class Delivery:
    """See above.

    Args:
        send: takes messages to the client.
        held: they wait until `release`: the client does not know of this draft, the server made it from what
            it heard. Bounded by the length of an answer.
    """

    def __init__(self, send: Callable[[ServerMessage], None], *, held: bool) -> None:
        self.speech: Speech | None = None
        self._send = send
        self._held: list[ServerMessage] | None = [] if held else None

    def take(self, message: ServerMessage) -> None:
        """A message of the turn."""
        if self.speech is not None and isinstance(message, ResponseChunk):
            self.speech.add(message.content, last=message.is_final)
        if self._held is None:
            self._send(message)
        else:
            self._held.append(message)

    def release(self) -> None:
        """The turn counts: the client may have it, and it may sound."""
        held, self._held = self._held, None
        for message in held or ():
            self._send(message)
        if self.speech is not None:
            self.speech.released.set()
