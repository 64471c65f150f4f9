"""How much memory this machine has for models."""

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
