"""Carries out what the household sets on the server's page, and tells how this client is set."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from pydantic import JsonValue, ValidationError

from hive_mind.client.core.obeying import Obeyed, obeyed_now, to_do
from hive_mind.disk import replace_whole
from hive_mind.errors import HiveMindError
from hive_mind.protocol.messages import Settings, SettingsState

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Knob:
    """One setting of this client.

    Attributes:
        here: how it is.
        turn: sets it, at once and for the next start. Raises `HiveMindError` where it cannot.
    """

    here: Callable[[], JsonValue]
    turn: Callable[[JsonValue], Awaitable[None]]


class HouseWishes:
    """See above.

    Args:
        client_id: of this client.
        file: where what was obeyed is remembered.
        knobs: by name of the setting; one that is missing is refused.
        tell: sends to the server, if it is there.
        known_words: wake words that this client could answer to.
    """

    def __init__(
        self,
        client_id: str,
        file: Path,
        knobs: Mapping[str, Knob],
        tell: Callable[[SettingsState], None],
        known_words: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        self._client_id = client_id
        self._file = file
        self._knobs = knobs
        self._tell = tell
        self._known_words = known_words
        self._obeyed = _read(file)
        self._refused: dict[str, str] = {}
        self._told: SettingsState | None = None
        self._obeying = asyncio.Lock()

    async def take(self, wishes: Settings) -> None:
        """Obey, remember, and tell."""
        wanted = wishes.model_dump(mode="json", exclude_none=True)
        async with self._obeying:
            present = self._present()
            refused = {}
            for name, value in to_do(wanted, self._obeyed, present).items():
                try:
                    if name not in self._knobs:
                        raise HiveMindError(f"There is no {name} here.", code="SETTING_NOT_HERE")
                    await self._knobs[name].turn(value)
                except HiveMindError as error:
                    _log.warning("wish refused", setting=name, code=error.code, reason=error.message)
                    refused[name] = error.code
                else:
                    _log.info("wish obeyed", setting=name, version=wishes.version)
            self._obeyed = obeyed_now(wishes.version, wanted, self._obeyed, present, frozenset(refused))
            self._refused = refused
            await self._remember()
        self.mirror(again=True)

    def mirror(self, *, again: bool = False) -> None:
        """Tell how this client is set, if that is news to the server.

        Args:
            again: the server has just come, and knows nothing.
        """
        state = SettingsState.model_validate(
            {
                **{name: value for name, value in self._present().items() if value is not None},
                "client_id": self._client_id,
                "version": self._obeyed.version,
                "known_words": self._known_words(),
                "refused": self._refused,
            }
        )
        if again or state != self._told:
            self._told = state
            self._tell(state)

    def _present(self) -> dict[str, JsonValue]:
        return {name: knob.here() for name, knob in self._knobs.items()}

    async def _remember(self) -> None:
        try:
            await asyncio.to_thread(replace_whole, self._file, self._obeyed.model_dump_json().encode())
        except OSError as error:
            _log.warning("what was obeyed is not remembered", cause=error.strerror)


def _read(file: Path) -> Obeyed:
    try:
        return Obeyed.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return Obeyed()
    except (OSError, ValidationError) as error:
        _log.warning("what was obeyed is unreadable, starting anew", cause=type(error).__name__)
        return Obeyed()
