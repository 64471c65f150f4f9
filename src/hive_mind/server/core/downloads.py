"""Models that are being fetched for the page: one after the other, in a thread of their own."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import Literal

from pydantic import JsonValue

from hive_mind.errors import HiveMindError, ModelError
from hive_mind.language.messages import error_message
from hive_mind.models.progress import Progress
from hive_mind.models.store import ModelStore
from hive_mind.server.core.bulletin import Bulletin
from hive_mind.server.logs import get_logger

MOST_WAITING = 8
TELL_EVERY_S = 0.25
"""Progress is told no more often."""


@dataclass(frozen=True, slots=True)
class Download:
    """How far a model is.

    Attributes:
        model_id: of the model.
        state: `failed` has the code of the error.
        done: bytes that are here.
        total: bytes altogether.
        code: of the error.
    """

    model_id: str
    state: Literal["waiting", "running", "done", "failed"]
    done: int = 0
    total: int = 0
    code: str | None = None


class Downloads:
    """See above.

    Args:
        bulletin: is told of progress.
    """

    def __init__(self, bulletin: Bulletin) -> None:
        self._bulletin = bulletin
        self._known: dict[str, Download] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="download")
        self._log = get_logger("models")

    def begin(self, model_id: str, store: ModelStore) -> None:
        """Fetch a model, unless that is being done.

        Raises:
            ModelError: MODEL_BUSY, too many wait.
        """
        active = [known for known in self._known.values() if known.state in ("waiting", "running")]
        if any(known.model_id == model_id for known in active):
            return
        if len(active) >= MOST_WAITING:
            raise ModelError("Too many models wait to be fetched.", code="MODEL_BUSY", retryable=True)
        self._note(Download(model_id, "waiting"))
        loop = asyncio.get_running_loop()

        def _tell(now: Download) -> None:
            loop.call_soon_threadsafe(self._note, now)

        self._thread.submit(self._fetch, model_id, store, _tell)

    def told(self, model_id: str) -> JsonValue:
        """How far one is; None when it was not asked for since the start."""
        known = self._known.get(model_id)
        return None if known is None else _shown(known)

    def close(self) -> None:
        """Begin nothing more; what runs is broken off with the process and goes on another time."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _fetch(self, model_id: str, store: ModelStore, tell: Callable[[Download], None]) -> None:
        """In the thread."""
        now = Download(model_id, "running")
        told_at = 0.0

        def _progress(step: Progress) -> None:
            nonlocal now, told_at
            now = replace(now, done=step.done, total=step.total)
            if time.monotonic() - told_at >= TELL_EVERY_S:
                told_at = time.monotonic()
                _safely(tell, now)

        try:
            _safely(tell, now)
            store.pull(model_id, _progress)
            now = replace(now, state="done", done=now.total)
        except HiveMindError as error:
            self._log.warning("model not fetched", model=model_id, code=error.code, reason=error.message)
            now = replace(now, state="failed", code=error.code)
        except Exception:  # noqa: BLE001 - a thread's fault would be seen by nobody
            self._log.exception("model not fetched", model=model_id)
            now = replace(now, state="failed", code="MODEL_FETCH_FAILED")
        _safely(tell, now)

    def _note(self, now: Download) -> None:
        self._known[now.model_id] = now
        self._bulletin.tell("download", _shown(now))


def _shown(now: Download) -> JsonValue:
    return asdict(now) | {"message": error_message(now.code) if now.code else None}


def _safely(tell: Callable[[Download], None], now: Download) -> None:
    """The house may have closed meanwhile."""
    try:
        tell(now)
    except RuntimeError:
        return
