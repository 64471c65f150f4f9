"""Shows a pull: a bar on a terminal, plain lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from hive_mind.models.progress import Progress as Step
from hive_mind.models.progress import ProgressCallback

_LINE_EVERY_PERCENT = 10


def size_text(count: int) -> str:
    """A number of bytes as people read it: "148 MB", "1.1 GB"."""
    if count < 999_500:
        return f"{-(-count // 1000)} kB"
    return f"{count / 1e6:.0f} MB" if count < 999_500_000 else f"{count / 1e9:.1f} GB"


@contextmanager
def shown(console: Console | None = None) -> Iterator[ProgressCallback]:
    """Show the pulls of this block on standard error, so that standard output stays for results."""
    console = console or Console(stderr=True, highlight=False)
    if console.is_terminal:
        with _bar(console) as bar:
            yield _on_bar(bar)
    else:
        yield plain_lines(lambda line: typer.echo(line, err=True))


def plain_lines(write: Callable[[str], None]) -> ProgressCallback:
    """Progress as lines: one for each tenth of a model, and every note."""
    told: dict[str, int] = {}

    def tell(step: Step) -> None:
        if step.note:
            write(f"{step.model_id}: {step.note}")
        tenth = step.done * 100 // step.total // _LINE_EVERY_PERCENT
        if tenth > told.get(step.model_id, -1):
            told[step.model_id] = tenth
            write(f"{step.model_id}: {size_text(step.done)} of {size_text(step.total)}")

    return tell


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
    )


def _on_bar(bar: Progress) -> ProgressCallback:
    tasks: dict[str, TaskID] = {}

    def tell(step: Step) -> None:
        if step.model_id not in tasks:
            tasks[step.model_id] = bar.add_task(step.model_id, total=step.total)
        bar.update(tasks[step.model_id], completed=step.done)
        if step.note:
            bar.console.print(f"{step.model_id}: {step.note}", markup=False)

    return tell
