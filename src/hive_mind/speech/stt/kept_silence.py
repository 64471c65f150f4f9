"""What a recogniser's decoder sees of near-silence: made once, kept in a file beside its weights.

The file is mapped and only read, so that it takes no memory while nothing is scored (`memory.trim`).
"""

import io
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from hive_mind.disk import replace_whole
from hive_mind.memory import WEIGHTS
from hive_mind.speech.stt.text_scorer import Heard

FILE_NAME = f"near-silence-1{WEIGHTS}"
"""The number changes when something else is made of the same model."""

Silence: TypeAlias = tuple[NDArray[np.float16], ...]
"""Keys and values, a layer each; halves of numbers are exact enough for what is only compared."""

log = logging.getLogger(__name__)


def kept_silence(folder: Path, make: Callable[[], Heard]) -> Silence:
    """What is kept in a folder; made where there is nothing, and then kept if the folder allows it.

    Args:
        folder: of one model, which never changes.
        make: what to keep.
    """
    path = folder / FILE_NAME
    kept = _read(path)
    if kept is not None:
        return kept
    made = as_kept(make())
    file = io.BytesIO()
    np.save(file, np.stack(made))
    try:
        replace_whole(path, file.getvalue())
        path.chmod(0o644)  # as the weights beside it: the models may be shared
    except OSError as error:
        log.info("What scoring texts needs is made again at each start: %s", error)
        return made
    return _read(path) or made


def as_kept(heard: Heard) -> Silence:
    """The same in halves."""
    return tuple(layer.astype(np.float16) for layer in heard)


def _read(path: Path) -> Silence | None:
    try:
        whole = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    fits = isinstance(whole, np.memmap) and whole.dtype == np.float16 and whole.ndim == 3
    return tuple(whole) if fits else None
