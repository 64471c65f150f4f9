"""The settings file of a client, `client.toml`: read with line numbers, written with its comments kept."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from hive_mind.errors import ConfigError


@dataclass(frozen=True, slots=True)
class FileSettings:
    """What a settings file says.

    Attributes:
        path: of the file; it need not exist.
        values: settings by name.
        lines: number of the line where each setting stands, counted from 1.
    """

    path: Path
    values: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def where(self, name: str) -> str:
        """The place of a setting, for an error: the file and the line."""
        return f"{self.path}, line {self.lines.get(name, 1)}"


def template(language: str = "fr") -> str:
    """A settings file with every setting explained and commented out at its default."""
    return (files("hive_mind.client") / "data" / language / "client.toml").read_text("utf-8")


def parse(text: str, path: Path, known: Iterable[str]) -> FileSettings:
    """Read the text of a settings file.

    Args:
        text: TOML.
        path: of the file, for errors.
        known: the settings that there are.

    Raises:
        ConfigError: it is no TOML, or a setting is unknown; the message names the line.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # Its text ends in "(at line 3, column 7)" or "(at end of document)".
        raise ConfigError(f"{path} is not valid TOML: {error}.", code="CONFIG_INVALID") from None
    settings = FileSettings(path, values, _lines_of(text, values))
    names = sorted(known)
    for name in values:
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            hint = f": did you mean {near[0]}?" if near else ". Known settings: " + ", ".join(names) + "."
            raise ConfigError(f"{settings.where(name)}: there is no setting {name!r}{hint}")
    return settings


def read(path: Path, known: Iterable[str]) -> FileSettings:
    """Read a settings file; one that does not exist sets nothing.

    Raises:
        ConfigError: it cannot be read or is wrong; the message names the line.
    """
    try:
        text = path.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return FileSettings(path)
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ConfigError(f"{path} cannot be read ({why}).") from error
    return parse(text, path, known)


def with_settings(text: str, chosen: Mapping[str, Any]) -> str:
    """The text of a settings file with other values; comments and everything else stay.

    A setting that stands commented out ("# room = ...") takes that line; None removes one.

    Raises:
        ConfigError: the text is no TOML.
    """
    for name, value in chosen.items():
        text = _without(text, name) if value is None else _with(text, name, value)
    return text


def write(path: Path, chosen: Mapping[str, Any]) -> None:
    """Change settings in a file, made from the template when there is none; replaced whole.

    Raises:
        ConfigError: DATA_UNWRITABLE, or the file there is no TOML.
    """
    try:
        old = path.read_text("utf-8") if path.exists() else template()
        new = with_settings(old, chosen)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(new, "utf-8")
        draft.replace(path)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written ({error.strerror}): check the disk and who owns it.",
            code="DATA_UNWRITABLE",
        ) from error


def _lines_of(text: str, names: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        for name in names:
            if name not in found and re.match(rf"\s*(\[+\s*)?[\"']?{re.escape(name)}[\"']?\s*[.=\]]", line):
                found[name] = number
    return found


def _document(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise ConfigError(f"The settings file is not valid TOML: {error}.") from None


def _inline(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    table = tomlkit.inline_table()
    table.update(value)
    return table


def _with(text: str, name: str, value: Any) -> str:
    document = _document(text)
    if name in document:
        document[name] = _inline(value)
        return tomlkit.dumps(document)
    line = f"{tomlkit.key(name).as_string()} = {tomlkit.item(_inline(value)).as_string()}"
    lines = text.rstrip("\n").split("\n")
    for number, old in enumerate(lines):
        if re.match(rf"#\s*{re.escape(name)}\s*=", old):
            lines[number] = line
            break
    else:
        lines.append(line)
    return "\n".join(lines) + "\n"


def _without(text: str, name: str) -> str:
    document = _document(text)
    if name in document:
        document.remove(name)
    return tomlkit.dumps(document)
