"""Which model serves: what the user chose, or what suits the machine."""

import json
from dataclasses import dataclass
from pathlib import Path

from hive_mind.errors import ModelError
from hive_mind.models.catalogue import KINDS, Catalogue, Entry, Kind
from hive_mind.models.machine import Machine


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A model worth having on this machine, and why.

    Attributes:
        entry: the model.
        why: one sentence.
        use: whether to serve with it once it is there.
    """

    entry: Entry
    why: str
    use: bool


def default_of(catalogue: Catalogue, kind: Kind, machine: Machine) -> Entry:
    """The default of a kind on a machine: the largest that its memory bears.

    Raises:
        ModelError: MODEL_UNKNOWN when the catalogue has no default of this kind.
    """
    fitting = {
        entry.default_from_gb: entry
        for entry in catalogue.of_kind(kind)
        if entry.default_from_gb is not None and entry.default_from_gb <= machine.gigabytes
    }
    if not fitting:
        raise ModelError(
            f"the catalogue has no model of kind '{kind}' for this machine", code="MODEL_UNKNOWN"
        )
    return fitting[max(fitting)]


def starter_set(catalogue: Catalogue, machine: Machine) -> tuple[Entry, ...]:
    """What a fresh machine needs in order to listen, think and speak."""
    return tuple(default_of(catalogue, kind, machine) for kind in KINDS)


def recommended(catalogue: Catalogue, machine: Machine) -> tuple[Recommendation, ...]:
    """What to have on a machine: the best that it can bear of each kind, and every voice that suits it."""
    picks: list[Recommendation] = []
    for kind in KINDS:
        fitting = [
            (entry.recommend_from_gb, entry)
            for entry in catalogue.of_kind(kind)
            if entry.recommend_from_gb is not None
            and entry.recommend_from_gb <= machine.gigabytes
            and entry.recommend_from_cores <= machine.cores
        ]
        best = max((floor for floor, _ in fitting), default=0)
        picks += [
            Recommendation(entry, f"{_needs(entry)}. {entry.about}", use=kind in {"stt", "llm"})
            for floor, entry in fitting
            if floor == best
        ]
    return tuple(picks)


def _needs(entry: Entry) -> str:
    if not entry.recommend_from_gb:
        return "for any machine"
    cores = f" and {entry.recommend_from_cores} cores" if entry.recommend_from_cores > 1 else ""
    return f"from {entry.recommend_from_gb} GB of memory{cores} on"


class Selection:
    """The user's choices, one per kind, in a small file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def chosen(self, kind: Kind) -> str | None:
        """The chosen model of a kind; None when none was chosen."""
        return self._read().get(kind)

    def choose(self, kind: Kind, model_id: str | None) -> None:
        """Choose a model of a kind; None goes back to the default."""
        choices = self._read()
        if model_id is None:
            choices.pop(kind, None)
        else:
            choices[kind] = model_id
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(choices, indent=1), encoding="utf-8")
        fresh.replace(self._path)

    def _read(self) -> dict[str, str]:
        try:
            choices = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(k): str(v) for k, v in choices.items()} if isinstance(choices, dict) else {}
