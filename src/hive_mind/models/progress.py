"""How a long pull tells what it is doing."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of a pull.

    Attributes:
        model_id: the model being pulled.
        done: bytes of it that are on disk.
        total: bytes of it altogether.
        note: set when there is something to tell: a source that failed, a damaged file, a wait.
    """

    model_id: str
    done: int
    total: int
    note: str = ""


ProgressCallback = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Tell nobody."""
