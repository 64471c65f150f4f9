"""A child that ends with its parent, however that ends: by then nobody holds the other end of its input."""

import os
import signal
import sys
import threading
from contextlib import suppress

WITH_PARENT = "HIVE_MIND_WITH_PARENT"
"""Set in the environment of a child that is to end so; its input is a pipe that nobody writes to."""


def end_with_parent() -> None:
    """Have this process told to end (SIGTERM) when its parent is gone, if that wished it."""
    if os.environ.pop(WITH_PARENT, ""):
        threading.Thread(target=_wait, name="parent", daemon=True).start()


def _wait() -> None:
    with suppress(OSError):
        while os.read(sys.stdin.fileno(), 1):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
