"""Numbers the messages of a session and keeps the last ones, to say again what a lost link swallowed."""

from collections import deque
from typing import TypeVar

from hive_mind.protocol.codec import encode
from hive_mind.protocol.messages import ServerMessage

M = TypeVar("M", bound=ServerMessage)

MAX_MESSAGES = 512
"""Messages kept for a client that is away: several answers."""

MAX_BYTES = 1024 * 1024
"""Bytes of frames kept for a client that is away."""


class ReplayLog:
    """A bounded log: when full, the oldest message goes, and a client that lacks it cannot resume.

    Args:
        max_messages: most messages kept.
        max_bytes: most bytes of frames kept.

    Attributes:
        size: bytes of the frames kept.
        last_seq: the last number given; 0 before the first.
    """

    def __init__(self, max_messages: int = MAX_MESSAGES, max_bytes: int = MAX_BYTES) -> None:
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._kept: deque[tuple[ServerMessage, int]] = deque()
        self.size = 0
        self.last_seq = 0

    def __len__(self) -> int:
        return len(self._kept)

    def append(self, message: M) -> M:
        """Give the message the next number and keep it.

        Raises:
            ProtocolError: as `codec.encode`; then no number is used up.
        """
        numbered = message.model_copy(update={"seq": self.last_seq + 1})
        size = len(encode(numbered).encode())
        self.last_seq += 1
        self._kept.append((numbered, size))
        self.size += size
        while len(self._kept) > self._max_messages or self.size > self._max_bytes:
            self._drop_oldest()
        return numbered

    def acknowledge(self, seq: int) -> None:
        """Let go of what the client says it has, up to and with `seq`."""
        while self._kept and self._seq_of_oldest() <= seq:
            self._drop_oldest()

    def reaches(self, seq: int) -> bool:
        """Whether everything after `seq` is still here."""
        return self._seq_of_oldest() - 1 <= seq <= self.last_seq

    def messages(self) -> list[ServerMessage]:
        """What is kept, oldest first."""
        return [message for message, _ in self._kept]

    def _seq_of_oldest(self) -> int:
        return self.last_seq - len(self._kept) + 1

    def _drop_oldest(self) -> None:
        _, size = self._kept.popleft()
        self.size -= size
