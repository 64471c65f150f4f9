"""`settings.json` in the household's plugin folder: what it sets about plugins without touching theirs.

{"weather": {"config": {"default_location": "Lyon, FR"}}, "lists": {"enabled": false}}
"""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from hive_mind.errors import ConfigError
from hive_mind.server.core.plugin_manifest import Override

SETTINGS = "settings.json"
_SETTINGS: TypeAdapter[dict[str, Override]] = TypeAdapter(dict[str, Override])


def read_settings(folder: Path) -> dict[str, Override]:
    """What is set, by plugin; nothing when there is no such file.

    Raises:
        ConfigError: CONFIG_INVALID, with the fault on one line.
    """
    path = folder / SETTINGS
    try:
        return _SETTINGS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: {where + ': ' if where else ''}{first['msg']}.") from None


def enable(folder: Path, name: str, enabled: bool) -> None:
    """Set whether a plugin is wanted; everything else in the file stays.

    Raises:
        ConfigError: as `put`.
    """
    put(folder, name, {"enabled": enabled})


def put(folder: Path, name: str, update: Mapping[str, Any]) -> None:
    """Set something about a plugin; everything else in the file stays.

    Args:
        folder: the household's own plugins.
        name: of the plugin.
        update: fields of its `Override`.

    Raises:
        ConfigError: CONFIG_INVALID when the file is malformed, DATA_NOT_WRITABLE.
    """
    settings = read_settings(folder)
    settings[name] = settings.get(name, Override()).model_copy(update=update)
    told = {key: value.model_dump(mode="json", exclude_defaults=True) for key, value in settings.items()}
    draft = folder / f".{SETTINGS}.{secrets.token_hex(4)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
        draft.replace(folder / SETTINGS)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ConfigError(
            f"{folder / SETTINGS} cannot be written: {error.strerror}.", code="DATA_NOT_WRITABLE"
        ) from error
