"""How this room answers, kept for the next start: a small file, in which no voice is."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
import structlog

from hive_mind.client.core.echo.base import BLOCK
from hive_mind.client.core.echo.kalman import PARTITIONS
from hive_mind.disk import replace_whole
from hive_mind.speech.audio import Samples

FILE_NAME = "room.bin"
EVERY_S = 300.0
_MOST = 100.0
_KEPT_AS = np.dtype("<f2")

_log = structlog.get_logger(__name__)


class RoomFile:
    """Remembers what a room makes of one sample that is played.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: Samples | None = None

    def load(self) -> Samples | None:
        """What was kept; None where there is nothing, or nothing that can be used."""
        try:
            packed = self._path.read_bytes()
        except OSError:
            return None
        if len(packed) != PARTITIONS * BLOCK * _KEPT_AS.itemsize:
            return None
        response = np.frombuffer(packed, _KEPT_AS).astype(np.float32)
        sane = bool(np.all(np.isfinite(response))) and 0.0 < float(np.abs(response).max()) < _MOST
        return response if sane else None

    def save(self, response: Samples | None) -> None:
        """Keep it, if it is another one than before; a disk that refuses costs the next start a second."""
        if response is None or (self._kept is not None and np.array_equal(response, self._kept)):
            return
        try:
            replace_whole(self._path, response.astype(_KEPT_AS).tobytes())
        except OSError as error:
            _log.info("room not remembered", cause=type(error).__name__)
            return
        self._kept = response

    async def keep(self, response: Callable[[], Samples | None]) -> None:
        """Save it now and then, and at the end, until cancelled."""
        try:
            while True:
                await asyncio.sleep(EVERY_S)
                await asyncio.to_thread(self.save, response())
        finally:
            self.save(response())
