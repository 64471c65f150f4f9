"""Files from the Hugging Face hub, through its own client: resumed by it, checked by us."""

import errno
import logging
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hive_mind.errors import ModelError
from hive_mind.models.locations import HubLocation
from hive_mind.models.partial import PartialFile
from hive_mind.models.workspace import Workspace

_PROBE_S = 4.0
HUB_UNREACHABLE = "HUB_UNREACHABLE"


class Hub:
    """The hub as it is reached from here.

    Args:
        endpoint: its address; None for the client's own (`HF_ENDPOINT`, or the public hub).
    """

    def __init__(self, endpoint: str | None = None) -> None:
        self._endpoint = endpoint
        self._reachable: bool | None = None

    def reachable(self) -> bool:
        """Whether the hub answers at all; asked once.

        The client itself tries a dead host for half a minute, for every file.
        """
        if self._reachable is None:
            self._reachable = self._probe()
        return self._reachable

    def download(self, location: HubLocation, folder: Path, report: Callable[[int], None]) -> Path:
        """Download a file into `folder`, going on where an earlier attempt stopped.

        Raises:
            ModelError: MODEL_FETCH_FAILED.
            OSError: the disk is full.
        """
        import huggingface_hub as hub  # seldom needed, and a third of a second to import

        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
        try:
            return Path(
                hub.hf_hub_download(
                    location.hub,
                    location.path,
                    revision=location.revision,
                    local_dir=folder,
                    endpoint=self._endpoint,
                    tqdm_class=_counting_bar(report),
                )
            )
        except (hub.errors.HfHubHTTPError, OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise
            first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ModelError(first_line[:300], code="MODEL_FETCH_FAILED", retryable=True) from error

    def _probe(self) -> bool:
        from huggingface_hub import constants

        if constants.is_offline_mode():
            return False
        endpoint = self._endpoint or constants.ENDPOINT
        if not endpoint.startswith(("http://", "https://")):
            return False
        request = urllib.request.Request(endpoint, method="HEAD")  # noqa: S310 - the scheme is checked above
        try:
            with urllib.request.urlopen(request, timeout=_PROBE_S):  # noqa: S310 - likewise
                return True
        except urllib.error.HTTPError:  # an answer all the same
            return True
        except OSError:
            return False


class HubSource:
    """One file of a repository on the hub."""

    def __init__(self, location: HubLocation, workspace: Workspace, hub: Hub) -> None:
        self._location = location
        self._folder = workspace.folder / "hub" / location.hub.replace("/", "--")
        self._hub = hub

    @property
    def name(self) -> str:
        """What people see."""
        return self._location.label

    def fetch(self, target: PartialFile) -> None:
        """Bring the file."""
        if not self._hub.reachable():
            raise ModelError("not reachable from here", code=HUB_UNREACHABLE, retryable=True)
        target.resume(self.name)
        target.adopt(self._hub.download(self._location, self._folder, target.tell))


def _counting_bar(report: Callable[[int], None]) -> type[Any]:
    """A progress bar for the hub's client that draws nothing and reports the bytes."""
    from tqdm.auto import tqdm  # type: ignore[import-untyped]  # ships no annotations

    class CountingBar(tqdm):  # type: ignore[misc]  # likewise
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self._held = int(kwargs.get("initial") or 0)
            super().__init__(*args, **{**kwargs, "disable": True})

        def update(self, n: float | None = 1) -> bool | None:
            self._held += int(n or 0)
            report(self._held)
            return None

    return CountingBar
