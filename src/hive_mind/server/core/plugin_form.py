"""The settings of a plugin as a form, made from its manifest; and a filled-in form, checked. Pure.

A value of `config` is a field of its kind; `<x>_env` is a secret, of which is told only whether it is set.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import JsonValue

from hive_mind.errors import ConfigError
from hive_mind.server.core.plugin_manifest import Manifest

Kind: TypeAlias = Literal["text", "number", "switch", "lines", "secret"]

LONGEST = 2000
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Field:
    """One setting.

    Attributes:
        key: of `config`; for a secret the name of its environment variable.
        kind: what is entered.
        value: now; None for a secret, always.
        default: of the manifest; None for a secret.
        needed: a secret without which the plugin does not work.
        label: what to call it.
        source: where a secret comes from: "environment", "house"; None: it is not set.
    """

    key: str
    kind: Kind
    value: JsonValue = None
    default: JsonValue = None
    needed: bool = False
    label: str | None = None
    source: Literal["environment", "house"] | None = None


def form(
    manifest: Manifest, own: Mapping[str, JsonValue], environ: Mapping[str, str], kept: Mapping[str, str]
) -> list[Field]:
    """The fields of a plugin.

    Args:
        manifest: as its folder has it.
        own: what the household has set on top of its `config`.
        environ: where secrets may come from.
        kept: secrets that the house keeps.
    """
    fields: list[Field] = []
    secrets = set(manifest.environment().values())
    for key, default in manifest.config.items():
        if isinstance(default, str) and key.endswith("_env") and default in secrets:
            source: Literal["environment", "house"] | None = None
            if environ.get(default):
                source = "environment"
            elif kept.get(default):
                source = "house"
            needed = default not in manifest.permissions.optional
            label = manifest.labels.get(key)
            fields.append(Field(default, "secret", needed=needed, label=label, source=source))
        elif (kind := _kind(default)) is not None:
            value = own.get(key, default)
            fields.append(Field(key, kind, value, default, label=manifest.labels.get(key)))
    return fields


def filled(manifest: Manifest, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The settings of a filled-in form that differ from the manifest's.

    Raises:
        ConfigError: SETTING_UNKNOWN, SETTING_INVALID; the message names the key.
    """
    known = {field.key: field for field in form(manifest, {}, {}, {}) if field.kind != "secret"}
    found: dict[str, JsonValue] = {}
    for key, value in given.items():
        if key not in known:
            raise ConfigError(f"{manifest.name} has no setting {key!r}.", code="SETTING_UNKNOWN")
        if not _fits(known[key].kind, value):
            raise ConfigError(f"{manifest.name}: {key} does not take this value.", code="SETTING_INVALID")
        if value != known[key].default:
            found[key] = value
    return found


def check_secrets(manifest: Manifest, given: Mapping[str, str | None]) -> None:
    """Check that these secrets are the plugin's.

    Raises:
        ConfigError: SETTING_UNKNOWN, SETTING_INVALID.
    """
    names = set(manifest.environment().values())
    for name, value in given.items():
        if name not in names:
            raise ConfigError(f"{manifest.name} has no secret {name!r}.", code="SETTING_UNKNOWN")
        if value is not None and not 0 < len(value.strip()) <= LONGEST:
            raise ConfigError(f"{name} is empty or too long.", code="SETTING_INVALID")


def _kind(value: JsonValue) -> Kind | None:
    """How a value is entered; None for one that no form can hold."""
    if isinstance(value, bool):
        return "switch"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "lines"
    return None


def _fits(kind: Kind, value: JsonValue) -> bool:
    if kind == "lines":
        lines = value if isinstance(value, list) else None
        return (
            lines is not None
            and len(lines) <= MOST_LINES
            and all(isinstance(line, str) and len(line) <= LONGEST for line in lines)
        )
    return _kind(value) == kind and not (isinstance(value, str) and len(value) > LONGEST)
