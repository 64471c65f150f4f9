"""Giving memory back that loading and speaking have used: glibc and the system keep it for us otherwise."""

import ctypes
import gc
import importlib
import mmap
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

WEIGHTS = ".weights"
"""End of the names of files that are mapped and only read: see `trim`."""

_M_ARENA_MAX = -8

_THRESHOLDS = (5000, 20, 50)
"""Python's own are 700, 10, 10: objects made since the last look at the youngest, and so on upwards."""


def import_without(module: str, *absent: str) -> None:
    """Import a module as if these packages were not installed, for one that takes them along where they are.

    structlog loads rich with its highlighters, 3 MiB that no log of ours is written with.
    """
    hidden = [name for name in absent if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: it is not to be found
    try:
        importlib.import_module(module)
    finally:
        for name in hidden:
            del sys.modules[name]


def one_heap() -> None:
    """Have all threads share one heap from now on; nothing where there is no glibc. Call it at the start.

    Each thread has its own else, and keeps what it once needed: 150 MiB at the height of an answer.
    """
    mallopt = _of_c("mallopt")
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def settle() -> None:
    """Take what was loaded out of the garbage collector's sight, which else walks through all of it often.

    Through what comes later it walks less often too: with hundreds of clients that takes a tenth of a second,
    in which nobody is answered. Call it again when something big was replaced: what is no more is collected.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)


def give_back() -> None:
    """Return what is free to the system (malloc_trim(3)); nothing where there is no glibc."""
    gc.collect()
    trim()


def trim() -> None:
    """The same without looking for garbage: milliseconds, from any thread.

    Weights that lie in mapped files leave this process too; the system has them in its cache, and brings them
    back when they are read, within milliseconds.
    """
    malloc_trim = _of_c("malloc_trim")
    if malloc_trim is not None:
        malloc_trim(0)
        _let_go_of_weights()


def clean_mappings(smaps: Iterable[str], ending: str) -> Iterator[tuple[int, int]]:
    """Address and length of each mapping of a file with this ending of which nothing was written.

    Args:
        smaps: lines of proc_pid_smaps(5).
        ending: of the file's name.
    """
    place: tuple[int, int] | None = None
    for line in smaps:
        head = line.split(maxsplit=5)
        if len(head) == 6 and "-" in head[0]:
            first, last = (int(address, 16) for address in head[0].split("-"))
            place = (first, last - first) if head[5].rstrip().endswith(ending) else None
        elif place is not None and line.startswith("Anonymous:"):
            if head[1] == "0":
                yield place
            place = None


def _let_go_of_weights() -> None:
    madvise = _of_c("madvise")
    try:
        mappings = list(clean_mappings(Path("/proc/self/smaps").read_text("utf-8").splitlines(), WEIGHTS))
    except (OSError, ValueError):
        return
    for address, length in mappings if madvise is not None else ():
        madvise(ctypes.c_void_p(address), ctypes.c_size_t(length), mmap.MADV_DONTNEED)


def _of_c(name: str) -> Any:
    """A function of the C library; None where there is none of this name."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
