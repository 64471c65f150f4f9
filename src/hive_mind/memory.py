"""Giving memory back that loading has used and freed: glibc keeps it for itself otherwise."""

import ctypes
import gc
import sys


def settle() -> None:
    """Take what was loaded out of the garbage collector's sight, which else walks through all of it often.

    Call it again when something big was replaced: what is no more is then collected.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Return what is free to the system (malloc_trim(3)); nothing where there is no glibc."""
    gc.collect()
    trim()


def trim() -> None:
    """The same without looking for garbage: milliseconds, from any thread."""
    if sys.platform == "linux":
        malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if malloc_trim is not None:
            malloc_trim(0)
