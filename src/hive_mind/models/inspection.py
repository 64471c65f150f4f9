"""Whether what lies on disk is what the catalogue says, without hashing gigabytes each time."""

import contextlib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hive_mind.models.catalogue import Entry, ModelFile
from hive_mind.models.partial import CHUNK


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that cannot be used.

    Attributes:
        file: its name.
        what: what is wrong, to follow the name in a sentence.
        missing: whether there is no such file at all.
    """

    file: str
    what: str
    missing: bool = False

    def __str__(self) -> str:
        return f"{self.file} {self.what}"


def summary(problems: Sequence[Problem]) -> str:
    """Problems in one clause, however many there are."""
    more = len(problems) - 3
    return "; ".join(map(str, problems[:3])) + (f"; and {more} more files" if more > 0 else "")


class Inspector:
    """Checks models, and remembers what was hashed.

    A file whose SHA-256 was found right is written down with its size and modification time; as long as
    those two stay, it is not hashed again. A file that somebody else put there is hashed once.

    Args:
        root: the folder of all models.
        records: where to remember.
    """

    def __init__(self, root: Path, records: Path) -> None:
        self._root = root
        self._records = records

    def problems(self, entry: Entry, *, full: bool = False) -> tuple[Problem, ...]:
        """What is wrong with a model; empty when it can be used.

        Args:
            entry: the model.
            full: hash every file, whatever is remembered.
        """
        known = {} if full else self._recorded(entry)
        found: list[Problem] = []
        good: dict[str, tuple[int, str]] = {}
        for file in entry.files:
            path = self._root / entry.folder / file.name
            if problem := _glance(path, file):
                found.append(problem)
                continue
            seen = (path.stat().st_mtime_ns, file.sha256)
            if known.get(file.name) == seen or sha256_of(path) == file.sha256:
                good[file.name] = seen
            else:
                found.append(Problem(file.name, "is corrupted: its SHA-256 is not the catalogue's"))
        if full or good != known:
            self._remember(entry, good)
        return tuple(found)

    def forget(self, entry: Entry) -> None:
        """Drop what is remembered about a model."""
        self._path(entry).unlink(missing_ok=True)

    def _path(self, entry: Entry) -> Path:
        return self._records / f"{entry.id}.json"

    def _recorded(self, entry: Entry) -> dict[str, tuple[int, str]]:
        try:
            files = json.loads(self._path(entry).read_text(encoding="utf-8"))["files"]
            return {str(name): (int(seen[0]), str(seen[1])) for name, seen in files.items()}
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
            return {}

    def _remember(self, entry: Entry, good: dict[str, tuple[int, str]]) -> None:
        if not good:
            self.forget(entry)
            return
        with contextlib.suppress(OSError):  # a read-only store is hashed each time, and works
            self._records.mkdir(parents=True, exist_ok=True)
            fresh = self._path(entry).with_suffix(".new")
            fresh.write_text(json.dumps({"files": good}, indent=1), encoding="utf-8")
            fresh.replace(self._path(entry))


def _glance(path: Path, file: ModelFile) -> Problem | None:
    """What size alone can tell."""
    try:
        size = path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return Problem(file.name, "is missing", missing=True)
    if size < file.bytes:
        return Problem(file.name, f"is truncated: {size} of {file.bytes} bytes")
    if size > file.bytes:
        return Problem(file.name, f"has {size} bytes instead of {file.bytes}")
    return None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
