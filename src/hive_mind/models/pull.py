"""Fetches one model: sources in order, parts kept, content checked, moved into place at the end."""

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

from hive_mind.errors import ModelError
from hive_mind.models.catalogue import Entry, ModelFile
from hive_mind.models.inspection import Problem, summary
from hive_mind.models.partial import PartialFile
from hive_mind.models.progress import Progress, ProgressCallback
from hive_mind.models.sources.hub import HUB_UNREACHABLE
from hive_mind.models.sources.source import Source, SourceFactory
from hive_mind.models.workspace import Workspace

# Room for packages on their way (the largest is 89 MB), their temporary copies, and the system's own needs.
SPARE_BYTES = 256 * 2**20
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


class Pull:
    """One pull of one model; used once.

    Args:
        entry: the model.
        folder: where its files go.
        work: where unfinished things gather; kept after a failure, so that the next pull goes on.
        sources: makes sources of locations.
        progress: told about every step.
    """

    def __init__(
        self, entry: Entry, folder: Path, work: Path, sources: SourceFactory, progress: ProgressCallback
    ) -> None:
        self._entry = entry
        self._folder = folder
        self._work = work
        self._make_source = sources
        self._progress = progress
        self._workspace = Workspace(work / "packages", entry)
        self._settled = 0

    def run(self, problems: tuple[Problem, ...], free_bytes: Callable[[Path], int]) -> None:
        """Fetch the files that have a problem.

        Args:
            problems: what is wrong with the model now.
            free_bytes: how much room the disk of a folder has.

        Raises:
            ModelError: MODEL_DISK_FULL; MODEL_FETCH_FAILED when no source gave the right content.
        """
        wanted = {problem.file: problem for problem in problems}
        missing = [file for file in self._entry.files if file.name in wanted]
        self._settled = self._entry.bytes - sum(file.bytes for file in missing)
        self._check_room(missing, free_bytes)
        if damaged := [problem for problem in problems if not problem.missing]:
            self._note(f"{summary(damaged)}; fetching again")
        for file in missing:
            try:
                self._fetch(file)
            except OSError as error:
                if error.errno in _FULL:
                    raise _disk_full(self._entry, self._folder) from error
                raise ModelError(
                    f"{self._entry.id}: cannot write to {self._folder}: {error.strerror or error}",
                    code="MODEL_FETCH_FAILED",
                ) from error
            self._settled += file.bytes
        shutil.rmtree(self._work, ignore_errors=True)

    def _fetch(self, file: ModelFile) -> None:
        partial = PartialFile(self._work / file.name, file, self._arrived())
        sources = [self._make_source(location, self._workspace) for location in file.sources]
        sources.sort(key=lambda source: source.name != partial.source)  # go on where parts are held already
        failures = []
        for source in sources:
            try:
                self._try(source, partial, file)
            except ModelError as error:
                failures.append(f"{source.name}: {error.message}")
                # A network without the hub is common and no fault: the next source serves as well.
                if error.code != HUB_UNREACHABLE and len(failures) < len(sources):
                    self._note(f"{failures[-1]}; trying the next source")
            else:
                return
        raise ModelError(
            f"{self._entry.id}: {file.name} could not be fetched ({'; '.join(failures)}). Check the network, "
            f"then run `./hive models pull {self._entry.id}`: it goes on where it stopped.",
            code="MODEL_FETCH_FAILED",
            retryable=True,
        )

    def _try(self, source: Source, partial: PartialFile, file: ModelFile) -> None:
        source.fetch(partial)
        partial.finish(self._folder / file.name)

    def _arrived(self) -> Callable[[int], None]:
        """A counter for one file that never runs backwards: bytes count while they download."""
        most = 0

        def tell(held: int) -> None:
            nonlocal most
            most = max(most, held)
            self._progress(Progress(self._entry.id, self._settled + most, self._entry.bytes))

        return tell

    def _note(self, note: str) -> None:
        self._progress(Progress(self._entry.id, self._settled, self._entry.bytes, note))

    def _check_room(self, missing: list[ModelFile], free_bytes: Callable[[Path], int]) -> None:
        held = sum(path.stat().st_size for path in self._work.glob("*") if path.is_file())
        to_come = sum(file.bytes for file in missing)
        needed = to_come - held + min(SPARE_BYTES, 2 * to_come + SPARE_BYTES // 4)
        self._work.mkdir(parents=True, exist_ok=True)
        if free_bytes(self._work) < needed:
            raise _disk_full(self._entry, self._folder, needed)


def _disk_full(entry: Entry, folder: Path, needed: int | None = None) -> ModelError:
    amount = f"{needed / 1e9:.1f} GB are" if needed is not None else "more room is"
    return ModelError(
        f"{entry.id}: the disk of {folder.parent} is full: {amount} needed. Free some space or choose "
        "another disk with --data, then run the same command again.",
        code="MODEL_DISK_FULL",
        retryable=True,
    )
