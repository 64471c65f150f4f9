"""A damaged file of the embedded Redis: what stands before the damage is kept, the damaged file put aside.

A file that ends in the middle of an entry Redis cuts off before that entry by itself, and says so in its log
alone: `cuts` finds it there.
"""

import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES_OF_LOG = 20_000
_CUT = re.compile(
    r"^\S+ (?P<when>\d+ \w+ \d{4} [\d:]+)\S* # !!! Truncating the AOF .*at offset (?P<offset>\d+)", re.M
)
_SIGNS = (
    "Bad file format reading the append only file",
    "Unknown command",
    "Unexpected end of file",
    "Internal error in RDB",
)
_MEND_S = 120.0


@dataclass(frozen=True, slots=True)
class Cut:
    """A file that Redis has cut off.

    Attributes:
        when: as Redis writes it, such as "26 Nov 2026 18:31:11", in the machine's time.
        offset: bytes that were kept.
    """

    when: str
    offset: int


def cuts(folder: Path, since: int = 0) -> list[Cut]:
    """The cuts that the log of Redis tells of, the newest last; none where there is no log. Blocking.

    Args:
        folder: of Redis.
        since: length of the log after which it is read; of a long one, the end is.
    """
    try:
        with (folder / "redis.log").open("rb") as log:
            log.seek(max(since, log.seek(0, 2) - MOST_BYTES_OF_LOG))
            text = log.read().decode(errors="replace")
    except OSError:
        return []
    return [Cut(found["when"], int(found["offset"])) for found in _CUT.finditer(text)]


def mend(program: Path, folder: Path) -> bool:
    """Mend the file if Redis refuses to start because of it. Blocking.

    Args:
        program: redis-server, which is redis-check-aof too where it is called so.
        folder: of Redis.

    Returns:
        Whether there was something to mend, and it is mended.
    """
    log = folder / "redis.log"
    # A file of before 7.0, or a folder of parts with a manifest.
    whole, parts = folder / "appendonly.aof", folder / "appendonlydir"
    target = whole if whole.exists() else parts / "appendonly.aof.manifest"
    try:
        last = log.read_bytes()[-MOST_BYTES_OF_LOG:].decode(errors="replace")
        if not any(sign in last for sign in _SIGNS) or not target.exists():
            return False
        source = whole if whole.exists() else parts
        aside = folder / f"{source.name}.damaged-{int(time.time())}"
        (shutil.copy2 if source.is_file() else shutil.copytree)(source, aside)
        log.replace(folder / "redis.damaged.log")
        done = subprocess.run(  # noqa: S603 - our own program with our own arguments
            ["redis-check-aof", "--fix", str(target)],  # noqa: S607 - see `executable`
            executable=program,
            input=b"y\n",
            capture_output=True,
            timeout=_MEND_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
