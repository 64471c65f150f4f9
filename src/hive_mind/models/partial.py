"""A file that is being fetched: what is on disk so far, and what it hashes to."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from hive_mind.errors import ModelError
from hive_mind.models.catalogue import ModelFile

CHUNK = 1 << 20


class PartialFile:
    """A file under construction, which survives an interruption.

    Whole parts are kept: beside the bytes stands a small state file that names the source and the offset
    at which each part ended. What lies past the last recorded end was cut short and is dropped.

    Args:
        path: where the bytes gather.
        wanted: what the file must become.
        report: called with the number of bytes held, as they come.
    """

    def __init__(self, path: Path, wanted: ModelFile, report: Callable[[int], None]) -> None:
        self.path = path
        self.wanted = wanted
        self._report = report
        self._state = path.with_name(path.name + ".parts")
        self._hash = hashlib.sha256()
        self._source, self._ends = self._recorded()

    @property
    def source(self) -> str:
        """The source that the parts on disk came from; empty when there are none."""
        return self._source

    def resume(self, source: str) -> int:
        """Keep the parts already held from this source and drop everything else.

        Returns:
            How many parts are held.
        """
        if source != self._source:
            self._source, self._ends = source, []
        held = self._ends[-1] if self._ends else 0
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._hash = hashlib.sha256()
        with self.path.open("ab") as file:
            file.truncate(held)
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK):
                self._hash.update(chunk)
        self.tell(held)
        return len(self._ends)

    def append(self, stream: BinaryIO) -> None:
        """Add one part, and remember that it is whole."""
        with self.path.open("ab") as file:
            while chunk := stream.read(CHUNK):
                self._hash.update(chunk)
                file.write(chunk)
                self.tell(file.tell())
            self._ends.append(file.tell())
        self._remember()

    def adopt(self, path: Path) -> None:
        """Take over a file that is complete already; `path` is moved."""
        path.replace(self.path)
        self._hash = hashlib.sha256()
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK):
                self._hash.update(chunk)
        self._ends = [self.path.stat().st_size]

    def tell(self, held: int) -> None:
        """Report progress: bytes of this file that have arrived, wherever they lie for now."""
        self._report(min(held, self.wanted.bytes))

    def finish(self, target: Path) -> None:
        """Check the content and move it into place in one step.

        Raises:
            ModelError: MODEL_CORRUPT when size or SHA-256 is not the catalogue's; nothing is kept then.
        """
        held = self.path.stat().st_size
        if held != self.wanted.bytes or self._hash.hexdigest() != self.wanted.sha256:
            self.drop()
            what = (
                f"{held} bytes instead of {self.wanted.bytes}"
                if held != self.wanted.bytes
                else "a SHA-256 that is not the catalogue's"
            )
            raise ModelError(f"{self.wanted.name} has {what}", code="MODEL_CORRUPT", retryable=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        # A power cut right after this must not leave a file of the right size with nothing in it.
        with self.path.open("ab") as file:
            os.fsync(file.fileno())
        self.path.replace(target)
        self._state.unlink(missing_ok=True)

    def drop(self) -> None:
        """Forget everything that was fetched."""
        self.path.unlink(missing_ok=True)
        self._state.unlink(missing_ok=True)
        self._source, self._ends = "", []

    def _recorded(self) -> tuple[str, list[int]]:
        try:
            state = json.loads(self._state.read_text(encoding="utf-8"))
            source, ends = str(state["source"]), [int(end) for end in state["ends"]]
            usable = self.path.stat().st_size
        except (OSError, ValueError, KeyError, TypeError):
            return "", []
        return source, [end for end in ends if end <= usable]

    def _remember(self) -> None:
        fresh = self._state.with_name(self._state.name + ".new")
        fresh.write_text(json.dumps({"source": self._source, "ends": self._ends}), encoding="utf-8")
        fresh.replace(self._state)
