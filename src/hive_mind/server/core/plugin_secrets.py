"""Secrets of plugins that the household has typed into the page: sealed, never shown again."""

import json
import os
from collections.abc import Iterator, Mapping

from hive_mind.server.core.context import Context
from hive_mind.server.logs import get_logger

STATE = "plugin-secrets"


class PluginSecrets(Mapping[str, str]):
    """What plugins see as the environment: the process's own wins over what the house keeps.

    Args:
        context: keeps them, sealed.
        environ: the environment; the process's own by default.
    """

    def __init__(self, context: Context, environ: Mapping[str, str] | None = None) -> None:
        self.environ = os.environ if environ is None else environ
        self.kept: dict[str, str] = {}
        self._context = context
        self._log = get_logger("plugins")

    def __getitem__(self, name: str) -> str:
        return self.environ.get(name) or self.kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self.kept, **self.environ})

    def __len__(self) -> int:
        return len({**self.kept, **self.environ})

    async def load(self) -> None:
        """Take what is kept."""
        raw = await self._context.load_state(STATE)
        try:
            kept = json.loads(raw) if raw else {}
        except ValueError:
            self._log.warning("secrets of plugins are unreadable")
            return
        self.kept = {str(name): str(value) for name, value in kept.items()}

    async def put(self, given: Mapping[str, str | None]) -> None:
        """Keep some; None forgets one."""
        kept = {**self.kept, **{name: (value or "").strip() for name, value in given.items()}}
        self.kept = {name: value for name, value in kept.items() if value}
        await self._context.save_state(STATE, json.dumps(self.kept).encode(), tell=True)
