"""Giving memory back that loading has used and freed: glibc keeps it for itself otherwise."""

import ctypes
import gc
import sys


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
