"""A client's time things on its own disk."""

from pathlib import Path

import structlog
from pydantic import ValidationError

from hive_mind.commands.state import CommandState
from hive_mind.disk import replace_whole

_log = structlog.get_logger(__name__)


class StateFile:
    """A `CommandState` in one file: replaced whole, on the disk when `save` returns.

    Args:
        path: of the file; its folder is made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> CommandState:
        """What was saved; an empty state when nothing was, or when the file is damaged (it is kept aside)."""
        try:
            return CommandState.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return CommandState()
        except ValidationError as error:
            _log.warning("time state damaged, kept aside, starting empty", cause=type(error).__name__)
            self._keep_aside()
        except OSError as error:
            _log.warning("time state unreadable, starting empty", cause=error.strerror)
        return CommandState()

    def save(self, state: CommandState) -> None:
        """Write and flush; the old file stands until the new one is whole.

        Raises:
            OSError: the disk is full, or refuses; the old file stands.
        """
        replace_whole(self.path, state.model_dump_json().encode())

    def _keep_aside(self) -> None:
        try:
            self.path.replace(self.path.with_suffix(".damaged"))
        except OSError as error:
            _log.warning("damaged time state not kept aside", cause=error.strerror)
