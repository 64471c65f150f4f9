"""CTranslate2's model file, read in place: nothing of it is copied before it is needed.

Version, name of the specification, its revision, then variables (name, shape, type, bytes), then other names
of some of them: https://github.com/OpenNMT/CTranslate2, `python/ctranslate2/specs/model_spec.py`.
"""

import mmap
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from hive_mind.errors import ModelError

TYPES: dict[int, type[np.generic]] = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
_KINDS = {kind: number for number, kind in TYPES.items()}


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model file.

    Attributes:
        version: of the format.
        specification: what the model is, such as "WhisperSpec".
        revision: of the specification.
        variables: by name; they lie in `memory`, and must not be written.
        rest: what follows them.
        memory: the file, as it is mapped.
    """

    version: int
    specification: str
    revision: int
    variables: dict[str, NDArray[np.generic]]
    rest: bytes
    memory: mmap.mmap

    def let_go(self) -> None:
        """Take what was read of it out of this process; it comes back when it is wanted, from the page cache.

        For a file of 70 MB that takes a millisecond.
        """
        if hasattr(mmap, "MADV_DONTNEED"):
            self.memory.madvise(mmap.MADV_DONTNEED)


def read_model_file(path: Path) -> ModelFile:
    """Map a model file.

    Raises:
        ModelError: MODEL_UNAVAILABLE when it is not such a file, or holds variables of an unknown type.
    """
    try:
        with path.open("rb") as file:
            memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return _Reader(memory).model()
    except (OSError, struct.error, UnicodeDecodeError, ValueError) as error:
        raise ModelError(f"The weights in {path} cannot be read: {error}") from error


def write_model_file(
    file: BinaryIO, like: ModelFile, variables: Iterable[tuple[str, NDArray[np.generic]]], count: int
) -> None:
    """Write a model that differs from another in its variables alone.

    Args:
        file: open for writing.
        like: the other one.
        variables: with their names; made one by one, so that they never lie in memory together.
        count: how many there are.
    """
    file.write(struct.pack("<I", like.version))
    _write_text(file, like.specification)
    file.write(struct.pack("<II", like.revision, count))
    for name, values in variables:
        _write_text(file, name)
        file.write(struct.pack(f"<B{values.ndim}I", values.ndim, *values.shape))
        file.write(struct.pack("<BI", _KINDS[values.dtype.type], values.nbytes))
        file.write(values.tobytes())
    file.write(like.rest)


def _write_text(file: BinaryIO, text: str) -> None:
    data = text.encode() + b"\0"
    file.write(struct.pack("<H", len(data)) + data)


class _Reader:
    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory
        self._at = 0

    def model(self) -> ModelFile:
        version, specification, revision = self._number("<I"), self._text(), self._number("<I")
        if not specification.startswith("Whisper"):
            raise ValueError(f"it holds a {specification}")
        variables = dict(self._variable() for _ in range(self._number("<I")))
        return ModelFile(version, specification, revision, variables, self._memory[self._at :], self._memory)

    def _variable(self) -> tuple[str, NDArray[np.generic]]:
        name = self._text()
        shape = tuple(self._number("<I") for _ in range(self._number("<B")))
        kind, size = self._number("<B"), self._number("<I")
        if kind not in TYPES:
            raise ValueError(f"{name} has an unknown type")
        count = size // np.dtype(TYPES[kind]).itemsize
        values = np.frombuffer(self._memory, TYPES[kind], count, self._at).reshape(shape)
        self._at += size
        return name, values

    def _number(self, kind: str) -> int:
        (number,) = struct.unpack_from(kind, self._memory, self._at)
        self._at += struct.calcsize(kind)
        return int(number)

    def _text(self) -> str:
        size = self._number("<H")
        text = self._memory[self._at : self._at + size].decode().rstrip("\0")
        self._at += size
        return text
