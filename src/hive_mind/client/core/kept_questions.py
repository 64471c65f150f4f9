"""Questions that only the server can answer, kept while it is away, for those who want that.

They are words that somebody said at home: few, not for long, sealed on the disk with the house's key.
"""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from hive_mind.errors import ConfigError, ContextError
from hive_mind.protocol.messages import Forgotten
from hive_mind.sealed_file import SealedFile

MOST = 5
"""Questions kept; the oldest go first."""

KEPT_FOR = timedelta(hours=6)
"""After that nobody wants the answer any more."""

_NAME = "kept-questions"

_log = structlog.get_logger(__name__)


class KeptQuestion(BaseModel):
    """A question.

    Attributes:
        text: as it was heard.
        at: when.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    at: AwareDatetime


Kept: TypeAlias = tuple[KeptQuestion, ...]
_KEPT = TypeAdapter(Kept)


def with_question(kept: Kept, text: str, now: datetime) -> Kept:
    """Those and one more, asked at `now`; the same question again counts once, as the newest."""
    others = tuple(one for one in still_wanted(kept, now) if one.text.casefold() != text.casefold())
    return (*others, KeptQuestion(text=text, at=now))[-MOST:]


def still_wanted(kept: Kept, now: datetime) -> Kept:
    """Those that are not too old; a clock that was set back does not make them last longer."""
    return tuple(one for one in kept if abs(now - one.at) <= KEPT_FOR)


class KeptQuestions:
    """They, in memory and on the disk.

    Args:
        folder: of the house's data; the key file there is the one that seals the conversation.
        key: base64 of the key, where it comes from the environment.
    """

    def __init__(self, folder: Path, key: str | None = None) -> None:
        self._file = SealedFile(folder, _NAME, key)
        self._kept: Kept = self._load()
        self._changed = asyncio.Event()

    def keep(self, text: str, now: datetime) -> None:
        """Keep a question; it is on the disk soon."""
        self._kept = with_question(self._kept, text, now)
        self._changed.set()

    def take(self, now: datetime) -> KeptQuestion | None:
        """The oldest question, which is kept no more: it is offered once."""
        wanted = still_wanted(self._kept, now)
        if wanted != self._kept or wanted:
            self._kept = wanted[1:]
            self._changed.set()
        return wanted[0] if wanted else None

    def forget(self, told: Forgotten) -> None:
        """Somebody wants a day or all to be forgotten; what was never answered has no turn."""
        if told.scope == "turn":
            return
        day = told.day if told.scope == "day" else None
        self._kept = tuple(one for one in self._kept if day is not None and one.at.date() != day)
        self._changed.set()

    async def run(self) -> None:
        """Write what changes, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await asyncio.to_thread(self._save, self._kept)
            except (OSError, ConfigError) as error:
                _log.warning("questions are kept in memory only", cause=str(error))

    def _load(self) -> Kept:
        try:
            found = self._file.read()
            return () if found is None else _KEPT.validate_json(found)
        except (OSError, ConfigError, ContextError, ValidationError) as error:
            _log.warning("kept questions unreadable", cause=type(error).__name__)
            return ()

    def _save(self, kept: Kept) -> None:
        if kept:
            self._file.write(_KEPT.dump_json(kept))
        else:
            self._file.remove()


def forget_kept(folder: Path) -> None:
    """Erase what was kept, for who does not want that any more."""
    SealedFile(folder, _NAME).remove()
