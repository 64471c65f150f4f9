"""Files that are there whole or not at all, whatever happens meanwhile."""

import os
from pathlib import Path


def replace_whole(path: Path, data: bytes) -> None:
    """Write a file and flush it; the old one stands until the new one is whole and on the disk.

    Nobody but its owner can read it.

    Args:
        path: of the file; its folder is made.
        data: all that is to be in it.

    Raises:
        OSError: the disk is full, or refuses; the old file stands.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with open(draft, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def flush(path: Path) -> None:
    """Have what was written to a file on the disk, before its name is.

    Raises:
        OSError: the disk refuses.
    """
    with path.open("r+b") as file:
        os.fsync(file.fileno())
