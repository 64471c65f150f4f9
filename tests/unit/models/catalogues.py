"""Small catalogues for tests, with real hashes."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from hive_mind.models.catalogue import Catalogue
from hive_mind.models.machine import Machine
from hive_mind.models.sources.source import SourceFactory
from hive_mind.models.store import ModelStore

SMALL_MACHINE = Machine(ram=2 * 2**30, cores=2)
HUB_A = '{ hub = "a/model", revision = "' + "0" * 40 + '", path = "{name}" }'
HUB_B = '{ hub = "b/model", revision = "' + "0" * 40 + '", path = "{name}" }'
NAME_A, NAME_B = "Hugging Face a/model", "Hugging Face b/model"


def model(
    model_id: str,
    files: Mapping[str, bytes],
    *sources: str,
    kind: str = "llm",
    folder: str | None = None,
    extra: str = "",
) -> str:
    """One entry of a catalogue, as TOML."""
    lines = "".join(
        f'  {{ name = "{name}", bytes = {len(content)}, '
        f'sha256 = "{hashlib.sha256(content).hexdigest()}" }},\n'
        for name, content in files.items()
    )
    return (
        f'[[model]]\nid = "{model_id}"\nkind = "{kind}"\ntitle = "T"\nabout = "A."\nlanguages = ["fr"]\n'
        f'licence = "MIT"\nram_mb = 1\nsources = [{", ".join(sources or (HUB_A, HUB_B))}]\n'
        + (f'folder = "{folder}"\n' if folder else "")
        + f"{extra}\nfiles = [\n{lines}]\n"
    )


def store(root: Path, sources: SourceFactory, *models: str, machine: Machine = SMALL_MACHINE) -> ModelStore:
    """A store with a catalogue of these models."""
    return ModelStore(root, catalogue=Catalogue.parse("\n".join(models)), sources=sources, machine=machine)
