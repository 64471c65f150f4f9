"""The settings of this client that the household can change while it runs: live, and in `client.toml`."""

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import JsonValue

from hive_mind.client.config import PREFIX, ClientConfig, config_file
from hive_mind.client.config_file import read, write
from hive_mind.client.core.house_wishes import Knob
from hive_mind.client.core.naming import Naming
from hive_mind.client.core.timers import Timekeeper
from hive_mind.client.ui.expressing import NightHours
from hive_mind.errors import ConfigError
from hive_mind.protocol.session import ClientSession

LOUDEST = 100


class OwnSettings:
    """See above. The file is read anew before it is written: whatever somebody wrote into it meanwhile stays.

    Args:
        config: settings at the start.
        environ: settings in it win over the file; so do options of the command line.
    """

    def __init__(self, config: ClientConfig, environ: Mapping[str, str] | None = None) -> None:
        self._path = config_file(config.data)
        self._environ = os.environ if environ is None else environ
        self._fixed = _given_otherwise(config, self._path)

    def knob(
        self, name: str, here: Callable[[], JsonValue], turn: Callable[[JsonValue], object] = lambda _: None
    ) -> Knob:
        """A setting that stands in the file.

        Args:
            name: of the setting.
            here: how it is now.
            turn: makes it so at once.
        """

        async def _turn(value: JsonValue) -> None:
            self.refuse_if_fixed(name)
            await self.write(name, value)
            turn(value)

        return Knob(here, _turn)

    def refuse_if_fixed(self, name: str) -> None:
        """A setting that the file does not decide cannot be changed there.

        Raises:
            ConfigError: SETTING_FIXED.
        """
        if name in self._fixed or f"{PREFIX}{name.upper()}" in {key.upper() for key in self._environ}:
            raise ConfigError(
                f"{name} is fixed by {PREFIX}{name.upper()} or by an option of the command.",
                code="SETTING_FIXED",
            )

    async def write(self, name: str, value: JsonValue) -> None:
        """Write one into the file; everything else in it stays.

        Raises:
            ConfigError: DATA_UNWRITABLE, or the file there is no TOML.
        """
        await asyncio.to_thread(write, self._path, {name: value})


def knobs_of(
    own: OwnSettings, keeper: Timekeeper, session: ClientSession, naming: Naming, night: NightHours
) -> dict[str, Knob]:
    """The settings that the household can change.

    Args:
        own: of this client.
        keeper: knows the volume.
        session: tells the room to the server.
        naming: knows the wake words.
        night: the hours of the night.
    """

    async def _volume(level: JsonValue) -> None:
        await keeper.set_volume(level if isinstance(level, int) else LOUDEST)

    async def _name(words: JsonValue) -> None:
        own.refuse_if_fixed("wake_words")
        await naming.listen_for(words)
        await own.write("wake_words", words)

    def _room(room: JsonValue) -> None:
        session.room = None if room is None else str(room)

    def _night(hours: JsonValue) -> None:
        night.set(None if hours is None else str(hours))

    return {
        "volume": Knob(lambda: keeper.state.volume, _volume),
        "wake_words": Knob(lambda: dict(naming.words), _name),
        "room": own.knob("room", lambda: session.room, _room),
        "night": own.knob("night", lambda: night.text, _night),
    }


def _given_otherwise(config: ClientConfig, path: Path) -> frozenset[str]:
    """Settings that are other than the file, or the default where it is silent, has them."""
    try:
        filed = read(path, ClientConfig.model_fields).values
    except ConfigError:
        return frozenset()
    usual = {name: field.default for name, field in ClientConfig.model_fields.items()}
    told = {**usual, **filed}
    return frozenset(name for name in ("room", "night") if getattr(config, name) != told[name])
