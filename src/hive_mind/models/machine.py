"""What this machine can bear: memory and cores."""

from dataclasses import dataclass
from pathlib import Path

import psutil

_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def total_memory(cgroup_limit: Path = _CGROUP_LIMIT) -> int:
    """Bytes of memory: the machine's, or the container's where that is less."""
    total = int(psutil.virtual_memory().total)
    try:
        limit = cgroup_limit.read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdigit() else total


def nominal_gb(total: int) -> int:
    """What the box says: a machine sold with 4 GB has about 3.8 GiB for its programs."""
    return round(total / 2**30)


@dataclass(frozen=True, slots=True)
class Machine:
    """What matters for choosing models.

    Attributes:
        ram: bytes of memory.
        cores: processor cores, not counting hyper-threads.
    """

    ram: int
    cores: int

    @property
    def gigabytes(self) -> int:
        """Memory as it is written on the box."""
        return nominal_gb(self.ram)

    @classmethod
    def here(cls) -> "Machine":
        """This machine."""
        return cls(total_memory(), psutil.cpu_count(logical=False) or psutil.cpu_count() or 1)
