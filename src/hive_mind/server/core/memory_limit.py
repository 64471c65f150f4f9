"""How much memory the house may need: past it nobody new is let in, and what is free goes back to the system.

What is there stays: a client that is connected is served. What grows all the same (a plugin that leaks) ends
at the limit of the container or the service, which starts the house anew; nothing that was said is lost then.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import psutil

from hive_mind.memory import give_back
from hive_mind.server.logs import get_logger

LOOK_S = 5.0
SHARE = 0.9
"""Of what a container or service may have; and of the limit, until which it is over again."""

_MIB = 1024 * 1024


class MemoryLimit:
    """See above.

    Args:
        most_mb: MiB; None: nine tenths of the limit of the container or service, if it has one; 0: no limit.
        used: bytes that are used now. Blocking.

    Attributes:
        most: bytes; None where there is no limit.
        short: the limit is passed.
    """

    def __init__(self, most_mb: int | None, used: Callable[[], int] | None = None) -> None:
        given = limit_of_group() if most_mb is None else None
        self.most = most_mb * _MIB if most_mb else given and int(given * SHARE)
        self.short = False
        self._used = used or bytes_used
        self._log = get_logger("memory")

    async def run(self) -> None:
        """Look now and then, until cancelled."""
        while self.most:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Look once."""
        if not self.most:
            return
        used = await asyncio.to_thread(self._used)
        if used > self.most:
            if not self.short:
                self._log.warning(
                    "memory short: nobody new is let in", mib=used // _MIB, most=self.most // _MIB
                )
            self.short = True
            await asyncio.to_thread(give_back)
        elif self.short and used < SHARE * self.most:
            self.short = False
            self._log.info("memory is enough again", mib=used // _MIB)


def bytes_used() -> int:
    """Memory of this process and its children, such as the language model's. Blocking."""
    me = psutil.Process()
    found = me.memory_info().rss
    for child in me.children(recursive=True):
        try:
            found += child.memory_info().rss
        except psutil.Error:
            continue
    return found


def limit_of_group(root: Path = Path("/sys/fs/cgroup"), told: Path = Path("/proc/self/cgroup")) -> int | None:
    """Bytes that the control group of this process may have (cgroups(7), version 2); None: no limit."""
    try:
        place = next(line for line in told.read_text("utf-8").splitlines() if line.startswith("0::"))
        return int((root / place[3:].lstrip("/") / "memory.max").read_text("utf-8"))
    except (OSError, StopIteration, ValueError):
        return None
