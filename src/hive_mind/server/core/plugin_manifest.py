"""`plugin.json`: what a plugin says of itself, and every way in which that can be wrong."""

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from jsonschema.exceptions import SchemaError
from jsonschema.validators import Draft202012Validator
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from hive_mind.errors import PluginError

MANIFEST = "plugin.json"
OUR_VARIABLES = "HIVE_MIND_"
"""Environment variables that begin so are the server's own and reach no plugin."""

Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""Lower-case letters, digits and `_`, at most 40."""

EnvName: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
"""Name of an environment variable."""

Words: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PluginFaults(PluginError):
    """A plugin cannot be loaded.

    Args:
        name: of its folder.
        faults: one line each.
    """

    default_code = "PLUGIN_INVALID"

    def __init__(self, name: str, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"plugin {name}: {'; '.join(self.faults)}")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Permissions(_Part):
    """What a plugin may reach.

    Attributes:
        hosts: names of hosts, "*.example.org" for all below one; `Services.http` holds to them, a plugin that
            opens its own connections is not stopped.
        secrets: environment variables whose values it gets; None: those that `config` names.
        optional: those of them that it can do without.
    """

    hosts: tuple[Words, ...] = ()
    secrets: tuple[EnvName, ...] | None = None
    optional: tuple[EnvName, ...] = ()


class Manifest(_Part):
    """The specification's keys, then ours, which are all optional.

    Attributes:
        name: of the plugin and of its folder.
        version: shown to the household.
        description: for the language model and for people.
        triggers: words that point to it; shown, not matched (sentences are).
        intents: what it can be asked.
        config: settings; `<x>_env` names an environment variable whose value the plugin finds under `<x>`.
        dependencies: Python packages that must be installed.
        enabled: whether it is loaded.
        title: what it is called in French ("le plugin météo": "météo").
        params: JSON schema of each intent's parameters; a property's `question` is asked when it is missing.
        sentences: folder of its sentence files, by language.
        permissions: see there.
        timeout_s: seconds that one call may take, above 0, at most 120.
        confirm: intents that are only carried out after a yes.
        read_only: intents that change nothing: they may be asked before the speaker has finished.
        quick: its answer is said as it is, without the language model.
        author: shown to the household.
        labels: what each key of `config` (or its environment variable) is called on the page.
    """

    name: Name
    version: Words
    description: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    triggers: tuple[Words, ...] = ()
    intents: Annotated[tuple[Name, ...], Field(min_length=1)]
    config: dict[str, JsonValue] = {}
    dependencies: tuple[Words, ...] = ()
    enabled: bool = True

    title: Words | None = None
    params: dict[Name, dict[str, JsonValue]] = {}
    sentences: Annotated[str, StringConstraints(pattern=r"^[\w-]+$")] = "sentences"
    permissions: Permissions = Permissions()
    timeout_s: Annotated[float, Field(gt=0, le=120)] = 5.0
    confirm: tuple[Name, ...] = ()
    read_only: tuple[Name, ...] = ()
    quick: bool = True
    author: Words | None = None
    labels: dict[str, Words] = {}

    @property
    def spoken_title(self) -> str:
        """What to call it in a sentence."""
        return self.title or self.name.replace("_", " ")

    def environment(self) -> dict[str, str]:
        """Environment variable of each `<x>_env`, by `<x>`."""
        named = {key: value for key, value in self.config.items() if key.endswith("_env")}
        return {key.removesuffix("_env"): value for key, value in named.items() if isinstance(value, str)}

    def configure(self, environ: Mapping[str, str]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The `config` that the plugin gets, and the required variables that are not set."""
        variables = self.environment()
        found = {key: environ[name] for key, name in variables.items() if environ.get(name)}
        missing = [n for n in variables.values() if not environ.get(n) and n not in self.permissions.optional]
        return {**self.config, **found}, tuple(dict.fromkeys(missing))


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a plugin's folder.

    Raises:
        PluginFaults: with one line for each fault.
    """
    try:
        content = json.loads((folder / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        raise PluginFaults(folder.name, [f"{MANIFEST} is missing"]) from None
    except json.JSONDecodeError as error:
        line = f"{MANIFEST}: line {error.lineno}, column {error.colno}: {error.msg}"
        raise PluginFaults(folder.name, [line]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise PluginFaults(folder.name, [f"{MANIFEST} cannot be read: {error}"]) from None
    try:
        manifest = Manifest.model_validate(content)
    except ValidationError as error:
        lines = (f"{MANIFEST}: {_line(e)}" for e in error.errors(include_url=False))
        raise PluginFaults(folder.name, lines) from None
    if faults := [f"{MANIFEST}: {fault}" for fault in _contradictions(manifest, folder.name)]:
        raise PluginFaults(folder.name, faults)
    return manifest


def _line(error: ErrorDetails) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "file"
    if error["type"] == "extra_forbidden":
        last = str(error["loc"][-1])
        known = Permissions if len(error["loc"]) > 1 else Manifest
        near = get_close_matches(last, known.model_fields, 1)
        return f"unknown key {where!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    if error["type"] == "missing":
        return f"key {where!r} is missing"
    return f"{where}: {error['msg']}"


def _contradictions(manifest: Manifest, folder: str) -> Iterable[str]:
    if manifest.name != folder:
        yield f"name is {manifest.name!r}, but the folder is {folder!r}"
    for intent in {i for i in manifest.intents if manifest.intents.count(i) > 1}:
        yield f"intent {intent!r} stands twice"
    for key, named in (
        ("params", manifest.params),
        ("confirm", manifest.confirm),
        ("read_only", manifest.read_only),
    ):
        for intent in named:
            if intent not in manifest.intents:
                yield f"{key}: {intent!r} is not among intents"
    for intent, schema in manifest.params.items():
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            yield f"params.{intent} is no JSON schema: {error.message}"
        else:
            if schema.get("type", "object") != "object":
                yield f"params.{intent}: its type must be 'object'"
    for key, value in manifest.config.items():
        if key.endswith("_env") and not isinstance(value, str):
            yield f"config.{key} must be the name of an environment variable"
    variables = set(manifest.environment().values())
    for name in sorted(variables):
        if name.startswith(OUR_VARIABLES):
            yield f"config: {name} belongs to the server"
        if manifest.permissions.secrets is not None and name not in manifest.permissions.secrets:
            yield f"config: {name} is not among permissions.secrets"
    for name in manifest.permissions.optional:
        if name not in variables:
            yield f"permissions.optional: no key of config names {name}"


class Override(_Part):
    """What the household sets about a plugin without touching its folder.

    Attributes:
        enabled: instead of the manifest's.
        config: on top of the manifest's.
    """

    enabled: bool | None = None
    config: dict[str, JsonValue] = {}

    def apply(self, manifest: Manifest) -> Manifest:
        """The manifest as the household wants it."""
        enabled = manifest.enabled if self.enabled is None else self.enabled
        return manifest.model_copy(update={"enabled": enabled, "config": manifest.config | self.config})
