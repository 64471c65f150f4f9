"""Folders of plugins are watched: what is added, edited or removed there takes effect without a restart."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

from hive_mind.server.core.plugin_host import PluginHost
from hive_mind.server.core.plugin_settings import SETTINGS
from hive_mind.server.logs import get_logger

SETTLE_MS = 150
"""Files that change within so long of each other are one change."""

LONGEST_SETTLE_MS = 2000
RETRY_S = 60.0
"""Without a change, everything is looked at so often: what a refused plugin lacked may be there now."""

LOOK_S = 5.0
"""Where the system cannot watch, folders are looked at so often."""


class _Filter(DefaultFilter):
    """Changes that can matter: no byte code, no editor's drafts, no tests."""

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__()
        self._folders = folders

    def __call__(self, change: Change, path: str) -> bool:
        parts = inner(Path(path), self._folders)
        return super().__call__(change, path) and parts is not None and "tests" not in parts[1:]


def inner(path: Path, folders: Sequence[Path]) -> tuple[str, ...] | None:
    """A path's parts below the folder that holds it; None: it is in none, or that folder itself."""
    found = next((path.relative_to(f).parts for f in folders if path.is_relative_to(f)), ())
    return found or None


async def watch(host: PluginHost, folders: Sequence[Path]) -> None:
    """Tell the host what changes, until cancelled.

    Args:
        host: started.
        folders: that exist; absolute, without symbolic links.
    """
    log = get_logger("plugins")
    # What changed between the host's first look and the first watch: this runs once the watch has begun.
    again = asyncio.create_task(host.refresh())
    try:
        async for changes in awatch(
            *folders,
            watch_filter=_Filter(folders),
            step=SETTLE_MS,
            debounce=LONGEST_SETTLE_MS,
            rust_timeout=int(RETRY_S * 1000),
            yield_on_timeout=True,
        ):
            parts = [inner(Path(path), folders) for _, path in changes]
            names = {found[0] for found in parts if found}
            await host.refresh(None if SETTINGS in names or not changes else names)
    except OSError as error:
        log.warning("plugin folders cannot be watched", reason=str(error), look_s=LOOK_S)
        while True:
            await asyncio.sleep(LOOK_S)
            await host.refresh()
    finally:
        again.cancel()
