"""The catalogue: every model that Hive Mind knows, as data."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hive_mind.errors import ModelError
from hive_mind.models.locations import Location

Kind = Literal["stt", "llm", "tts", "voice", "wake_word"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelFile(_Frozen):
    """One file of a model: its exact content and where to find it."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    bytes: int = Field(gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    sources: tuple[Location, ...] = Field(min_length=1)


class Entry(_Frozen):
    """One model.

    `ram_mb` is what it takes while it works, roughly. `default_from_gb` and `recommend_from_gb` say from
    how much memory on it is the default, or recommended, for its kind; None means never. A slow machine with
    much memory is not recommended a model that wants `recommend_from_cores`. `optional` marks a
    starter model that Hive Mind can do without (espeak-ng speaks when Kokoro is missing). `folder` is where
    the files live inside the store; two entries may share one.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    folder: str
    kind: Kind
    title: str
    about: str
    languages: tuple[str, ...]
    licence: str
    ram_mb: int
    optional: bool = False
    default_from_gb: int | None = None
    recommend_from_gb: int | None = None
    recommend_from_cores: int = 1
    files: tuple[ModelFile, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _spread(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Give each file the model's sources where it has none, with its name filled in."""
        entry = {"folder": data.get("id"), **data}
        shared = entry.pop("sources", [])
        entry["files"] = [
            {**file, "sources": [_named(source, file["name"]) for source in file.get("sources", shared)]}
            for file in entry.get("files", [])
        ]
        return entry

    @property
    def bytes(self) -> int:
        """Size of all files together."""
        return sum(file.bytes for file in self.files)


def _named(source: dict[str, Any], name: str) -> dict[str, Any]:
    return {
        key: value.replace("{name}", name) if isinstance(value, str) else value
        for key, value in source.items()
    }


class Catalogue:
    """The models that can be had.

    Args:
        entries: in order of preference within a kind.
    """

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        self._by_id = {entry.id: entry for entry in entries}

    @classmethod
    def load(cls) -> "Catalogue":
        """The catalogue that ships with Hive Mind."""
        return _shipped()

    @classmethod
    def parse(cls, text: str) -> "Catalogue":
        """Read a catalogue from TOML.

        Raises:
            ModelError: CATALOGUE_INVALID when it is not TOML or an entry is malformed.
        """
        try:
            return cls(tuple(Entry.model_validate(entry) for entry in tomllib.loads(text).get("model", [])))
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise ModelError(f"the catalogue is malformed: {error}", code="CATALOGUE_INVALID") from error

    def get(self, model_id: str) -> Entry:
        """The entry with this id.

        Raises:
            ModelError: MODEL_UNKNOWN when there is none.
        """
        if entry := self._by_id.get(model_id):
            return entry
        raise ModelError(
            f"no model is called '{model_id}'. `./hive models list` shows those that exist.",
            code="MODEL_UNKNOWN",
        )

    def of_kind(self, kind: Kind) -> tuple[Entry, ...]:
        """The entries of one kind, preferred first."""
        return tuple(entry for entry in self.entries if entry.kind == kind)


@cache
def _shipped() -> Catalogue:
    return Catalogue.parse(
        resources.files(__package__).joinpath("catalogue.toml").read_text(encoding="utf-8")
    )
