"""What waits to be sent to one client: bounded.

Overflow rule: nothing is dropped from the middle. A client for which more than `MAX_FRAMES` or `MAX_BYTES`
wait does not read: it is cut off, and its session keeps what it missed until it resumes.
"""

import asyncio
from collections import deque

MAX_FRAMES = 512
MAX_BYTES = 1024 * 1024


class Outbox:
    """A queue of frames (text, or a piece of voice) with one reader."""

    def __init__(self, max_frames: int = MAX_FRAMES, max_bytes: int = MAX_BYTES) -> None:
        self._limits = (max_frames, max_bytes)
        self._frames: deque[str | bytes] = deque()
        self._bytes = 0
        self._changed = asyncio.Event()
        self._closed = False

    @property
    def waiting(self) -> int:
        """Frames that wait."""
        return len(self._frames)

    def put(self, frame: str | bytes) -> bool:
        """Add a frame; False when it is full: cut the client off. A closed one swallows frames."""
        size = _size(frame)
        max_frames, max_bytes = self._limits
        if self._closed or len(self._frames) >= max_frames or self._bytes + size > max_bytes:
            return self._closed
        self._frames.append(frame)
        self._bytes += size
        self._changed.set()
        return True

    def close(self) -> None:
        """Nothing more will come; what waits is still given."""
        self._closed = True
        self._changed.set()

    async def get(self) -> str | bytes | None:
        """The next frame, None after the last."""
        while not self._frames:
            if self._closed:
                return None
            self._changed.clear()
            await self._changed.wait()
        frame = self._frames.popleft()
        self._bytes -= _size(frame)
        return frame


def _size(frame: str | bytes) -> int:
    return len(frame) if isinstance(frame, bytes) else len(frame.encode())
