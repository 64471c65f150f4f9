"""Giving memory back that loading has used and freed: glibc keeps it for itself otherwise."""

import ctypes
import gc
import sys


def give_back() -> None:
    """Return what is free to the system (malloc_trim(3)); nothing where there is no glibc."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
