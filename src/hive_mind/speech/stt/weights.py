"""Reads the decoder's weights out of a CTranslate2 Whisper model file.

CTranslate2 decodes; it does not tell what a given text would score, so `text_scorer` does that itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hive_mind.speech.stt.model_file import read_model_file

_DECODER = "decoder/"
_SCALE = "_scale"
_AT_ONCE = 1024
"""Rows converted at once: the vocabulary as a whole would take 400 MiB for a moment."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A matrix in 8 bits with a scale for each row, as CTranslate2's int8 has it: a quarter of the memory.

    Attributes:
        values: of shape (rows, columns).
        scales: what a row is multiplied with.
    """

    values: NDArray[np.int8]
    scales: NDArray[np.float32]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.values)

    def times(self, x: NDArray[np.float32], first: int = 0, last: int | None = None) -> NDArray[np.float32]:
        """Each row of `x` with each row of this matrix, from row `first` to `last`."""
        product: NDArray[np.float32] = x @ self.values[first:last].astype(np.float32).T
        product *= self.scales[first:last]
        return product

    def take(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """Some rows as they are."""
        chosen = list(rows)
        found: NDArray[np.float32] = self.values[chosen] * self.scales[chosen, None]
        return found


@dataclass(frozen=True, slots=True)
class Decoder:
    """The variables of a decoder, by name without "decoder/".

    Attributes:
        matrices: weights.
        vectors: everything else.
        let_go: takes out of this process what was read of the file; it comes back when it is wanted.
    """

    matrices: dict[str, Rows]
    vectors: dict[str, NDArray[np.float32]]
    let_go: Callable[[], None]


def read_decoder(model_file: Path) -> Decoder:
    """The decoder's variables; matrices of weights in 8 bits, whatever the file has them in.

    Those that the file has in 8 bits stay in the file: they take no memory but while they are used.

    Raises:
        ModelError: MODEL_UNAVAILABLE when the file is not such a model, or has weights of an unknown type.
    """
    file = read_model_file(model_file)
    found = Decoder({}, {}, file.let_go)
    raw = {
        name.removeprefix(_DECODER): values
        for name, values in file.variables.items()
        if name.startswith(_DECODER)
    }
    for name in [name for name in raw if not name.endswith(_SCALE)]:
        values, scale = raw.pop(name), raw.get(name + _SCALE)
        if name.endswith("/weight") and values.ndim == 2:
            found.matrices[name] = in_rows(values, scale)
        else:
            floats: NDArray[np.float32] = values.astype(np.float32)
            if scale is not None:
                floats /= scale.astype(np.float32)
            found.vectors[name] = floats
    return found


def in_rows(values: NDArray[np.generic], scale: NDArray[np.generic] | None = None) -> Rows:
    """A matrix in 8 bits; `scale` is what its rows, or all of it, were multiplied with."""
    if values.dtype == np.int8 and scale is not None:
        per_row: NDArray[np.float32] = np.reciprocal(scale.astype(np.float32)).reshape(-1)
        return Rows(values.view(np.int8), per_row)
    rows = Rows(np.empty(values.shape, np.int8), np.empty(len(values), np.float32))
    factors = None if scale is None else np.broadcast_to(scale.astype(np.float32).reshape(-1), len(values))
    for at in range(0, len(values), _AT_ONCE):
        part = slice(at, at + _AT_ONCE)
        floats: NDArray[np.float32] = values[part].astype(np.float32)
        if factors is not None:
            floats /= factors[part, None]
        rows.scales[part] = np.abs(floats).max(axis=1) / 127 + 1e-12
        rows.values[part] = np.rint(floats / rows.scales[part, None])
    return rows
