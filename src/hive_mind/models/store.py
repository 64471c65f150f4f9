"""The verified store of models on disk."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from hive_mind.errors import ModelError
from hive_mind.models import selection
from hive_mind.models.catalogue import Catalogue, Entry, Kind
from hive_mind.models.inspection import Inspector, Problem, summary
from hive_mind.models.machine import Machine
from hive_mind.models.progress import Progress, ProgressCallback, silent
from hive_mind.models.sources.source import SourceFactory

State = Literal["installed", "absent", "damaged"]


def free_bytes(folder: Path) -> int:
    """How much room the disk of a folder has, in bytes."""
    return shutil.disk_usage(folder).free


class ModelStore:
    """Models on disk: `<root>/<id>/<file>`, with bookkeeping in `<root>/.store`.

    A file is used only if its content is the catalogue's, wherever it came from. Blocking throughout.

    Args:
        root: the folder of all models; made when something is written.
        catalogue: the models there are; the shipped ones by default.
        sources: makes sources of the catalogue's locations.
        machine: what defaults are chosen for; this machine by default.
        free: how much room the disk of a folder has.
    """

    def __init__(
        self,
        root: Path,
        *,
        catalogue: Catalogue | None = None,
        sources: SourceFactory | None = None,
        machine: Machine | None = None,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self.root = root
        self.catalogue = catalogue or Catalogue.load()
        self.machine = machine or Machine.here()
        self._sources = sources
        self._free = free
        self._own = root / ".store"
        self._inspector = Inspector(root, self._own / "records")
        self._selection = selection.Selection(self._own / "selection.json")

    def path(self, model_id: str) -> Path:
        """The folder of a usable model. Cheap: looks at sizes and at what was hashed before.

        Raises:
            ModelError: MODEL_UNKNOWN; MODEL_MISSING when it was never pulled; MODEL_CORRUPT when a file is
                truncated, changed or gone. The message says what to run.
        """
        entry = self.catalogue.get(model_id)
        problems = self._inspector.problems(entry)
        if not problems:
            return self.root / entry.folder
        if self._absent(entry, problems):
            raise ModelError(
                f"the model {model_id} is not here. Fetch it with `./hive models pull {model_id}`.",
                code="MODEL_MISSING",
            )
        raise ModelError(
            f"the model {model_id} is damaged: {summary(problems)}. "
            f"Fetch it again with `./hive models pull {model_id}`.",
            code="MODEL_CORRUPT",
        )

    def installed(self, model_id: str) -> bool:
        """Whether a model can be used as it lies.

        Raises:
            ModelError: MODEL_UNKNOWN.
        """
        return self.find(model_id) is not None

    def find(self, model_id: str) -> Path | None:
        """The folder of a model; None when it cannot be used as it lies.

        Raises:
            ModelError: MODEL_UNKNOWN.
        """
        entry = self.catalogue.get(model_id)
        return None if self._inspector.problems(entry) else self.root / entry.folder

    def state(self, model_id: str) -> State:
        """Whether a model can be used, was never pulled, or has a file that is missing or wrong.

        Raises:
            ModelError: MODEL_UNKNOWN.
        """
        entry = self.catalogue.get(model_id)
        problems = self._inspector.problems(entry)
        if not problems:
            return "installed"
        return "absent" if self._absent(entry, problems) else "damaged"

    def selected(self, kind: Kind) -> str:
        """The model that serves for a kind.

        It is what `use` chose; else the default for this machine's memory; else, when that one was never
        pulled and another of its kind was, that other one.

        Raises:
            ModelError: MODEL_UNKNOWN for a kind that has no default.
        """
        chosen = self._selection.chosen(kind)
        if chosen is not None and any(entry.id == chosen for entry in self.catalogue.of_kind(kind)):
            return chosen
        default = selection.default_of(self.catalogue, kind, self.machine)
        if not self.installed(default.id):
            for entry in self.catalogue.of_kind(kind):
                if self.installed(entry.id):
                    return entry.id
        return default.id

    def use(self, model_id: str) -> None:
        """Choose an installed model for its kind, from the next start on.

        Raises:
            ModelError: as `path`.
        """
        self.path(model_id)
        self._selection.choose(self.catalogue.get(model_id).kind, model_id)

    def pull(self, model_id: str, progress: ProgressCallback = silent) -> Path:
        """Bring a model here, or repair it; nothing is fetched that is here already.

        Safe to interrupt and to run twice at once: the second waits for the first.

        Returns:
            The model's folder.

        Raises:
            ModelError: MODEL_UNKNOWN, MODEL_DISK_FULL, MODEL_FETCH_FAILED.
        """
        entry = self.catalogue.get(model_id)
        with self._locked(entry, progress):
            problems = self._inspector.problems(entry)
            if problems:
                from hive_mind.models.pull import Pull  # archives and downloads: not for who only reads

                work = self._own / "partial" / entry.id
                pull = Pull(entry, self.root / entry.folder, work, self._source_factory(), progress)
                pull.run(problems, self._free)
                self._inspector.problems(entry)
            progress(Progress(entry.id, entry.bytes, entry.bytes))
        return self.root / entry.folder

    def _source_factory(self) -> SourceFactory:
        if self._sources is None:
            from hive_mind.models.sources.shipped import Sources

            self._sources = Sources()
        return self._sources

    def verify(self, model_id: str) -> tuple[Problem, ...]:
        """Hash every file of a model, whatever was remembered; a damaged one is refused from then on."""
        return self._inspector.problems(self.catalogue.get(model_id), full=True)

    def remove(self, model_id: str) -> int:
        """Delete a model, what is left of a pull of it, and what engines derived from it beside it.

        Returns:
            Bytes that were freed.

        Raises:
            ModelError: MODEL_UNKNOWN; MODEL_BUSY when a file is in use (Windows).
        """
        entry = self.catalogue.get(model_id)
        with self._locked(entry, silent):
            kept = self._shared(entry, (e for e in self.catalogue.entries if self.installed(e.id)))
            freed = 0
            folder = self.root / entry.folder
            try:
                for file in entry.files:
                    path = folder / file.name
                    if file.name not in kept and path.is_file():
                        freed += path.stat().st_size
                        path.unlink()
                if folder.is_dir() and not kept:
                    freed += sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
                    shutil.rmtree(folder)
            except OSError as error:
                raise ModelError(
                    f"{model_id} is in use: stop Hive Mind, then remove it.",
                    code="MODEL_BUSY",
                    retryable=True,
                ) from error
            self._inspector.forget(entry)
            shutil.rmtree(self._own / "partial" / entry.id, ignore_errors=True)
            if self._selection.chosen(entry.kind) == entry.id:
                self._selection.choose(entry.kind, None)
        return freed

    def starter_set(self) -> tuple[Entry, ...]:
        """The models with which a fresh machine of this size listens, thinks and speaks."""
        return selection.starter_set(self.catalogue, self.machine)

    def recommended(self) -> tuple[selection.Recommendation, ...]:
        """The models worth having on a machine of this size, and why."""
        return selection.recommended(self.catalogue, self.machine)

    def pull_starter(self, progress: ProgressCallback = silent) -> tuple[ModelError, ...]:
        """Pull the starter set.

        Returns:
            Why an optional model could not be had: then espeak-ng speaks instead of Kokoro.

        Raises:
            ModelError: a model could not be had without which nothing works; or the disk is full.
        """
        unavailable = []
        for entry in self.starter_set():
            try:
                self.pull(entry.id, progress)
            except ModelError as error:
                if not entry.optional or error.code == "MODEL_DISK_FULL":
                    raise
                unavailable.append(error)
        return tuple(unavailable)

    def _absent(self, entry: Entry, problems: tuple[Problem, ...]) -> bool:
        """Whether no file is here but those that another model of the same folder brought."""
        missing = {problem.file for problem in problems if problem.missing}
        own = {file.name for file in entry.files} - self._shared(entry, self.catalogue.entries)
        return (own or missing) <= missing

    def _shared(self, entry: Entry, entries: Iterable[Entry]) -> set[str]:
        """Names of files that other models of the same folder have too."""
        return {
            file.name
            for other in entries
            if other.folder == entry.folder and other.id != entry.id
            for file in other.files
        }

    @contextmanager
    def _locked(self, entry: Entry, progress: ProgressCallback) -> Iterator[None]:
        folder = self._own / "locks"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder / f"{entry.folder}.lock")
            try:
                lock.acquire(timeout=0)
            except Timeout:
                note = "another command is fetching this model; waiting for it"
                progress(Progress(entry.id, 0, entry.bytes, note))
                lock.acquire()
        except OSError as error:
            raise ModelError(
                f"cannot write to {self.root}: {error.strerror or error}. Choose another folder with --data.",
                code="MODEL_FETCH_FAILED",
            ) from error
        try:
            yield
        finally:
            lock.release()
