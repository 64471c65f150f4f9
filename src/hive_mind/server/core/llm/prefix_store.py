"""The model's memory of the persona, kept on disk so that a restarted server need not read it again.

A file holds what llama.cpp made of the static prompt and nothing that anybody said: it is saved before the
first turn of a worker, never after one. It is a cache and may be deleted at any time.

llama.cpp ends its process on a file that is cut short, and answers nonsense from one with wrong bytes, so a
file's name carries the digest of its content, which is checked before llama.cpp sees it.
"""

import hashlib
import json
import os
import secrets
import time
from pathlib import Path

from hive_mind.server.core.llm.engine import Chat
from hive_mind.server.logs import get_logger

MAX_FILES = 3
"""Files kept: a change of model or name and back costs nothing."""

MAX_BYTES = 256 * 1024 * 1024
"""Size of all files together at most."""

_ABANDONED_S = 600.0
_FORMAT = 1


def prefix_key(model: Path, chat: Chat, context_tokens: int, engine: str) -> str:
    """What a kept prefix depends on, as 32 hexadecimal digits.

    Args:
        model: GGUF file; recognised by its place, size and time of change.
        chat: the static messages.
        context_tokens: size of the window.
        engine: name and version.

    Raises:
        OSError: the model cannot be found.
    """
    file = model.resolve()
    found = file.stat()
    known = [
        _FORMAT,
        engine,
        context_tokens,
        str(file),
        found.st_size,
        found.st_mtime_ns,
        [(message.role, message.content) for message in chat],
    ]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:32]


class PrefixStore:
    """The folder of kept prefixes, private to the user. Blocking; call it from a thread.

    Args:
        folder: made if need be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._log = get_logger("llm")

    def open(self) -> None:
        """Make the folder, and delete what an interrupted save left.

        Raises:
            OSError: it cannot be had.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        for file in self.folder.glob("*.tmp"):
            if time.time() - file.stat().st_mtime > _ABANDONED_S:
                file.unlink(missing_ok=True)

    def find(self, key: str) -> Path | None:
        """The whole file of a key, if there is one; a damaged one is deleted."""
        for file in self.folder.glob(f"{key}-*.kv"):
            try:
                if file.name == _name(key, file):
                    os.utime(file)
                    return file
                self._log.warning("kept prefix is damaged and will be made again", file=file.name)
                file.unlink()
            except OSError as error:
                self._log.warning("kept prefix cannot be read", file=file.name, reason=str(error))
        return None

    def fresh(self) -> Path:
        """Where to save before `keep`."""
        return self.folder / f"{secrets.token_hex(8)}.tmp"

    def keep(self, key: str, saved: Path) -> None:
        """Give a saved file its name at once, and delete the oldest beyond what may be kept.

        Raises:
            OSError: it is not there, or the folder cannot be changed.
        """
        saved.chmod(0o600)
        target = self.folder / _name(key, saved)
        saved.replace(target)
        for file in self.folder.glob(f"{key}-*.kv"):
            if file != target:
                file.unlink(missing_ok=True)
        self._bound()

    def _bound(self) -> None:
        files = sorted(
            (
                (found.st_mtime_ns, found.st_size, file)
                for file in self.folder.glob("*.kv")
                if (found := _stat(file))
            ),
            reverse=True,
        )
        total = 0
        for n, (_, size, file) in enumerate(files):
            total += size
            if n >= MAX_FILES or total > MAX_BYTES:
                file.unlink(missing_ok=True)


def _name(key: str, file: Path) -> str:
    with file.open("rb") as content:
        return f"{key}-{hashlib.file_digest(content, 'blake2b').hexdigest()[:32]}.kv"


def _stat(file: Path) -> os.stat_result | None:
    """None when another server has just deleted it."""
    try:
        return file.stat()
    except FileNotFoundError:
        return None
