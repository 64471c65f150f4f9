"""Which model serves: what the user chose, or what suits the machine."""

import json
from dataclasses import dataclass
from pathlib import Path

from hive_mind.errors import ModelError
from hive_mind.models.catalogue import KINDS, Catalogue, Entry, Kind
from hive_mind.models.memory import nominal_gb


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


def default_of(catalogue: Catalogue, kind: Kind, ram: int) -> Entry:
    """The default of a kind on a machine with `ram` bytes of memory.

    Raises:
        ModelError: MODEL_UNKNOWN when the catalogue has no default of this kind.
    """
    return _largest(catalogue, kind, ram, "default_from_gb")


def starter_set(catalogue: Catalogue, ram: int) -> tuple[Entry, ...]:
    """What a fresh machine with `ram` bytes of memory needs in order to listen, think and speak."""
    return tuple(default_of(catalogue, kind, ram) for kind in KINDS)


def recommended(catalogue: Catalogue, ram: int) -> tuple[Recommendation, ...]:
    """What to have on a machine with `ram` bytes of memory, beyond the starter set where it can bear it."""
    gigabytes = nominal_gb(ram)
    picks = []
    for kind in KINDS:
        best = _largest(catalogue, kind, ram, "recommend_from_gb")
        # Two voices are worth having: the client takes the finer one where the machine is fast enough.
        entries = (
            [e for e in catalogue.of_kind(kind) if _fits(e.recommend_from_gb, ram)]
            if kind == "tts"
            else [best]
        )
        for entry in entries:
            floor = entry.recommend_from_gb or 0
            reason = (
                f"for {floor} GB or more, and this machine has {gigabytes}" if floor else "for any machine"
            )
            picks.append(Recommendation(entry, f"{reason}. {entry.about}", use=kind in {"stt", "llm"}))
    return tuple(picks)


def _largest(catalogue: Catalogue, kind: Kind, ram: int, field: str) -> Entry:
    fitting = [entry for entry in catalogue.of_kind(kind) if _fits(getattr(entry, field), ram)]
    if not fitting:
        raise ModelError(
            f"the catalogue has no model of kind '{kind}' for this machine", code="MODEL_UNKNOWN"
        )
    return max(fitting, key=lambda entry: int(getattr(entry, field)))


def _fits(floor_gb: int | None, ram: int) -> bool:
    return floor_gb is not None and (floor_gb <= nominal_gb(ram) or floor_gb == 0)


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
