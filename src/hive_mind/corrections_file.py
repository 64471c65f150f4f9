"""Corrections on this machine's disk, sealed: they are words that somebody said at home."""

import json
import os
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from hive_mind.crypto import Vault, load_key
from hive_mind.errors import ContextError
from hive_mind.understanding.corrections import Correction

_LABEL = "corrections"
_KNOWN = TypeAdapter(tuple[Correction, ...])

_log = structlog.get_logger(__name__)


class CorrectionsFile:
    """Loads and replaces them whole.

    Args:
        folder: of the house's data; the key file there is the one that seals the conversation.
        key: base64 of the key, where it comes from the environment.
    """

    def __init__(self, folder: Path, key: str | None = None) -> None:
        self._path = folder / "corrections"
        self._key_file = folder / "context.key"
        self._key = key

    def load(self) -> tuple[Correction, ...]:
        """What is remembered; nothing when the file is damaged or sealed with another key.

        Raises:
            ConfigError: the key cannot be made or read.
        """
        try:
            sealed = self._path.read_bytes()
        except FileNotFoundError:
            return ()
        try:
            return _KNOWN.validate_json(self._vault().open(sealed, _LABEL))
        except (ContextError, ValidationError, ValueError) as error:
            _log.warning("corrections unreadable", cause=type(error).__name__)
            return ()

    def save(self, known: tuple[Correction, ...]) -> None:
        """Replace what is remembered; on the disk when it returns. Nothing to remember leaves no file.

        Raises:
            ConfigError: the key cannot be made or read.
        """
        if not known:
            self._path.unlink(missing_ok=True)
            return
        sealed = self._vault().seal(json.dumps(_KNOWN.dump_python(known, mode="json")).encode(), _LABEL)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        with draft.open("wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)

    def _vault(self) -> Vault:
        return Vault(load_key(self._key, self._key_file))
