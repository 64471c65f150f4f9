"""The settings of the house at work: loaded, changed, kept sealed, told to whoever must obey."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from pydantic import JsonValue, ValidationError

from hive_mind.server.core.context import Context
from hive_mind.server.core.settings.history import Settings, changed, undone
from hive_mind.server.core.settings.values import HouseSettings
from hive_mind.server.logs import get_logger

STATE = "settings"

Listener = Callable[[HouseSettings, HouseSettings], None]
"""Told the settings before and after a change."""


class SettingsKeeper:
    """See above. Several servers of one house share the settings: each is told what another changed.

    Args:
        context: where they are kept, sealed.
        now: aware time of the household.
    """

    def __init__(self, context: Context, now: Callable[[], datetime]) -> None:
        self.settings = Settings()
        self._context = context
        self._now = now
        self._listeners: list[Listener] = []
        self._changing = asyncio.Lock()
        self._log = get_logger("settings")
        context.listen_to_states(self._on_state)

    @property
    def values(self) -> HouseSettings:
        """As they are now."""
        return self.settings.values

    @property
    def version(self) -> int:
        """Of them."""
        return self.settings.version

    def listen(self, listener: Listener) -> None:
        """Call `listener` at each change."""
        self._listeners.append(listener)

    async def load(self) -> None:
        """Take what is kept, at the start or because another server changed it."""
        raw = await self._context.load_state(STATE)
        if raw is None:
            return
        try:
            self._become(Settings.model_validate_json(raw))
        except ValidationError as error:
            self._log.error("settings unreadable, going on with the defaults", faults=error.error_count())

    async def change(
        self, wanted: Mapping[str, JsonValue], *, based_on: int | None = None, by: str = ""
    ) -> Settings:
        """Change some, as `history.changed`; kept before this returns. Without `based_on`, whatever they are.

        Raises:
            ConfigError: as `history.changed`; nothing was changed.
        """
        async with self._changing:
            seen = self.version if based_on is None else based_on
            await self._keep(changed(self.settings, wanted, based_on=seen, at=self._now(), by=by))
            return self.settings

    async def undo(self, version: int, *, by: str = "") -> Settings:
        """Take a change back, as `history.undone`; kept before this returns.

        Raises:
            ConfigError: as `history.undone`; nothing was changed.
        """
        async with self._changing:
            await self._keep(undone(self.settings, version, at=self._now(), by=by))
            return self.settings

    async def _keep(self, settings: Settings) -> None:
        if settings is self.settings:
            return
        await self._context.save_state(STATE, settings.model_dump_json().encode(), tell=True)
        self._log.info("settings changed", version=settings.version, paths=sorted(settings.changes[-1].after))
        self._become(settings)

    def _become(self, settings: Settings) -> None:
        before, self.settings = self.settings, settings
        if before.values != settings.values:
            for listener in self._listeners:
                listener(before.values, settings.values)

    async def _on_state(self, name: str) -> None:
        if name in (STATE, ""):
            async with self._changing:
                await self.load()
