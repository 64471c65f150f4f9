"""Reads the decoder's weights out of a CTranslate2 Whisper model file.

CTranslate2 decodes; it does not tell what a given text would score, so `text_scorer` does that itself.
The file: version, name of the specification, its revision, then variables (name, shape, type, bytes).
"""

import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from hive_mind.errors import ModelError

_TYPES: dict[int, type[np.generic]] = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
_DECODER = "decoder/"
_SCALE = "_scale"


def read_decoder(model_file: Path) -> dict[str, NDArray[np.float32]]:
    """The decoder's variables as 32-bit floats, by name without "decoder/".

    Raises:
        ModelError: MODEL_UNAVAILABLE when the file is not such a model, or has weights of an unknown type.
    """
    try:
        with model_file.open("rb") as file:
            raw = _read(file)
    except (OSError, struct.error, UnicodeDecodeError, ValueError) as error:
        raise ModelError(f"The weights in {model_file} cannot be read: {error}") from error
    found: dict[str, NDArray[np.float32]] = {}
    for name, values in raw.items():
        if name.endswith(_SCALE):
            continue
        scale = raw.get(name + _SCALE)
        floats = values.astype(np.float32)
        if scale is not None:
            floats /= scale.astype(np.float32).reshape(-1, *([1] * (floats.ndim - 1)))
        found[name] = floats
    return found


def _read(file: BinaryIO) -> dict[str, NDArray[np.generic]]:
    _number(file, "<I")
    specification = _text(file)
    if not specification.startswith("Whisper"):
        raise ValueError(f"it holds a {specification}")
    _number(file, "<I")
    found: dict[str, NDArray[np.generic]] = {}
    for _ in range(_number(file, "<I")):
        name = _text(file)
        shape = tuple(_number(file, "<I") for _ in range(_number(file, "<B")))
        kind, size = _number(file, "<B"), _number(file, "<I")
        if not name.startswith(_DECODER):
            file.seek(size, 1)
            continue
        if kind not in _TYPES:
            raise ValueError(f"{name} has an unknown type")
        found[name.removeprefix(_DECODER)] = np.frombuffer(file.read(size), _TYPES[kind]).reshape(shape)
    return found


def _number(file: BinaryIO, kind: str) -> int:
    return int(struct.unpack(kind, file.read(struct.calcsize(kind)))[0])


def _text(file: BinaryIO) -> str:
    return file.read(_number(file, "<H")).decode().rstrip("\0")
