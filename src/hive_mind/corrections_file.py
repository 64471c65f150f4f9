"""Corrections on this machine's disk, sealed: they are words that somebody said at home."""

import json
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from hive_mind.errors import ContextError
from hive_mind.sealed_file import SealedFile
from hive_mind.understanding.corrections import Correction

_KNOWN = TypeAdapter(tuple[Correction, ...])

_log = structlog.get_logger(__name__)


class CorrectionsFile:
    """Loads and replaces them whole.

    Args:
        folder: of the house's data; the key file there is the one that seals the conversation.
        key: base64 of the key, where it comes from the environment.
    """

    def __init__(self, folder: Path, key: str | None = None) -> None:
        self._file = SealedFile(folder, "corrections", key)

    def load(self) -> tuple[Correction, ...]:
        """What is remembered; nothing when the file is damaged or sealed with another key.

        Raises:
            ConfigError: the key cannot be made or read.
        """
        try:
            found = self._file.read()
            return () if found is None else _KNOWN.validate_json(found)
        except (ContextError, ValidationError, ValueError) as error:
            _log.warning("corrections unreadable", cause=type(error).__name__)
            return ()

    def save(self, known: tuple[Correction, ...]) -> None:
        """Replace what is remembered; on the disk when it returns. Nothing to remember leaves no file.

        Raises:
            ConfigError: the key cannot be made or read.
        """
        if known:
            self._file.write(json.dumps(_KNOWN.dump_python(known, mode="json")).encode())
        else:
            self._file.remove()
