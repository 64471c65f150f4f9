"""`hive-mind plugin ...`: make, check, list, enable and disable plugins."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from hive_mind.errors import ConfigError
from hive_mind.paths import data_dir, plugins_dir

Data = Annotated[
    Path | None, typer.Option("--data", help="Data folder; HIVE_MIND_DATA, else the platform's own place.")
]
Name = Annotated[str, typer.Argument(help="Name of the plugin.")]

plugin = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=(
        "Make, check, list, enable and disable plugins.\n\n"
        "Yours live in the folder `plugins` of the data folder (or HIVE_MIND_PLUGINS). A running server sees "
        "there what is added, edited or removed, without a restart. The guide: docs/guide/plugins.md"
    ),
)


@plugin.command()
def new(
    name: Name,
    parent: Annotated[
        Path | None, typer.Option("--dir", help="Folder to write it into; default: where the server looks.")
    ] = None,
    data: Data = None,
) -> None:
    """Write a plugin that works, with sentences, replies and a passing test."""
    from hive_mind.cli.plugin_new import said_name, write_plugin

    folder = write_plugin(name, parent if parent is not None else plugins_dir(data_dir(data)))
    typer.echo(f"{folder}: written.")
    typer.echo(f"Check it:  ./hive plugin check {folder}")
    if parent is None:
        typer.echo(f'Try it:    ./hive ask "Dis bonjour avec {said_name(name)}"')
    else:
        typer.echo(f"Load it:   HIVE_MIND_PLUGINS={parent} ./hive serve")


@plugin.command()
def check(folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the plugin.")]) -> None:
    """Check a plugin as a server would, then its examples and its tests.

    The exit code is 1 when something is wrong.
    """
    from hive_mind.cli.doctor import report
    from hive_mind.cli.plugin_check import check as findings
    from hive_mind.server.logs import set_up_logs

    set_up_logs("error", "console")
    if report(findings(folder, os.environ), as_json=False):
        raise typer.Exit(1)


@plugin.command("list")
def list_(
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show every plugin, those that come with Hive Mind and yours, and what each lacks."""
    for row in rows(plugins_dir(data_dir(data))):
        if as_json:
            typer.echo(json.dumps(row, ensure_ascii=False))
        else:
            why = "; ".join([*row.get("missing", ()), *row.get("faults", ())])
            line = f"{row['plugin']:14} {row.get('version', '-'):8} {row['from']:9} {row['state']:13}"
            typer.echo(f"{line} {why or row.get('description', '')}".rstrip())


@plugin.command()
def enable(name: Name, data: Data = None) -> None:
    """Load a plugin (a running server does so at once)."""
    _set(name, data, enabled=True)


@plugin.command()
def disable(name: Name, data: Data = None) -> None:
    """Do not load a plugin (a running server unloads it at once)."""
    _set(name, data, enabled=False)


def rows(own: Path) -> Iterator[dict[str, Any]]:
    """What `list` shows: each plugin as its files and the settings say, without loading it.

    Args:
        own: folder of the household's own plugins.
    """
    from hive_mind.server.core.plugin_house import BUILT_IN
    from hive_mind.server.core.plugin_loader import missing_packages, scan
    from hive_mind.server.core.plugin_manifest import Override, PluginFaults, read_manifest
    from hive_mind.server.core.plugin_settings import read_settings

    settings = read_settings(own)
    for name, folder in sorted(scan([BUILT_IN, own]).items()):
        home = "hive-mind" if folder.parent == BUILT_IN else "yours"
        row: dict[str, Any] = {"plugin": name, "from": home, "folder": str(folder)}
        try:
            manifest = settings.get(name, Override()).apply(read_manifest(folder))
        except PluginFaults as refused:
            yield row | {"state": "refused", "faults": list(refused.faults)}
            continue
        missing = list(manifest.configure(os.environ)[1])
        faults = list(missing_packages(manifest.dependencies))
        state = "needs_config" if missing else "enabled"
        yield row | {
            "version": manifest.version,
            "description": manifest.description,
            "state": "refused" if faults else state if manifest.enabled else "disabled",
            "intents": list(manifest.intents),
            **({"missing": missing} if missing else {}),
            **({"faults": faults} if faults else {}),
        }


def _set(name: str, data: Path | None, *, enabled: bool) -> None:
    from hive_mind.server.core import plugin_settings

    own = plugins_dir(data_dir(data))
    known = [row["plugin"] for row in rows(own)]
    if name not in known:
        raise ConfigError(f"There is no plugin {name}: {', '.join(known) or 'none'}.", code="PLUGIN_UNKNOWN")
    plugin_settings.enable(own, name, enabled)
    typer.echo(f"{name}: {'enabled' if enabled else 'disabled'}")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(plugin, name="plugin")
