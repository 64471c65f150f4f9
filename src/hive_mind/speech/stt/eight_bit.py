"""A Whisper in 8 bits on disk: made once, beside the model that was published in 16.

CTranslate2 makes the same of it in memory at every start: that takes three times as long, and for a moment
130 MiB more. What is loaded is the same, bit for bit. The scorer of texts reads its weights in it, in place.
"""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from hive_mind.disk import flush
from hive_mind.errors import ModelError
from hive_mind.speech.stt.model_file import ModelFile, read_model_file, write_model_file

WEIGHTS = "model.bin"
SCALE = "_scale"

_SMALL = 20_000_000
"""Bytes up to which a file beside the weights is taken along."""

_HIGHEST = np.float32(127)
_AT_ONCE = 1024
"""Rows converted at once: the vocabulary as a whole would take 200 MiB for a moment."""

log = logging.getLogger(__name__)


def eight_bit(model_dir: Path) -> Path:
    """The folder of the same model with its matrices in 8 bits.

    `model_dir` itself where it is such a one, or where none can be made, which is said in the log. A second
    process that makes it at the same time does no harm.

    Raises:
        ModelError: MODEL_UNAVAILABLE when the file is not a Whisper of the kind that is known.
    """
    weights = model_dir / WEIGHTS
    try:
        about = weights.stat()
    except OSError as error:
        raise ModelError(f"The weights in {model_dir} cannot be read: {error}") from error
    made = model_dir / f"int8-{about.st_size:x}-{about.st_mtime_ns:x}"
    if _is_whole(made):
        return made
    model = read_model_file(weights)
    if any(name.endswith(SCALE) for name in model.variables):
        return model_dir
    part = model_dir / f"{made.name}.{uuid4().hex}.part"
    try:
        _make(part, model_dir, model)
        if made.exists() and not _is_whole(made):
            shutil.rmtree(made)
        part.rename(made)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        if not _is_whole(made):
            log.info("The recogniser stays in 16 bits, which costs memory at the start: %s", error)
            return model_dir
    for old in model_dir.glob("int8-*"):
        if old != made and old.suffix != ".part":
            shutil.rmtree(old, ignore_errors=True)
    return made


def _is_whole(made: Path) -> bool:
    """Whether it was made; a disk that lost its end in a power cut has it made again."""
    try:
        read_model_file(made / WEIGHTS)
    except ModelError:
        return False
    return True


def rows_in_8_bits(values: NDArray[np.generic]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A matrix as CTranslate2 stores it: each row multiplied so that its greatest value is 127.

    Returns:
        the rows, and what each was multiplied with.
    """
    rows = np.empty(values.shape, np.int8)
    scales = np.empty(len(values), np.float32)
    for at in range(0, len(values), _AT_ONCE):
        part = slice(at, at + _AT_ONCE)
        floats: NDArray[np.float32] = values[part].astype(np.float32)
        greatest = np.abs(floats).max(axis=1)
        scales[part] = _HIGHEST / np.where(greatest == 0, _HIGHEST, greatest)
        rows[part] = np.rint(floats * scales[part, None])
    return rows, scales


def _make(folder: Path, model_dir: Path, model: ModelFile) -> None:
    folder.mkdir()
    for beside in model_dir.iterdir():
        if beside.is_file() and beside.name != WEIGHTS and beside.stat().st_size < _SMALL:
            shutil.copyfile(beside, folder / beside.name)
    matrices = sum(_is_matrix(name, values) for name, values in model.variables.items())
    with (folder / WEIGHTS).open("wb") as file:
        write_model_file(file, model, _in_8_bits(model), len(model.variables) + matrices)
    flush(folder / WEIGHTS)


def _in_8_bits(model: ModelFile) -> Iterator[tuple[str, NDArray[np.generic]]]:
    for name, values in model.variables.items():
        if _is_matrix(name, values):
            rows, scales = rows_in_8_bits(values)
            yield name, rows
            yield name + SCALE, scales
        else:
            yield name, values


def _is_matrix(name: str, values: NDArray[np.generic]) -> bool:
    return name.endswith("/weight") and values.ndim == 2
