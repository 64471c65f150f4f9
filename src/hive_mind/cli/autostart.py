"""`hive-mind client autostart`: a systemd user unit, so that the client starts with the machine."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import typer

from hive_mind.errors import ConfigError
from hive_mind.paths import data_dir

UNIT = "hive-mind-client.service"

Run = Callable[[Sequence[str]], int]
"""Runs a program and returns its exit code."""


def unit_text(command: Sequence[str], folder: Path, data: Path) -> str:
    """The unit (systemd.service(5)).

    Args:
        command: program and arguments that start the client.
        folder: where it runs.
        data: the data folder.
    """
    text = (files("hive_mind.cli") / "data" / UNIT).read_text("utf-8")
    return text.format(
        command=" ".join(_quoted(part) for part in command),
        folder=_escaped(str(folder)),
        data=_quoted(f"HIVE_MIND_DATA={data}"),
    )


def unit_path() -> Path:
    """Where the user's own units are."""
    return Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config")) / "systemd" / "user" / UNIT


def turn_on(path: Path, text: str, run: Run) -> list[str]:
    """Write the unit and start it; returns what the person must still know.

    Raises:
        ConfigError: NO_SYSTEMD or DATA_UNWRITABLE.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be written ({error.strerror}).", code="DATA_UNWRITABLE") from error
    for words in (("daemon-reload",), ("enable", "--now", UNIT)):
        if run(("systemctl", "--user", *words)) != 0:
            raise ConfigError(
                f"systemd refuses: run 'systemctl --user {' '.join(words)}' to see why; the unit is {path}.",
                code="NO_SYSTEMD",
            )
    if run(("loginctl", "enable-linger")) != 0:
        return ["It starts when you log in; for a start with the machine: sudo loginctl enable-linger $USER"]
    return []


def turn_off(path: Path, run: Run) -> None:
    """Stop the unit and remove it; nothing when there is none."""
    if path.exists():
        run(("systemctl", "--user", "disable", "--now", UNIT))
        path.unlink()
        run(("systemctl", "--user", "daemon-reload"))


def has_systemd() -> bool:
    """Whether this machine can start the client by itself."""
    return sys.platform == "linux" and Path("/run/systemd/system").is_dir()


def turn_on_here(data: Path) -> list[str]:
    """Start the client with this machine; returns what the person must still know.

    Raises:
        ConfigError: NO_SYSTEMD or DATA_UNWRITABLE.
    """
    return turn_on(unit_path(), _unit(data), _run)


def autostart(
    state: Annotated[Literal["on", "off", "show"], typer.Argument(help="on, off, or show the unit.")],
    data: Annotated[Path | None, typer.Option(help="Data folder of the client.")] = None,
) -> None:
    """Start the client with the machine (systemd, as this user), or no longer.

    Its log is then read with: journalctl --user -u hive-mind-client

    Example: ./hive client autostart on
    """
    path = unit_path()
    if state == "show":
        typer.echo(_unit(data_dir(data)), nl=False)
        return
    if not has_systemd():
        raise ConfigError(
            "There is no systemd here: add './hive client' to your system's own list of start-up programs.",
            code="NO_SYSTEMD",
        )
    if state == "off":
        turn_off(path, _run)
        typer.echo("The client no longer starts by itself.")
        return
    for line in turn_on_here(data_dir(data)):
        typer.echo(line, err=True)
    typer.echo(f"The client runs and starts with the machine ({path}).")


def _unit(data: Path) -> str:
    return unit_text((sys.executable, "-m", "hive_mind", "client"), Path.cwd(), data)


def _run(words: Sequence[str]) -> int:
    try:
        return subprocess.run(list(words), check=False, timeout=60).returncode  # noqa: S603 - fixed words
    except (OSError, subprocess.TimeoutExpired):
        return 1


def _escaped(text: str) -> str:
    """Percent signs are specifiers in a unit."""
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    """One word of a command line (systemd.syntax(7), "Quoting")."""
    escaped = _escaped(text).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"' if any(c.isspace() or c in "\"'\\" for c in text) else escaped
